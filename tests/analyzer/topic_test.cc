// SPDX-License-Identifier: Apache-2.0
//
// Bundles whose messages the knowledge base does not know: what they complain about gives a best guess, and no more.
#include "analyzer/signals/topic.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "analyzer/analysis.h"

namespace gpm {
namespace {

using testing::HasSubstr;

class Topic : public testing::Test {
 protected:
  Topic() {
    std::string name = testing::TempDir() + "topicXXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Topic() override { std::filesystem::remove_all(folder_); }

  report::Result analyze(const std::string& text) {
    std::ofstream(folder_ / "app.log") << text;
    AnalysisOptions options;
    options.inputs = {folder_.string()};
    return gpm::analyze(options, kb::embedded()).results.front();
  }

 private:
  std::filesystem::path folder_;
};

const std::string complaint = "fancylauncher: fatal: mount hooks of the container toolkit returned 3\n";

std::string progress(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "fancylauncher: step " + std::to_string(i) + " done\n";
  return text;
}

TEST_F(Topic, OfAnUnknownComplaintGivesABestGuess) {
  const auto result = analyze(progress(5) + complaint);
  EXPECT_EQ(result.verdict.status, "fault-found");
  ASSERT_FALSE(result.causes.empty());
  EXPECT_EQ(result.causes[0].id, "nvidia-runtime-not-configured");
  EXPECT_LT(result.causes[0].confidence, 0.6);
  EXPECT_THAT(result.verdict.summary, HasSubstr("Best guess"));
  ASSERT_EQ(result.causes[0].evidence.size(), 1u);
  EXPECT_EQ(result.causes[0].evidence[0].line, 6u);
}

TEST_F(Topic, OfASingleWordIsNone) {
  EXPECT_EQ(analyze("fancylauncher: hook failed\n").verdict.status, "no-fault-found");
}

TEST_F(Topic, OfAComplaintThatTheLogSurvivedIsNone) {
  EXPECT_EQ(analyze(complaint + progress(200)).verdict.status, "no-fault-found");
}

TEST_F(Topic, OfAComplaintThatTheLogDismissesIsNone) {
  EXPECT_EQ(analyze("fancylauncher: container toolkit hook failed, ignored\n").verdict.status, "no-fault-found");
  EXPECT_EQ(analyze("W0506 20:06:53.452011 416509 hooks.cc:30] container toolkit hook failed\n").verdict.status, "no-fault-found");
}

TEST_F(Topic, IsNotAskedWhereAMessageDecides) {
  const auto result = analyze(complaint + "[  100.5] NVRM: Xid (PCI:0000:5d:00): 79, pid=1, GPU has fallen off the bus.\n");
  ASSERT_FALSE(result.causes.empty());
  EXPECT_EQ(result.causes[0].id, "gpu-fell-off-bus");
  for (const auto& cause : result.causes) EXPECT_NE(cause.id, "nvidia-runtime-not-configured");
}

}  // namespace
}  // namespace gpm
