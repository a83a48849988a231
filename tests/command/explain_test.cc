// SPDX-License-Identifier: Apache-2.0
//
// The verb `explain` as a user runs it.
#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Ran explain(std::vector<std::string> arguments, const How& how = {}) {
  arguments.insert(arguments.begin(), {GPM_BINARY, "explain"});
  return run(arguments, how);
}

TEST(Explain, ACodeGoesToStandardOutput) {
  const auto ran = explain({"xid", "79"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("Xid 79: GPU fell off the PCIe bus\n"));
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST(Explain, TheLanguageIsAskedForAndNotTheLocales) {
  EXPECT_THAT(explain({"cuda", "802", "--lang", "zh"}).out, HasSubstr("系统未就绪"));
  EXPECT_THAT(explain({"--lang=zh", "cuda", "802"}).out, HasSubstr("系统未就绪"));
  EXPECT_EQ(explain({"cuda", "802"}, {.environment = {"LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8"}}).out, explain({"cuda", "802"}).out);
}

TEST(Explain, HelpShowsTwoExamples) {
  const auto ran = explain({"--help"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Examples:"), HasSubstr("explain xid 79"), HasSubstr("explain -")));
}

TEST(Explain, WhatIsUnknownIsTwo) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {}, {"xid", "999"}, {"cuda", "cudaErrorOfMine"}, {"no-such-thing"}, {"79"}, {"xid", "79", "--lang", "fr"}, {"--lang"},
           {"xid", "79", "--no-such-option"}, {"xid", "79", "--kb", "/nonexistent"}}) {
    const auto ran = explain(arguments);
    EXPECT_EQ(ran.status, 2) << testing::PrintToString(arguments);
    EXPECT_THAT(ran.err, StartsWith("gpu-postmortem: "));
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST(Explain, WhatIsUnknownIsQuotedInert) {
  EXPECT_THAT(explain({"xid", "\x1b[2J"}).err, HasSubstr("'\\x1B[2J'"));
}

TEST(Explain, NegativeNumbersAndDashesAreNoOptions) {
  EXPECT_THAT(explain({"exit", "-9"}).out, HasSubstr("SIGKILL"));
  EXPECT_EQ(explain({"--", "--- FATAL --- NVRM: Xid (PCI:0000:5d:00): 79, GPU has fallen off the bus."}).status, 0);
}

TEST(Explain, ALineComesFromStandardInputToo) {
  const auto ran = explain({"-"}, {.input = "[1.0] NVRM: Xid (PCI:0000:5d:00): 79, pid=1, name=a, GPU has fallen off the bus.\r\n"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("gpu-fell-off-bus"));
  EXPECT_EQ(explain({"-"}).status, 2);
}

TEST(Explain, EndlessStandardInputIsCut) {
  const auto ran = explain({"-"}, {.input = std::string(8 << 20, 'x')});
  EXPECT_LE(ran.status, 2);
  expect_bounded(ran);
}

TEST(Explain, AKnowledgeFolderIsPutOverTheBuiltIn) {
  bundle::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "codes");
  folder.put("codes/xid.yaml",
             "family: xid\ntitle: {en: mine, zh: \"自定义\"}\nreferences: [https://example.org/]\n"
             "codes:\n  - code: 999\n    title: {en: \"our own\", zh: \"我们的\"}\n");
  EXPECT_THAT(explain({"xid", "999", "--kb", folder / ""}).out, StartsWith("Xid 999: our own"));
  EXPECT_THAT(explain({"xid", "79", "--kb", folder / ""}).out, StartsWith("Xid 79: GPU fell off"));
}

TEST(Explain, AFullDiskIsFour) {
  const auto ran = run({"/bin/sh", "-c", std::string(GPM_BINARY) + " explain xid 79 > /dev/full"});
  EXPECT_EQ(ran.status, 4);
}

}  // namespace
}  // namespace gpm::test
