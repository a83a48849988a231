// SPDX-License-Identifier: Apache-2.0
//
// The lines that are known in the knowledge that is compiled in: each is found and explained.
#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "analyzer/explain/explain.h"
#include "kb/match/line_index.h"
#include "kb/words.h"

namespace gpm::explain {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string flat(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const char blank = c == '\n' ? ' ' : c;
    if (blank != ' ' || out.empty() || out.back() != ' ') out += blank;
  }
  return out;
}

std::string told(const std::string& line, const std::string& language = "en") {
  std::ostringstream out;
  std::string unknown;
  return explain({line}, kb::embedded(), {.language = language}, out, unknown) ? flat(out.str()) : std::string();
}

std::size_t spellings() {
  std::size_t count = 0;
  for (const auto& line : kb::embedded().lines) count += line.forms.size();
  return count;
}

std::set<std::string> sources() {
  std::set<std::string> all;
  for (const auto& line : kb::embedded().lines) all.emplace(line.source);
  return all;
}

class KnownLinesOf : public testing::TestWithParam<std::string> {};

TEST_P(KnownLinesOf, EachIsFoundByItsExamplesWithAndWithoutWrappers) {
  kb::LineIndex index(kb::embedded().lines);
  for (const auto& line : kb::embedded().lines) {
    if (line.source != GetParam()) continue;
    for (const auto& form : line.forms) {
      EXPECT_EQ(index.find(form.example).line, &line) << form.example;
      EXPECT_EQ(index.find("2024-11-20T00:02:45.123456789Z stderr F " + std::string(form.example)).line, &line) << form.example;
    }
    for (const auto near_miss : line.near_misses) EXPECT_NE(index.find(near_miss).line, &line) << near_miss;
  }
}

INSTANTIATE_TEST_SUITE_P(Embedded, KnownLinesOf, testing::ValuesIn(sources()));

TEST(KnownLinesCatalogue, KnowsAtLeast350Spellings) {
  EXPECT_GE(spellings(), 350u);
  EXPECT_GE(kb::embedded().lines.size(), 350u);
}

TEST(KnownLinesCatalogue, HasLinesOfEachRoleAndSource) {
  std::set<kb::Role> roles;
  for (const auto& line : kb::embedded().lines) roles.insert(line.role);
  EXPECT_EQ(roles.size(), std::size(kb::role_words));
  EXPECT_THAT(sources(), testing::IsSupersetOf({"nccl", "torch", "cuda", "kernel", "container", "kubernetes", "framework"}));
}

// An analysis of the line is part of `explain`, so one line of each role and source stands for all.
TEST(KnownLinesCatalogue, OneOfEachRoleAndSourceIsExplainedInBothLanguages) {
  std::set<std::pair<kb::Role, std::string_view>> seen;
  for (const auto& line : kb::embedded().lines) {
    if (!seen.emplace(line.role, line.source).second) continue;
    const std::string example(line.forms[0].example);
    EXPECT_THAT(told(example), AllOf(HasSubstr(std::string(line.id)), HasSubstr(flat(std::string(line.means.en))))) << example;
    EXPECT_THAT(told(example, "zh"), HasSubstr("已知日志行")) << example;
  }
}

TEST(KnownLinesCatalogue, AdviceIsNeverEvidence) {
  EXPECT_THAT(told("CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect."),
              AllOf(HasSubstr("advice that tools print along; never evidence"), Not(HasSubstr("Where it points"))));
}

TEST(KnownLinesCatalogue, AHarmlessLineSaysWhereItPointsOnlyIfItMatters) {
  EXPECT_THAT(told("gpu07:1:1 [0] NCCL INFO NET/IB : No device found."),
              AllOf(HasSubstr("looks bad, is harmless"), HasSubstr("Where it points if it matters after all"),
                    HasSubstr("nccl-ib-misconfigured")));
}

TEST(KnownLinesCatalogue, ALineThatNoParserKnowsIsExplainedToo) {
  EXPECT_THAT(told("cfg80211: failed to load regulatory.db"), HasSubstr("nothing to do with GPUs"));
}

TEST(KnownLinesCatalogue, VersionsAreThoseOfTheSpelling) {
  EXPECT_THAT(told("gpu07:1:1 [0] misc/socket.cc:1 NCCL WARN socketStartConnect: exceeded retries (20000)"), HasSubstr("2.16.2 to 2.23.4"));
}

}  // namespace
}  // namespace gpm::explain
