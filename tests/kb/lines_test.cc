// SPDX-License-Identifier: Apache-2.0
//
// Known lines of a knowledge folder: what is read, what is refused, which line a message is.
#include <gmock/gmock.h>

#include "kb/catalogue.h"
#include "kb/emit.h"
#include "kb/match/line_index.h"
#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* lines_file = "lines/kernel.yaml";

using Lines = KnowledgeFolder;

TEST_F(Lines, ALineComesWithAllItSays) {
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_EQ(loaded.view().lines.size(), 2u);
  const KnownLine& line = loaded.view().lines[0];
  EXPECT_EQ(line.id, "kernel.off-bus");
  EXPECT_EQ(line.source, "kernel");
  EXPECT_EQ(line.role, Role::candidate);
  EXPECT_EQ(line.means.zh, "GPU 没有应答。");
  EXPECT_THAT(line.causes, ElementsAre("gpu-fell-off-bus"));
  ASSERT_EQ(line.forms.size(), 2u);
  EXPECT_EQ(line.forms[0].since, "470");
  EXPECT_EQ(line.forms[1].until, "470.256.2");
  EXPECT_THAT(line.near_misses, ElementsAre("the bus has fallen off the cliff"));
  EXPECT_THAT(line.references, ElementsAre("https://docs.nvidia.com/deploy/xid-errors/"));  // the file's
  EXPECT_THAT(loaded.view().lines[1].references, ElementsAre("https://docs.kernel.org/admin-guide/tainted-kernels.html"));
  EXPECT_EQ(loaded.view().lines[1].forms[0].anchor, "taints kernel");
}

TEST_F(Lines, WhatIsCompiledInIsWhatWasWritten) {
  EXPECT_EQ(embedded().lines.size(), 2u);
  EXPECT_EQ(embedded().lines[1].role, Role::benign);
}

TEST_F(Lines, AFolderPutsItsLinesOverThoseCompiledIn) {
  replace(lines_file, "The GPU does not answer.", "Mine.");
  replace(lines_file, "kernel.taint", "kernel.taint-of-mine");
  Problems found;
  const LoadedKnowledge all = merge(embedded(), load(folder.string(), found));
  ASSERT_EQ(all.view().lines.size(), 3u);
  EXPECT_EQ(all.view().lines[0].means.en, "Mine.");
  EXPECT_EQ(all.view().lines[2].id, "kernel.taint-of-mine");
}

TEST_F(Lines, TheCatalogueShowsEachSpelling) {
  const std::string text = catalogue_of_lines(embedded());
  EXPECT_THAT(text, HasSubstr("2 lines in 3 spellings"));
  EXPECT_THAT(text, HasSubstr("`GPU has fallen off the bus.` (470 … )"));
  EXPECT_THAT(text, HasSubstr("[gpu-fell-off-bus](causes.md#gpu-fell-off-bus)"));
}

// --- what is refused ---

TEST_F(Lines, ARoleIsOneOfTheWords) {
  replace(lines_file, "role: benign", "role: harmless");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("lines[1].role: 'harmless' is none of the words allowed here")));
}

TEST_F(Lines, AnExampleIsNeeded) {
  replace(lines_file, "    example: \"nvidia: loading out-of-tree module taints kernel.\"\n", "");
  EXPECT_THAT(problems(), Contains(HasSubstr("Missing required property 'example'")));
}

TEST_F(Lines, BothLanguagesAreNeeded) {
  replace(lines_file, ", zh: \"加载了外部模块。\"", "");
  EXPECT_THAT(problems(), Contains(HasSubstr("Missing required property 'zh'")));
}

TEST_F(Lines, TheChineseIsChinese) {
  replace(lines_file, "加载了外部模块。", "A module.");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("kernel.taint: means: zh holds no Chinese character")));
}

TEST_F(Lines, AnIdIsUsedOnce) {
  replace(lines_file, "kernel.taint", "kernel.off-bus");
  EXPECT_THAT(problems(), ElementsAre("lines/kernel.yaml:16: kernel.off-bus: is there already, at lines/kernel.yaml:4"));
}

TEST_F(Lines, AnIdBeginsWithItsSource) {
  replace(lines_file, "kernel.taint", "nccl.taint");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("nccl.taint: the id must begin with the file's source: kernel.")));
}

TEST_F(Lines, ACauseExists) {
  replace(lines_file, "causes: [gpu-fell-off-bus]", "causes: [gpu-fell-off-table]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("causes: there is no cause 'gpu-fell-off-table'")));
}

TEST_F(Lines, AdvicePointsToNoCause) {
  replace(lines_file, "role: candidate", "role: advice");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("advice is printed whatever the cause")));
}

TEST_F(Lines, TheExampleMatches) {
  replace(lines_file, "GPU 0000:02:00.0: GPU has fallen off the bus.", "GPU has fallen off the table.");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("example: is not matched by 'GPU has fallen off the bus.'")));
}

TEST_F(Lines, AMoreSpecificLineTakesAnExampleAway) {
  replace(lines_file, "example: \"nvidia: loading out-of-tree module taints kernel.\"",
          "example: \"module taints kernel: GPU has fallen off the bus.\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is taken by kernel.off-bus, which is more specific")));
}

TEST_F(Lines, ANearMissIsNotTheLineItself) {
  replace(lines_file, "the bus has fallen off the cliff", "now GPU has fallen off the bus.");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("near_misses: this is the line itself")));
}

TEST_F(Lines, ATemplateOrAPattern) {
  replace(lines_file, "pattern: \"(?:module", "template: \"taints kernel\"\n    pattern: \"(?:module");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("needs a template, or a pattern and its anchor")));
}

TEST_F(Lines, ATemplateNeedsALiteralToBeFoundBy) {
  replace(lines_file, "template: \"GPU has fallen off the bus.\"", "template: \"%s off %s\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("has no literal of 6 bytes by which it could be found")));
}

TEST_F(Lines, APercentSignBeginsAPlaceholder) {
  replace(lines_file, "template: \"GPU has fallen off the bus.\"", "template: \"GPU has fallen 100% off\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("write %% for the sign itself")));
}

TEST_F(Lines, APatternCompiles) {
  replace(lines_file, "(?:module|driver) taints", "(module taints");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("pattern: missing )")));
}

TEST_F(Lines, APatternNeedsAnAnchor) {
  replace(lines_file, "    anchor: \"taints kernel\"\n", "");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("anchor: a pattern needs one of 6 bytes at least")));
}

TEST_F(Lines, EachMatchHoldsTheAnchor) {
  replace(lines_file, "anchor: \"taints kernel\"", "anchor: \"module taints\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("anchor: a line can match 'driver taints kernel' without holding any of them")));
}

TEST_F(Lines, OnlyAPatternHasAnAnchor) {
  replace(lines_file, "    since: \"470\"\n", "    anchor: \"has fallen\"\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("anchor: only a pattern has one")));
}

TEST_F(Lines, UntilIsNotBeforeSince) {
  replace(lines_file, "until: \"470.256.2\"", "since: \"470.256.10\"\n        until: \"470.256.2\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("until: 470.256.2 is before since: 470.256.10")));
}

TEST_F(Lines, ASpellingBelongsToOneLine) {
  replace(lines_file, "pattern: \"(?:module|driver) taints kernel\"\n    anchor: \"taints kernel\"",
          "template: \"GPU has fallen off the bus.\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("kernel.taint: is spelt as kernel.off-bus is")));
}

TEST_F(Lines, AReferenceIsHttps) {
  replace(lines_file, "references: [https://docs.nvidia", "references: [http://docs.nvidia");
  EXPECT_THAT(problems(), Contains(HasSubstr("references[0]: 'http://docs.nvidia.com/deploy/xid-errors/' is not of the form")));
}

// --- which line a message is ---

struct Matched {
  const char *text, *message;
  bool matches;
};

class Template : public testing::TestWithParam<Matched> {};

TEST_P(Template, StandsForTheMessagesOfItsSource) {
  const LineForm form{.text = GetParam().text};
  const KnownLine line{.id = "kernel.x", .forms = {&form, 1}};
  EXPECT_EQ(LineIndex({&line, 1}).find(GetParam().message).line != nullptr, GetParam().matches) << GetParam().message;
}

INSTANTIATE_TEST_SUITE_P(
    Placeholders, Template,
    testing::Values(Matched{"Connect to %s failed : %s", "gpu07:1:2 [0] x.cc:1 NCCL WARN Connect to 10.0.0.1<99> failed : No route to host", true},
                    Matched{"Connect to %s failed : %s", "Connect to 10.0.0.1<99> worked : yes", false},
                    Matched{"retries (%d)", "exceeded retries (-20000)", true},
                    Matched{"retries (%d)", "exceeded retries (many)", false},
                    Matched{"Channel %02d/%01d : ", "Channel 00/0 : 1[1]", true},
                    Matched{"address %p size %zu", "address (nil) size 18446744073709551615", true},
                    Matched{"address %p size %zu", "address 0x7f3a1c size 12", true},
                    Matched{"commId 0x%llx - Init", "commId 0x3fba - Init", true},
                    Matched{"total %.2f (kernels", "total 1.25 (kernels", true},
                    Matched{"total %.2f (kernels", "total nan (kernels", true},
                    Matched{"total %.2f (kernels", "total x (kernels", false},
                    Matched{"only %d%% left over", "only 5% left over", true},
                    Matched{"is %savailable on dev", "is not available on dev", true},
                    Matched{"is %savailable on dev", "is available on dev", true},
                    Matched{"Killed process", "OOMKilled process", false},       // not in the middle of a word
                    Matched{"Killed process", "Killed processes", false},
                    Matched{"(core dumped)", "Aborted (core dumped)", true},
                    Matched{"a.b [c] (d)|e+", "a.b [c] (d)|e+", true},            // nothing of RE2 in a literal
                    Matched{"a.b [c] (d)|e+", "aXb [c] (d)|e+", false}));

TEST(LineIndex, TheMostSpecificLineIsTheAnswer) {
  const LineForm general{.text = "%s set by environment to %s"}, special{.text = "NCCL_P2P_DISABLE set by environment to %d"};
  const KnownLine lines[] = {{.id = "a", .forms = {&general, 1}}, {.id = "b", .forms = {&special, 1}}};
  LineIndex index(lines);
  EXPECT_EQ(index.find("NCCL INFO NCCL_P2P_DISABLE set by environment to 1.").line, &lines[1]);
  EXPECT_EQ(index.find("NCCL INFO NCCL_ALGO set by environment to Ring").line, &lines[0]);
  EXPECT_EQ(index.find("NCCL INFO NCCL_P2P_DISABLE set by environment to yes").line, &lines[0]);
  EXPECT_EQ(index.find("set by nobody").line, nullptr);
}

TEST(LineIndex, WrappersAndColoursAreLookedThrough) {
  const LineForm form{.text = "the \"quoted\" widget failed"};
  const KnownLine line{.id = "a", .forms = {&form, 1}};
  LineIndex index({&line, 1});
  EXPECT_EQ(index.find(R"({"log":"the \"quoted\" widget failed\n","stream":"stderr","time":"2024-11-20T00:02:45.1Z"})").line, &line);
  EXPECT_EQ(index.find("the \"quo\x1b[31mted\" widget\x1b[0m failed").line, &line);
}

TEST(LineIndex, HostileLinesAreOnlyLinesThatNobodyKnows) {
  const LineForm form{.text = "widget %s failed %s"};
  const KnownLine line{.id = "a", .forms = {&form, 1}};
  LineIndex index({&line, 1});
  EXPECT_EQ(index.find("").line, nullptr);
  EXPECT_EQ(index.find("widg").line, nullptr);
  EXPECT_EQ(index.find(std::string("widget \xff\xfe\0 failed ", 18)).line, &line);  // bytes that are no UTF-8
  EXPECT_EQ(index.find(std::string(1 << 20, 'x') + "widget x failed x").line, nullptr);  // behind what is looked at
  std::string many;
  for (int i = 0; i < 500; ++i) many += "widget ";
  EXPECT_EQ(index.find(many).line, nullptr);
}

}  // namespace
}  // namespace gpm::kb
