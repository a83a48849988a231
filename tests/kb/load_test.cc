// SPDX-License-Identifier: Apache-2.0
#include "kb/load.h"

#include <gmock/gmock.h>

#include "kb/emit.h"
#include "kb/examples.h"
#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Load = KnowledgeFolder;
using Merge = KnowledgeFolder;

TEST_F(Load, GoodKnowledgeHasNoProblems) { EXPECT_THAT(problems(), IsEmpty()); }

TEST_F(Load, EntriesAreOrderedByIdWhateverFileTheyAreIn) {
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  std::vector<std::string_view> ids;
  for (const Signal& signal : loaded.view().signals) {
    ids.push_back(signal.id);
  }
  EXPECT_THAT(
      ids, ElementsAre("app.busy_after_bus_loss", "app.cuda_busy", "app.straggler", "kernel.xid.45", "kernel.xid.79"));
}

TEST_F(Load, ACauseComesWithAllItSays) {
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  ASSERT_EQ(loaded.view().causes.size(), 1u);
  const Cause& cause = loaded.view().causes[0];
  EXPECT_EQ(cause.id, "gpu-fell-off-bus");
  EXPECT_EQ(cause.title.zh, "GPU 已从 PCIe 总线上掉线");
  EXPECT_EQ(cause.prior, Prior::usual);
  EXPECT_EQ(cause.hardware, Hardware::suspect);
  EXPECT_FALSE(cause.symptom);
  ASSERT_EQ(cause.uses.size(), 3u);
  EXPECT_EQ(cause.uses[0].weight, Weight::decisive);
  EXPECT_EQ(cause.uses[0].family, "off-bus");
  EXPECT_EQ(cause.uses[2].weight, Weight::rules_out);
  EXPECT_THAT(cause.explains, ElementsAre("kernel.xid.45", "app.cuda_busy"));
  ASSERT_EQ(cause.fixes.size(), 1u);
  EXPECT_EQ(cause.fixes[0].risk, Risk::restarts_node);
  EXPECT_EQ(cause.fixes[0].verify[0].command, "nvidia-smi -L");
  EXPECT_EQ(cause.collect[0].artefact, "nvidia-bug-report");
}

TEST_F(Load, TheDateStaysText) {
  Problems found;
  EXPECT_EQ(load(folder.string(), found).view().date, "2026-03-01");
}

TEST_F(Load, MovingTheKnowledgeKeepsItsViews) {
  Problems found;
  LoadedKnowledge first = load(folder.string(), found);
  const LoadedKnowledge second = std::move(first);
  EXPECT_EQ(second.view().signals[1].title.en, "the CUDA devices are busy or unavailable");
}

TEST_F(Load, AFileWithAProblemIsLeftOutAndTheOthersAreUsed) {
  write(kernel_file, "- {id: kernel.xid.79}\n");
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  EXPECT_FALSE(found.empty());
  EXPECT_EQ(loaded.view().signals.size(), 3u);
  EXPECT_EQ(loaded.view().causes.size(), 1u);
}

TEST_F(Load, TheSameIdInTwoFilesNamesBothPlaces) {
  write("signals/more.yaml", "\n" + read(kernel_file));
  EXPECT_THAT(problems(),
              testing::Contains("signals/more.yaml:3: kernel.xid.79: is there already, at signals/kernel.yaml:2"));
}

TEST_F(Load, OnlyYamlFilesAreLookedAt) {
  write("causes/README.md", "[[[[");
  write("notes/x.yaml", "[[[[");
  write("causes/.gpu.yaml.swp", "[[[[");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST(LoadFolder, ThatIsNotThereIsAProblem) {
  Problems found;
  load("/nonexistent/kb", found);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "/nonexistent/kb");
}

TEST_F(Load, AnEmptyFolderIsAProblem) {
  std::filesystem::create_directory(folder / "empty");
  Problems found;
  load((folder / "empty").string(), found);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].reason, HasSubstr("holds no"));
}

TEST_F(Merge, TheSameIdTakesThePlaceOfTheBases) {
  Problems found;
  const LoadedKnowledge base = load(folder.string(), found);
  replace(kernel_file, "the GPU has fallen off the bus", "gone");
  std::filesystem::remove(folder / "causes/gpu-fell-off-bus.yaml");
  const LoadedKnowledge all = merge(base.view(), load(folder.string(), found));
  ASSERT_EQ(all.view().signals.size(), 5u);
  EXPECT_EQ(all.view().signals[4].title.en, "Xid 79: gone");
  EXPECT_EQ(all.view().causes.size(), 1u);
}

TEST_F(Merge, NewIdsAreAddedInOrder) {
  Problems found;
  const LoadedKnowledge base = load(good_folder, found);
  std::filesystem::remove_all(folder);
  write(kernel_file, "- {id: kernel.xid.46, title: {en: a, zh: 甲}, role: candidate, computed: x}\n");
  const LoadedKnowledge all = merge(base.view(), load(folder.string(), found));
  EXPECT_THAT(found, IsEmpty());
  ASSERT_EQ(all.view().signals.size(), 6u);
  EXPECT_EQ(all.view().signals[4].id, "kernel.xid.46");
  EXPECT_EQ(all.view().date, "2026-03-01");
}

TEST_F(Merge, SignalsOfTheBaseCountWhenTheExtraIsLinted) {
  Problems found;
  const LoadedKnowledge base = load(good_folder, found);
  std::filesystem::remove_all(folder);
  write(kernel_file,
        "- {id: kernel.both, title: {en: a, zh: 甲}, role: candidate, when: {all: [kernel.xid.45, kernel.xid.79]}}\n");
  const LoadedKnowledge all = merge(base.view(), load(folder.string(), found));
  lint(all.view(), all.origins(), {.schema_sql = tables}, found);
  EXPECT_THAT(found, IsEmpty());
}

TEST(Emit, TheCompiledInKnowledgeIsWhatWasWritten) {
  // embedded() here comes from tests/kb/data/good by way of kb-compiler and the C++ compiler.
  Problems found;
  const LoadedKnowledge loaded = load(good_folder, found);
  ASSERT_EQ(embedded().causes.size(), 1u);
  EXPECT_EQ(embedded().causes[0].explanation.en, loaded.view().causes[0].explanation.en);
  EXPECT_EQ(emit(embedded()), emit(loaded.view()));
}

TEST(Emit, WritesNothingThatCouldEndTheLiteral) {
  const std::string_view quote =
      "a\"; system(\"x\"); //\\\n?"
      "?/\x1b"
      "7\xe4\xb8\xad";
  const Artefact artefact{.id = "x", .command = quote};
  const Knowledge knowledge{.date = "2026-01-01", .artefacts = {&artefact, 1}};
  EXPECT_THAT(emit(knowledge), HasSubstr(R"("xa\"; system(\"x\"); //\\\012\077\077/\0337\344\270\255";)"));
}

TEST(Emit, NoKnowledgeIsCodeToo) {
  EXPECT_THAT(emit({}), HasSubstr("constexpr char lines[] =\n    \"\\000\";\nconstexpr char text[] =\n    \"\";\n"));
}

TEST(Examples, AreSmallBundlesBesideTheirCause) {
  Problems found;
  const std::vector<CauseExample> examples = load_examples(good_folder, found);
  EXPECT_THAT(found, IsEmpty());
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[0].cause, "gpu-fell-off-bus");
  EXPECT_FALSE(examples[0].near_miss);
  EXPECT_THAT(examples[0].files.at("dmesg.txt"), HasSubstr("79, pid=1234"));
  EXPECT_TRUE(examples[1].near_miss);
  EXPECT_THAT(examples[1].files, testing::SizeIs(2));
}

}  // namespace
}  // namespace gpm::kb
