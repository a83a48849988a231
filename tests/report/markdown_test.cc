// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string comment(const Result& result) {
  std::ostringstream out;
  write_markdown(result, out);
  return out.str();
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t run_at(const std::string& text, std::size_t at) {
  const auto end = text.find_first_not_of('`', at);
  return (end == std::string::npos ? text.size() : end) - at;
}

// What a CommonMark reader takes for text and markup: everything outside of fences and code spans.
std::string outside_of_code(const std::string& markdown) {
  std::string out, line;
  std::size_t fence = 0;
  std::istringstream in(markdown);
  while (std::getline(in, line)) {
    const auto start = line.find_first_not_of(' ');
    const auto ticks = start == std::string::npos || line[start] != '`' ? 0 : run_at(line, start);
    if (fence > 0) {
      if (ticks >= fence && line.find_first_not_of('`', start) == std::string::npos) fence = 0;
      continue;
    }
    if (ticks >= 3 && line.find('`', start + ticks) == std::string::npos) {
      fence = ticks;
      continue;
    }
    for (std::size_t at = 0; at < line.size();) {
      if (line[at] == '\\') {
        at += 2;  // an escaped character is text
        continue;
      }
      if (line[at] != '`') {
        out += line[at++];
        continue;
      }
      const auto size = run_at(line, at);
      auto close = at + size;
      while ((close = line.find('`', close)) != std::string::npos && run_at(line, close) != size)
        close += run_at(line, close);
      EXPECT_NE(close, std::string::npos) << "a code span is left open: " << line;
      if (close == std::string::npos) break;
      at = close + size;
    }
    out += '\n';
  }
  EXPECT_EQ(fence, 0u) << "a fence is left open";
  return out;
}

TEST(Markdown, IsAShortComment) {
  for (const char* language : {"en", "zh"})
    for (const auto& result : {full_result(language), healthy_result(language), undecided_result(language),
                               result_made_of("x", language), result_made_of(everything_hostile(), language)})
      EXPECT_LE(lines_in(comment(result)), 60u);
}

TEST(Markdown, LongListsStayShort) {
  auto result = full_result("en");
  auto& cause = result.causes[0];
  cause.evidence.insert(cause.evidence.begin(), 50, cause.evidence[0]);
  cause.fixes.insert(cause.fixes.end(), 30, cause.fixes[0]);
  result.causes.insert(result.causes.end(), 50, result.causes[1]);
  result.missing.insert(result.missing.end(), 50, result.missing[0]);
  const auto text = comment(result);
  EXPECT_LE(lines_in(text), 60u);
  EXPECT_THAT(text, HasSubstr("further fixes: "));
  EXPECT_THAT(text, testing::ContainsRegex("further evidence: [0-9]+"));
}

TEST(Markdown, WhereEverythingIsLongEachListIsCutAndTheFirstFixIsWhole) {
  auto result = full_result("en");
  auto& cause = result.causes[0];
  for (int i = 0; i < 40; ++i) {
    auto one = cause.evidence[0];
    one.signal = one.signal_title = "signal " + std::to_string(i);
    one.against = i % 2 == 1;
    cause.evidence.push_back(one);
  }
  while (cause.fixes[0].commands.size() < 8) cause.fixes[0].commands.push_back("nvidia-smi -q");
  for (int i = 0; i < 20; ++i) {
    result.causes.push_back(result.causes[1 + i % 2]);
    result.causes.back().incident = 1 + i % 5;
    result.causes.back().why_not = "less speaks for it";
  }
  result.missing.insert(result.missing.end(), 50, result.missing[0]);
  const auto text = comment(result);
  EXPECT_LE(lines_in(text), 60u);
  std::size_t commands = 0;
  for (auto at = text.find("\n   nvidia-smi -q"); at != std::string::npos; at = text.find("\n   nvidia-smi -q", at + 1)) ++commands;
  EXPECT_GE(commands, 6u);
  EXPECT_THAT(text, HasSubstr("What to collect next"));
}

TEST(Markdown, TextOfTheBundleOpensNoMarkup) {
  const auto text = outside_of_code(comment(result_made_of(everything_hostile(), "en")));
  for (const char* markup :
       {"<script", "<img", "](", "![", "@someone", " www.", "http:/", "\n# ", "\n~~~", "\n| a", "<!--", "$(", "`"})
    EXPECT_EQ(text.find(markup), std::string::npos) << markup;
}

TEST(Markdown, EvidenceStandsWholeInsideItsFence) {
  auto result = full_result("en");
  result.causes[0].evidence[0].text = "``````";
  const auto text = comment(result);
  EXPECT_THAT(text, HasSubstr("```````text\n# Xid 79: the GPU has fallen off the bus\nbundle.tar.gz/dgx-a12/dmesg.txt:1834: ``````\n"));
  EXPECT_THAT(outside_of_code(text), Not(HasSubstr("dmesg.txt:1834")));
}

TEST(Markdown, HoldsNoControlCharacter) {
  for (unsigned char c : comment(result_made_of(everything_hostile(), "zh")))
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c != 0x7f));
}

TEST(Markdown, AFixIsGivenWholeOrNotAtAll) {
  auto result = full_result("en");
  result.causes[0].fixes[0].commands.assign(9, "step");
  result.causes[0].fixes.insert(result.causes[0].fixes.end(), 9, result.causes[0].fixes[0]);
  const auto text = comment(result);
  std::size_t steps = 0;
  for (auto at = text.find("   step\n"); at != std::string::npos; at = text.find("   step\n", at + 1)) ++steps;
  EXPECT_GT(steps, 0u);
  EXPECT_EQ(steps % 9, 0u);
}

}  // namespace
}  // namespace gpm::report
