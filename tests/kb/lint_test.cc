// SPDX-License-Identifier: Apache-2.0
//
// Good knowledge with one mistake in it, and what is said about the mistake.
#include "kb/lint.h"

#include <gmock/gmock.h>

#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AgainstSchema = KnowledgeFolder;
using Lint = KnowledgeFolder;

TEST_F(AgainstSchema, UnknownKey) {
  replace(cause_file, "prior: usual", "prior: usual\nprobability: 3");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("'probability'")));
}

TEST_F(AgainstSchema, UnknownWordNamesItsLine) {
  replace(cause_file, "weight: weak", "weight: huge");
  EXPECT_THAT(
      problems(),
      ElementsAre("causes/gpu-fell-off-bus.yaml:15: signals.for[1].weight: 'huge' is none of the words allowed here"));
}

TEST_F(AgainstSchema, AWeightForCannotBeUsedAgainst) {
  replace(cause_file, "weight: rules-out", "weight: strong");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("signals.against[0].weight: 'strong'")));
}

TEST_F(AgainstSchema, ATextNeedsBothLanguages) {
  replace(kernel_file, ", zh: \"Xid 45：抢占式清理\"", "");
  EXPECT_THAT(problems(), ElementsAre("signals/kernel.yaml:8: [1].title: Missing required property 'zh'."));
}

TEST_F(AgainstSchema, AReferenceIsHttps) {
  replace(cause_file, "https://docs", "http://docs");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("references[0]: 'http://docs.nvidia.com/deploy/xid-errors/' is not of the form")));
}

TEST_F(AgainstSchema, ASignalIsFoundInOneWay) {
  replace(app_file, "computed: stragglers", "computed: stragglers\n  query: SELECT 1");
  EXPECT_THAT(problems(), Contains(HasSubstr("needs exactly one of pattern, query, computed, when and topic")));
}

TEST_F(AgainstSchema, APatternNeedsANearMiss) {
  replace(app_file, "  near_misses: [\"all devices are busy\"]\n", "");
  EXPECT_THAT(problems(), Contains(HasSubstr("near_misses")));
}

TEST_F(AgainstSchema, ACauseNeedsANearMiss) {
  const std::string text = read(cause_file);
  write(cause_file, text.substr(0, text.find("near_misses:")));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("Missing required property 'near_misses'")));
}

TEST_F(AgainstSchema, SymptomIsNotAWord) {
  replace(cause_file, "prior: usual", "prior: usual\nsymptom: \"true\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("symptom: 'true' is of the wrong type")));
}

TEST_F(Lint, ACausesFileHasItsName) {
  std::filesystem::rename(folder / cause_file, folder / "causes/bus.yaml");
  EXPECT_THAT(problems(), ElementsAre("causes/bus.yaml:2: gpu-fell-off-bus: the file must be named after the id: "
                                      "causes/gpu-fell-off-bus.yaml"));
}

TEST_F(Lint, ASignalThatACauseUsesExists) {
  replace(cause_file, "signal: kernel.xid.79", "signal: kernel.xid.97");
  EXPECT_THAT(
      problems(),
      ElementsAre("causes/gpu-fell-off-bus.yaml:2: gpu-fell-off-bus: signals: there is no signal 'kernel.xid.97'"));
}

TEST_F(Lint, ASignalThatIsExplainedExists) {
  replace(cause_file, "explains: [kernel.xid.45", "explains: [kernel.xid.44");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("explains: there is no signal 'kernel.xid.44'")));
}

TEST_F(Lint, ASignalIsUsedOnce) {
  replace(cause_file, "signal: app.straggler", "signal: kernel.xid.79");
  EXPECT_THAT(problems(), Contains(HasSubstr("'kernel.xid.79' is used more than once")));
}

TEST_F(Lint, AnArtefactThatIsWantedExists) {
  replace(cause_file, "artefact: nvidia-bug-report", "artefact: bug-report");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("collect: there is no artefact 'bug-report'")));
}

TEST_F(Lint, APartOfACombinationExists) {
  replace(app_file, "none: [kernel.xid.45]", "none: [kernel.xid.44]");
  EXPECT_THAT(problems(),
              ElementsAre("signals/app.yaml:10: app.busy_after_bus_loss: when: there is no signal 'kernel.xid.44'"));
}

TEST_F(Lint, CombinationsDoNotGoRoundInACircle) {
  replace(app_file, "computed: stragglers", "when: {any: [app.busy_after_bus_loss]}");
  replace(app_file, "all: [app.cuda_busy, ", "all: [app.straggler, ");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("app.busy_after_bus_loss -> app.straggler -> app.busy_after_bus_loss")));
}

TEST_F(Lint, AVeryLongChainOfCombinationsIsNoCircle) {
  std::string chain = "- {id: c.0, title: {en: a, zh: 甲}, role: candidate, computed: x}\n";
  for (int i = 1; i < 4000; ++i) {
    chain += "- {id: c." + std::to_string(i) + ", title: {en: a, zh: 甲}, role: candidate, when: {all: [c." +
             std::to_string(i - 1) + "]}}\n";
  }
  write("signals/chain.yaml", chain);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Lint, ATopicWinsItsExamplesAndLosesItsNearMisses) {
  const auto topic = [](const char* id, const char* says, const char* example, const char* near_miss) {
    return std::string("- {id: ") + id + ", title: {en: a, zh: 甲}, role: candidate, topic: [{weight: strong, says: '" + says + "'}], examples: [" +
           example + "], near_misses: [" + near_miss + "], references: [https://docs.nvidia.com/deploy/mps/]}\n";
  };
  write("signals/topics.yaml", topic("topic.a", "mps", "mps failed", "shm failed") + topic("topic.b", "shm|daemon", "shm failed", "mps failed"));
  EXPECT_THAT(problems(), IsEmpty());
  write("signals/topics.yaml", topic("topic.a", "mps", "shm and shm daemon failed for mps", "shm failed") + topic("topic.b", "shm|daemon", "shm failed", "daemon"));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("topic.a: examples: another topic wins"), HasSubstr("topic.b: near_misses: the topic wins 'daemon'")));
}

TEST_F(Lint, APatternCompiles) {
  replace(app_file, "pattern: 'all", "pattern: '(all");
  EXPECT_THAT(
      problems(),
      ElementsAre(
          "signals/app.yaml:2: app.cuda_busy: pattern: missing ): (all CUDA-capable devices are busy or unavailable"));
}

TEST_F(Lint, AnExampleMatches) {
  replace(app_file, "all CUDA-capable devices are busy or unavailable\"]", "some devices are busy or unavailable\"]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("examples: the pattern does not match")));
}

TEST_F(Lint, ANearMissDoesNotMatch) {
  replace(app_file, "near_misses: [\"all devices are busy\"]",
          "near_misses: [\"all CUDA-capable devices are busy or unavailable\"]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("near_misses: the pattern matches")));
}

TEST_F(Lint, AGateHasThreeBytes) {
  replace(app_file, "gates: [busy or", "gates: [or");
  replace(app_file, "gates: [or unavailable]", "gates: [or]");
  EXPECT_THAT(problems(), Contains(HasSubstr("gates")));
}

TEST_F(Lint, AGateIsInEveryLineThatMatches) {
  replace(app_file, "gates: [busy or unavailable]", "gates: [CUDA error]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("gates: a line can match")));
}

TEST_F(Lint, TheCaseOfAGateDoesNotMatter) {
  replace(app_file, "gates: [busy or unavailable]", "gates: [cuda-CAPABLE]");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Lint, EachAlternativeHasAGate) {
  replace(app_file, "pattern: 'all CUDA-capable devices", "pattern: 'no free device|all CUDA-capable devices");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("gates: a line can match 'no free device' without")));
}

TEST_F(Lint, AQueryReadsTablesThatExist) {
  replace(kernel_file, "FROM events", "FROM evnets");
  EXPECT_THAT(problems(), ElementsAre("signals/kernel.yaml:2: kernel.xid.79: query: no such table: evnets"));
}

TEST_F(Lint, AQueryIsOneStatement) {
  replace(kernel_file, "code = 79", "code = 79; DELETE FROM events");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("query: holds more than one statement")));
}

TEST_F(Lint, AQueryWritesNothing) {
  replace(kernel_file, "SELECT * FROM events", "DELETE FROM events");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("query: not authorized")));
}

TEST_F(Lint, AQueryDoesNotLookAtTheDatabaseItself) {
  replace(kernel_file, "SELECT * FROM events WHERE kind = 'kernel.xid' AND code = 79", "SELECT * FROM sqlite_schema");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("query: ")));
}

TEST_F(Lint, AQueryDoesNotReadWhatTheAnalysisFound) {
  replace(kernel_file, "SELECT * FROM events WHERE kind = 'kernel.xid' AND code = 79", "SELECT cause FROM findings");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("query: access to findings.cause is prohibited")));
}

TEST_F(Lint, AQueryMayUseWith) {
  replace(kernel_file, "SELECT * FROM events WHERE kind = 'kernel.xid' AND code = 79",
          "WITH x AS (SELECT * FROM events WHERE code = 79) SELECT * FROM documents WHERE EXISTS (SELECT 1 FROM x)");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Lint, ChineseIsChinese) {
  replace(cause_file, "zh: \"重置该 GPU。\"", "zh: \"Reset the GPU.\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("fixes[0].act: zh holds no Chinese character")));
}

TEST_F(Lint, ARiskIsExplained) {
  replace(cause_file,
          "    risk_note: {en: \"Ends everything that runs on the node.\", zh: \"会终止该节点上运行的一切。\"}\n", "");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("fixes[0]: a risk other than safe needs a risk_note")));
}

TEST_F(Lint, APlaceholderIsOneThatIsFilledIn) {
  replace(cause_file, "-i {gpu_index}", "-i {gpu}");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("fixes[0].commands: placeholder 'gpu' is none that is filled in")));
}

TEST_F(Lint, BracesOfTheShellAndOfTemplatesAreNoPlaceholders) {
  replace(cause_file, "nvidia-smi --gpu-reset -i {gpu_index}", "echo ${HOME} {a,b} | awk '{ print $1 }'");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Lint, ACommandIsOneLine) {
  replace(cause_file, "nvidia-smi --gpu-reset -i {gpu_index}", "nvidia-smi\\nreboot");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("control character or a line break")));
}

TEST_F(Lint, ATextHoldsNoEscapeSequence) {
  replace(cause_file, "en: \"Reset the GPU.\"", "en: \"\\e[2JReset the GPU.\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("fixes[0].act: holds a control character")));
}

class NotReal : public KnowledgeFolder, public testing::WithParamInterface<const char*> {};

TEST_P(NotReal, IsRefusedAsACommand) {
  replace(cause_file, "command: \"nvidia-smi -L\"", std::string("command: \"") + GetParam() + "\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("which does not exist")));
}

INSTANTIATE_TEST_SUITE_P(Commands, NotReal,
                         testing::Values("nvidia-mem-smi --clean", "sudo nvidia-trees", "cat /proc/nvidia-smi/0",
                                         "ls /sys/class/kernel/nvidia-mem", "cat /sys/class/drm/card0-DP-1/memreg",
                                         "nvidia-smi -t"));

TEST_F(NotReal, IsRefusedInATextToo) {
  replace(cause_file, "en: \"Reset the GPU.\"", "en: \"Call cudaFreeAll.\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("'cudaFreeAll', which does not exist")));
}

}  // namespace
}  // namespace gpm::kb
