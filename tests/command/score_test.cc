// SPDX-License-Identifier: Apache-2.0
//
// The verb `score` as a user runs it, and how right the answers have to be.
#include <filesystem>
#include <fstream>

#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Ran score(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {GPM_BINARY, "score"});
  return run(arguments);
}

// A corpus of two: a right label and a wrong one.
class TwoIncidents : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("score_" + std::to_string(getpid()));
    add("lost", "gpu-fell-off-bus");
    add("mislabelled", "app-gpu-out-of-memory");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void add(const std::string& id, const std::string& cause) {
    fs::create_directories(folder_ / id / "files");
    std::ofstream(folder_ / id / "case.json") << json{{"id", id}, {"root_cause", cause}, {"key_evidence", {"fallen off the bus"}}};
    std::ofstream(folder_ / id / "files" / "dmesg.txt")
        << "[  100.000000] NVRM: Xid (PCI:0000:5d:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n";
  }
  fs::path folder_;
};

TEST_F(TwoIncidents, TheFiguresAndTheMisses) {
  const auto ran = score({folder_, "--failures"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("mislabelled: is app-gpu-out-of-memory, said gpu-fell-off-bus"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("2 cases: first 50.0 %"), HasSubstr("wrong but sure 50.0 %")));
}

TEST_F(TwoIncidents, JsonIsAlone) {
  const auto ran = score({folder_, "--failures", "--json", "-"});
  const auto figures = json::parse(ran.out);
  EXPECT_EQ(figures["summary"]["top1"], 0.5);
  EXPECT_EQ(figures["rows"].size(), 2u);
}

TEST_F(TwoIncidents, ALabelThatCannotBeReadIsSaid) {
  std::ofstream(folder_ / "lost" / "case.json") << "{";
  const auto ran = score({folder_});
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.err, HasSubstr("lost/case.json: no label"));
  EXPECT_THAT(ran.out, HasSubstr("1 cases"));
}

TEST(Score, WrongUsageIsTwoAndNothingThereIsThree) {
  EXPECT_EQ(score({}).status, 2);
  EXPECT_EQ(score({"--no-such-option"}).status, 2);
  EXPECT_EQ(score({"/nonexistent"}).status, 3);
  EXPECT_EQ(score({GPM_SOURCE_DIR "/docs"}).status, 3);
}

// The project's own incidents and, where they are beside the checkout, those that it shares with others.
class Bars : public testing::TestWithParam<std::string> {};

TEST_P(Bars, AnswersAreRightAndOnlyAsSureAsTheyAre) {
  if (!fs::exists(GetParam())) GTEST_SKIP() << GetParam() << " is not there: nothing scored";
  const auto ran = score({GetParam(), "--failures", "--json", "-"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto summary = json::parse(ran.out)["summary"];
  EXPECT_GE(summary["top1"], 0.95);
  EXPECT_EQ(summary["false_alarms"], 0);
  EXPECT_EQ(summary["healthy_said_so"], summary["healthy"]);
  EXPECT_LE(summary["wrong_and_sure"], 0.03);
  EXPECT_GE(summary["right_and_sure"], 0.70);
  EXPECT_GE(summary["evidence"], 0.70);
}
INSTANTIATE_TEST_SUITE_P(Score, Bars, testing::Values(GPM_SOURCE_DIR "/corpus", GPM_SOURCE_DIR "/../shared/cases"),
                         [](const auto& test) { return std::string(test.index == 0 ? "OwnCorpus" : "SharedCases"); });

}  // namespace
}  // namespace gpm::test
