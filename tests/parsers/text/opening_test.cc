// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/opening.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

namespace gpm::text {
namespace {

TEST(Opening, ClassesAndCharactersByTheirPlace) {
  const Opening packages(R"(^(ii|rc|iU)[ RH] *\S+\s+)");
  EXPECT_TRUE(packages.fits("ii  libcuda1 525"));
  EXPECT_TRUE(packages.fits("rcR x 1"));
  EXPECT_FALSE(packages.fits("Linux gpu07"));
  EXPECT_FALSE(packages.fits("iixlibcuda"));
}

TEST(Opening, WhatIsTooShortCannotMatch) {
  EXPECT_FALSE(Opening(R"(^\d{4}-\d\d)").fits("202"));
  EXPECT_FALSE(Opening("^a").fits(""));
}

TEST(Opening, WhatMayBeAbsentIsFollowedByWhatComesNext) {
  const Opening syslog(R"(^(<\d+>)?\w{3} [ \d]\d )");
  EXPECT_TRUE(syslog.fits("<6>Oct  9 02:47:34 gpu07"));
  EXPECT_TRUE(syslog.fits("Oct  9 02:47:34 gpu07"));
  EXPECT_FALSE(syslog.fits("[  100.000000] NVRM"));
  EXPECT_FALSE(syslog.fits("<>Oct"));
  EXPECT_EQ(Opening(R"(^\s*)").size(), 0u);
}

TEST(Opening, ACharacterBeyondAsciiHasNoKnownLength) {
  const Opening unit(R"(^\s*[●○x] \S+)");
  EXPECT_TRUE(unit.fits("● nvidia-fabricmanager.service"));
  EXPECT_TRUE(unit.fits("  x dcgm.service"));
  EXPECT_FALSE(unit.fits("Loaded: loaded"));
  EXPECT_TRUE(Opening("^.: ab").fits("é: ab"));
}

TEST(Opening, OnlyPatternsThatAreBoundToTheStartHaveOne) {
  for (const char* pattern : {"GPU", "^GPU|lost", "(?m)^GPU", "(?:^|x)GPU", "^(?i)gpu", "^(?i:gpu)", R"(^\x41)", R"(^\pL)", "^[[:alpha:]]", "^[a", "^(a", "^a)", "", "^", "^$"})
    EXPECT_EQ(Opening(pattern).size(), 0u) << pattern;
  EXPECT_EQ(Opening(std::string("^") + std::string(100, '(') + "a" + std::string(100, ')')).size(), 0u);
}

// It may only say no where RE2 does.
TEST(Opening, NeverRefusesWhatMatches) {
  const std::vector<const char*> patterns = {
      R"(^(\[?\w[\w ./-]*\]? ?)?[\[(]?\d{4}[-/]\d\d)", R"(^(a|bc)?d{2,3}e)",  R"(^[^a-c]x)",         R"(^[^é]x)",  R"(^(ab){2}|^c+?d)", R"(^\D\W\S)",
      R"(^a{0,2}b{0}c{3})",                            R"(^[]a-]+\.\[x)",       R"(^(?:x*|y+)*z\tq)", R"(^{"a{x)",  R"(^(?P<n>\d)?-)",   R"(^[\w-]+:$|^\|)",
      R"(^a?b?c?d?e?)",                                R"(^(?:\ba|\Bb)[\d-x])", R"(^[\s\S]z)",        R"(^a*?aab)", R"(^[+.~-]é+$)",     R"(^\$ |^\. ?x)"};
  const std::string_view letters[] = {"a", "b", "c", "d", "e", "x", "y", "z", "q", "0", "7", "-", "[", "]", ".", " ", "\t", "\n", "{", "\"", "|", "$", ":", "+", "~", "é", "\xff", "/"};
  // Each text of up to three of them, and each longer one that grows from a match.
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0, end = 0; i < 3; ++i) {
    const auto begin = end;
    end = texts.size();
    for (auto t = begin; t < end; ++t)
      for (const auto letter : letters) texts.push_back(texts[t] + std::string(letter));
  }
  for (const char* text : {"2026-10-09", "[ab] 2026/10", "bcddde", "ababx", "ccd", "aabccc", "]a-.[x", "xyyxz\tq", "{\"a{x", "aaab", "~ééé"}) texts.emplace_back(text);
  for (const char* pattern : patterns) {
    const Opening opening(pattern);
    const RE2 decides(pattern, RE2::Quiet);
    ASSERT_TRUE(decides.ok()) << pattern;
    for (const auto& text : texts)
      if (RE2::PartialMatch(text, decides)) EXPECT_TRUE(opening.fits(text)) << pattern << " on " << text;
  }
}

}  // namespace
}  // namespace gpm::text
