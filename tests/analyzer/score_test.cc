// SPDX-License-Identifier: Apache-2.0
#include "analyzer/score/score.h"

#include <gtest/gtest.h>

#include "analyzer/score/calibration.h"

namespace gpm::score {
namespace {

report::Result said(std::string status, std::vector<std::pair<std::string, double>> causes, std::string line = {}) {
  report::Result result;
  result.verdict.status = std::move(status);
  for (auto& [id, confidence] : causes) {
    report::Cause cause;
    cause.id = id;
    cause.confidence = confidence;
    report::Evidence e;
    e.text = line;
    cause.evidence.push_back(e);
    result.causes.push_back(std::move(cause));
  }
  return result;
}

Label label(std::string cause) { return {"case", cause, "", {cause}, {"Xid 79"}, true}; }

TEST(Score, AHitCountsOnlyWhereAFaultWasFound) {
  EXPECT_TRUE(judge(label("gpu-fell-off-bus"), said("fault-found", {{"gpu-fell-off-bus", 0.9}})).first);
  EXPECT_FALSE(judge(label("gpu-fell-off-bus"), said("undecided", {{"gpu-fell-off-bus", 0.4}})).first);
}

TEST(Score, SecondIsAmongThree) {
  const auto judged = judge(label("b"), said("fault-found", {{"a", 0.6}, {"b", 0.3}}, "... Xid 79 ..."));
  EXPECT_FALSE(judged.first);
  EXPECT_TRUE(judged.in_three);
  EXPECT_DOUBLE_EQ(judged.reciprocal_rank, 0.5);
  EXPECT_DOUBLE_EQ(judged.evidence_cited.value(), 1.0);
}

TEST(Score, AHealthyBundleWithAFaultIsAFalseAlarm) {
  EXPECT_TRUE(judge(label("no-fault-found"), said("fault-found", {{"a", 0.6}})).false_alarm);
  EXPECT_FALSE(judge(label("no-fault-found"), said("undecided", {{"a", 0.3}})).false_alarm);
  EXPECT_FALSE(judge(label("no-fault-found"), said("undecided", {{"a", 0.3}})).first);
  EXPECT_TRUE(judge(label("no-fault-found"), said("no-fault-found", {})).first);
}

TEST(Score, WrongAndSureIsCountedOverAllCases) {
  const auto s = summarise({judge(label("a"), said("fault-found", {{"b", 0.9}})), judge(label("a"), said("fault-found", {{"a", 0.9}}))});
  EXPECT_DOUBLE_EQ(s.wrong_and_sure, 0.5);
  EXPECT_DOUBLE_EQ(s.right_and_sure, 0.5);
  EXPECT_EQ(s.calibration[9].answers, 2u);
  EXPECT_EQ(s.calibration[9].right, 1u);
}

TEST(Score, ReadsTheProjectsOwnCorpus) {
  std::vector<std::string> problems;
  const auto labels = read_labels(GPM_SOURCE_DIR "/corpus", problems);
  EXPECT_GE(labels.size(), 18u);
  EXPECT_TRUE(problems.empty());
}

std::vector<Judged> answers(double confidence, int right, int wrong) {
  std::vector<Judged> list(static_cast<std::size_t>(right), judge(label("a"), said("fault-found", {{"a", confidence}})));
  list.insert(list.end(), static_cast<std::size_t>(wrong), judge(label("b"), said("fault-found", {{"a", confidence}})));
  return list;
}

TEST(Calibration, ConfidenceThatIsKeptNeedsNoFactor) { EXPECT_NEAR(fit_confidence(answers(0.8, 80, 20))->factor, 1.0, 0.01); }

TEST(Calibration, TooSureIsBelowOneAndTooModestAbove) {
  EXPECT_NEAR(fit_confidence(answers(0.9, 60, 40))->factor, 0.185, 0.01);
  EXPECT_NEAR(fit_confidence(answers(0.6, 90, 10))->factor, 5.42, 0.05);
}

TEST(Calibration, NothingCanBeFittedToAnswersThatAreAllRight) { EXPECT_FALSE(fit_confidence(answers(0.8, 10, 0))); }

}  // namespace
}  // namespace gpm::score
