// SPDX-License-Identifier: Apache-2.0
//
// The examples of the knowledge base: each raises its cause, each near miss does not.
#include <algorithm>

#include "kb/examples.h"
#include "tests/command/run_command.h"

namespace gpm::kb {

// For the test's name: without it GoogleTest prints the object's bytes, which differ from run to run.
void PrintTo(const CauseExample& example, std::ostream* out) { *out << example.cause << ": " << example.name; }

}  // namespace gpm::kb

namespace gpm::test {
namespace {

std::vector<kb::CauseExample> examples() {
  kb::Problems problems;
  return kb::load_examples(GPM_SOURCE_DIR "/kb", problems);
}

std::string safe_name(const testing::TestParamInfo<kb::CauseExample>& info) {
  auto name = std::to_string(info.index) + "_" + info.param.cause + (info.param.near_miss ? "_not_" : "_") + info.param.name;
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

class Example : public testing::TestWithParam<kb::CauseExample> {};

TEST_P(Example, RaisesItsCauseOrNot) {
  const auto& example = GetParam();
  bundle::TemporaryFolder folder;
  for (const auto& [path, text] : example.files) folder.put("bundle/" + path, text);
  const auto ran = run(analyze({folder / "bundle", "--json", "-", "--quiet"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto report = ran.json();
  std::string said;
  double confidence = 0;
  for (const auto& c : report["causes"]) {
    said += c["id"].get<std::string>() + " " + c["confidence"].dump() + "; ";
    if (c["id"] == example.cause) confidence = c["confidence"];
  }
  if (example.near_miss) {
    EXPECT_LT(confidence, 0.5) << said;
  } else {
    ASSERT_FALSE(report["causes"].empty());
    EXPECT_EQ(report["causes"][0]["id"], example.cause) << said;
    EXPECT_GE(confidence, 0.5) << said;
  }
}

INSTANTIATE_TEST_SUITE_P(Knowledge, Example, testing::ValuesIn(examples()), safe_name);

TEST(Knowledge, ExamplesCanBeRead) {
  kb::Problems problems;
  EXPECT_FALSE(kb::load_examples(GPM_SOURCE_DIR "/kb", problems).empty());
  EXPECT_TRUE(problems.empty()) << kb::describe(problems.front());
}

}  // namespace
}  // namespace gpm::test
