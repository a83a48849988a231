// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"
#include "parsers/text/utf8.h"
#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string shown(const Result& result, TerminalStyle style = {}) {
  std::ostringstream out;
  write_terminal(result, style, out);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Commands and addresses are there to be copied and so are never broken.
bool is_for_copying(const std::string& line) {
  const auto start = line.find_first_not_of(' ');
  return start != std::string::npos && (line.compare(start, 2, "$ ") == 0 || line.compare(start, 8, "https://") == 0);
}

TEST(Terminal, KeepsToItsColumns) {
  for (const char* language : {"en", "zh"})
    for (const int columns : {40, 80, 132})
      for (const auto& result :
           {full_result(language), undecided_result(language), result_made_of(std::string(500, 'w'), language),
            result_made_of("资料" + std::string(90, 'w') + "（显卡掉线），", language)})
        for (const auto& line : lines_of(shown(result, {.columns = columns}))) {
          if (is_for_copying(line)) continue;
          EXPECT_LE(width_of(line), static_cast<std::size_t>(columns)) << line;
        }
}

TEST(Terminal, SendsNothingButTextToTheTerminal) {
  for (const bool explain : {false, true}) {
    const auto text = shown(result_made_of(everything_hostile(), "en"), {.top = 9, .explain_ranking = explain});
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto point = text::first_code_point(rest);
      EXPECT_TRUE(point.valid);
      EXPECT_TRUE(point.value == '\n' || (!text::is_control(point.value) && !text::is_hidden(point.value)))
          << static_cast<unsigned>(point.value);
      rest.remove_prefix(point.bytes);
    }
    EXPECT_THAT(text, HasSubstr("\\x1B[2J"));
  }
}

TEST(Terminal, ColourOnlyWhereAskedFor) {
  EXPECT_THAT(shown(full_result("en")), Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown(full_result("en"), {.colour = true}), HasSubstr("\x1b[1;31m"));
}

TEST(Terminal, ColourChangesNoText) {
  auto text = shown(full_result("zh"), {.colour = true});
  for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b'))
    text.erase(at, text.find('m', at) + 1 - at);
  EXPECT_EQ(text, shown(full_result("zh")));
}

TEST(Terminal, NamesTheRestAfterTheTopCauses) {
  const auto text = shown(full_result("en"), {.top = 1});
  EXPECT_THAT(text, HasSubstr("Also possible"));
  EXPECT_THAT(text, HasSubstr("(shm-too-small)"));
  EXPECT_THAT(text, Not(HasSubstr("sizeLimit: 64Mi"))) << "only the first is shown in full";
}

TEST(Terminal, ExplainsTheRankingOnlyWhereAskedFor) {
  EXPECT_THAT(shown(full_result("en")), Not(HasSubstr("decisive")));
  EXPECT_THAT(shown(full_result("en"), {.explain_ranking = true}), HasSubstr("kernel.xid.79 decisive +4.0"));
}

TEST(Terminal, KeepsWorkaroundsApartFromCures) {
  const auto text = shown(full_result("en"));
  EXPECT_LT(text.find("What to do"), text.find("reset the GPU"));
  EXPECT_LT(text.find("reset the GPU"), text.find("Workaround, does not end the cause"));
  EXPECT_LT(text.find("Workaround, does not end the cause"), text.find("Restart the job without"));
}

TEST(Terminal, ManyLinesOfOneSignalHideNoOther) {
  auto result = full_result("en");
  const auto one = result.causes[0].evidence[0];
  result.causes[0].evidence.insert(result.causes[0].evidence.begin(), 20, one);
  EXPECT_THAT(shown(result), HasSubstr("+ nvidia-smi cannot reach a GPU"));
}

TEST(Terminal, WhatIsUnlikelyIsShownInFullOnlyIfAskedFor) {
  const auto result = full_result("en");
  EXPECT_THAT(shown(result), testing::Not(HasSubstr("Compare the ranks' stacks.")));
  EXPECT_THAT(shown(result), HasSubstr("One rank arrived late at a collective (straggler-or-slow-rank)"));
  EXPECT_THAT(shown(result, {.top = 3, .top_asked = true}), HasSubstr("Compare the ranks' stacks."));
}

TEST(Terminal, FixesForOtherPlatformsAreOnlyCounted) {
  auto result = full_result("en");
  result.causes[0].fixes[1].elsewhere = true;
  EXPECT_THAT(shown(result), testing::Not(HasSubstr("sbatch")));
  EXPECT_THAT(shown(result), HasSubstr("further fixes for platforms that this bundle does not come from: 1"));
}

TEST(Terminal, SaysWhichEvidenceWasLeftOut) {
  auto result = full_result("en");
  const auto one = result.causes[0].evidence[0];
  result.causes[0].evidence.insert(result.causes[0].evidence.begin(), 20, one);
  EXPECT_THAT(shown(result), HasSubstr("further evidence: 16"));
}

TEST(Terminal, AHealthyBundleIsAShortAnswer) {
  const auto text = shown(healthy_result("en"));
  EXPECT_THAT(text, HasSubstr("No fault found: Nothing in 3 documents points to a fault."));
  EXPECT_LE(lines_of(text).size(), 8u);
}

}  // namespace
}  // namespace gpm::report
