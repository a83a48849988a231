// SPDX-License-Identifier: Apache-2.0
//
// The command line's contract: exit statuses, where output goes, wrong usage.
#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string lost_gpu = "[155044.078590] NVRM: Xid (PCI:0000:5d:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n";

class CommandLine : public testing::Test {
 protected:
  bundle::TemporaryFolder folder;
  std::string dmesg = folder.put("dmesg.txt", lost_gpu);
};

TEST_F(CommandLine, VersionAndHelp) {
  const auto version = run({GPM_BINARY, "--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("gpu-postmortem [0-9.]+ \\(knowledge of [0-9]+-[0-9]+-[0-9]+\\)\n"));
  for (const auto& arguments : {std::vector<std::string>{GPM_BINARY, "--help"}, analyze({"--help"})}) {
    const auto help = run(arguments);
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:"));
    EXPECT_THAT(help.err, IsEmpty());
  }
}

TEST_F(CommandLine, NoVerbMeansAnalyze) {
  EXPECT_EQ(run({GPM_BINARY, dmesg, "--json", "-"}).out, analyze_json(dmesg).out);
}

TEST_F(CommandLine, WrongUsageIsTwo) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {}, {"analyze"}, {dmesg, "--no-such-option"}, {dmesg, "--json", "-", "--html", "-"}, {dmesg, "--lang", "fr"},
           {dmesg, "--exit-code", "5"}, {dmesg, "--top", "x"}, {dmesg, "--limit-total", "1X"}, {dmesg, "--db", "-"}, {"-", "-"}, {dmesg, "--htm", "x"}}) {
    std::vector<std::string> command = {GPM_BINARY};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto ran = run(command);
    EXPECT_EQ(ran.status, 2) << testing::PrintToString(arguments);
    EXPECT_THAT(ran.err, StartsWith("gpu-postmortem: "));
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST_F(CommandLine, AnOutputThatCannotBeWrittenIsFour) {
  const auto ran = run(analyze({dmesg, "--html", folder / "no/such/folder/r.html"}));
  EXPECT_EQ(ran.status, 4);
  EXPECT_THAT(ran.err, HasSubstr("cannot write"));
  EXPECT_EQ(run(analyze({dmesg, "--db", folder / "no/such/folder/r.db"})).status, 4);
  EXPECT_EQ(run(analyze({dmesg, "--json", "/dev/full"})).status, 4);
}

TEST_F(CommandLine, AReportReplacesTheWholeFileThatWasThere) {
  const auto fresh = folder / "fresh.json", old = folder.put("old.json", std::string(1 << 20, 'x'));
  EXPECT_EQ(run(analyze({dmesg, "--json", fresh})).status, 0);
  EXPECT_EQ(run(analyze({dmesg, "--json", old})).status, 0);
  EXPECT_EQ(read_file(old), read_file(fresh));
}

TEST_F(CommandLine, ExitCodeOnFaultOnly) {
  EXPECT_EQ(run(analyze({dmesg, "--exit-code", "42"})).status, 42);
  EXPECT_EQ(run(analyze({folder.put("notes", "nothing\n"), "--exit-code", "42"})).status, 0);
}

TEST_F(CommandLine, AViewOnStandardOutputIsAlone) {
  const auto ran = run(analyze({dmesg, "--markdown", "-", "--json", folder / "r.json"}));
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("#"));
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "r.json"))["causes"][0]["id"], "gpu-fell-off-bus");
}

TEST_F(CommandLine, TerminalTextHasNoColourInAPipe) {
  const auto ran = run(analyze({dmesg}));
  EXPECT_THAT(ran.out, HasSubstr("dmesg.txt:1"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("\x1b")));
}

TEST_F(CommandLine, ChineseOnRequestOnly) {
  EXPECT_THAT(run(analyze({dmesg, "--lang", "zh"})).out, HasSubstr("总线"));
  EXPECT_THAT(run(analyze({dmesg}), {.environment = {"LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8"}}).out, HasSubstr("fallen off"));
}

TEST_F(CommandLine, TwoLanguagesAreOnePageAndTheFirstLeads) {
  const auto ran = run(analyze({dmesg, "--lang", "zh,en", "--html", folder / "r.html", "--json", folder / "r.json"}));
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("总线"));
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "r.json"))["language"], "zh");
  const auto page = read_file(folder / "r.html");
  EXPECT_THAT(page, HasSubstr("<html lang=\"zh-Hans\">"));
  EXPECT_THAT(page, HasSubstr("fallen off"));
  EXPECT_EQ(run(analyze({dmesg, "--lang", "en,fr"})).status, 2);
}

TEST_F(CommandLine, SeveralInputsAreOneIncident) {
  const auto second = folder.put("node2/dmesg.txt", "[1.0] Linux version 5.15.0\n");
  const auto report = run(analyze({dmesg, folder / "node2", "--json", "-"})).json();
  EXPECT_FALSE(document(report, "dmesg.txt").is_null() && document(report, "dmesg.txt/dmesg.txt").is_null());
  EXPECT_FALSE(document(report, "node2/dmesg.txt").is_null()) << report["bundle"];
}

TEST_F(CommandLine, TheStoreHoldsFactsAndFindings) {
  ASSERT_EQ(run(analyze({dmesg, "--db", folder / "r.db"})).status, 0);
  EXPECT_GT(std::filesystem::file_size(folder / "r.db"), 0u);
  EXPECT_FALSE(std::filesystem::exists(folder / "r.db-journal"));
}

TEST_F(CommandLine, KnowledgeOfAFolderExtendsOrIsRefused) {
  folder.put("kb/causes/broken.yaml", "id: [\n");
  const auto ran = run(analyze({dmesg, "--kb", folder / "kb"}));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("broken.yaml"));
}

}  // namespace
}  // namespace gpm::test
