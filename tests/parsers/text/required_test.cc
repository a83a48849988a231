// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/required.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/text/regex.h"

namespace gpm::text {
namespace {

std::string shown(std::string_view pattern) { return Required(pattern).shown(); }

TEST(Required, RunsOfCharactersMustBeThere) {
  EXPECT_EQ(shown(R"(^GPU (\d+) is lost\.$)"), R"(("GPU " & " is lost."))");
  EXPECT_EQ(shown("NVRM: Xid"), R"("NVRM: Xid")");
}

TEST(Required, OneOfSeveralAlternatives) {
  EXPECT_EQ(shown("GPU (?:is lost|fell off)"), R"(("GPU " & ("is lost" | "fell off")))");
  EXPECT_EQ(shown("timeout|Timed out"), R"(("timeout" | "Timed out"))");
}

TEST(Required, WhatMayBeAbsentIsNotRequired) {
  EXPECT_EQ(shown("NCCL (?:WARN )?error"), R"(("NCCL " & "error"))");
  EXPECT_EQ(shown("errors?:"), R"("error")") << "':' alone is too short to be worth a look";
  EXPECT_EQ(shown("mail[0-9]?@"), R"(("mail" & "@"))") << "few lines hold it";
  EXPECT_EQ(shown("ab{0,3}cd"), R"("cd")");
  EXPECT_EQ(shown("(?:foo)*"), "");
  EXPECT_EQ(shown("foo|"), "");
}

TEST(Required, AMarkIsBetterThanNothing) {
  EXPECT_EQ(shown(R"(^\w+\s*=)"), R"("=")");
  EXPECT_EQ(shown(R"(^\d\d:\d\d)"), R"(":")");
  EXPECT_EQ(shown(R"(^\w+:\s*\d|^[a-z]+=)"), R"((":" | "="))");
  EXPECT_EQ(shown(R"(^\w+:|^\d+)"), "") << "the second alternative has none";
  EXPECT_EQ(shown("[a-z]+x[0-9]+"), "") << "a letter is in every line";
}

TEST(Required, RepeatedCharactersEndARun) { EXPECT_EQ(shown("abc+de"), R"(("abc" & "de"))"); }

TEST(Required, ClassesAndEscapesAreNoLiterals) {
  EXPECT_EQ(shown(R"(rank[\]a-z]\s+ok \[x\]\d\bend)"), R"(("rank" & "ok [x]" & "end"))");
  EXPECT_EQ(shown("[[:alpha:]]]foo"), R"("]foo")");
}

TEST(Required, CaseIsIgnoredWhereThePatternIgnoresItAnywhere) {
  EXPECT_TRUE(Required("(?i)Out of Memory").in("OUT OF MEMORY"));
  EXPECT_TRUE(Required("CUDA (?i:Error)").in("cuda ERROR"));
  EXPECT_FALSE(Required("CUDA error").in("cuda error"));
}

TEST(Required, WhatIsNotUnderstoodRequiresNothing) {
  for (const char* pattern : {R"(\Qa.b\E)", R"(\pLabc)", "(?P<x", "abc)", "[abc", R"(\x41bc)"}) EXPECT_EQ(shown(pattern), "") << pattern;
  EXPECT_EQ(shown(std::string(100, '(') + "abc" + std::string(100, ')')), "");
}

TEST(Required, GatesAreTheLiteralsOfTheNarrowestPart) {
  EXPECT_THAT(Required("NCCL (?:WARN|INFO) .*Call to (?:connect|bind|listen)").one_of(3), testing::ElementsAre("nccl "));
  EXPECT_THAT(Required("(?:uncorrectable|fatal) (?:a|b)").one_of(3), testing::ElementsAre("uncorrectable", "fatal"));
  EXPECT_THAT(Required(R"(\d+ .*)").one_of(3), testing::IsEmpty());
}

// It may only say no where RE2 does.
TEST(Required, NeverRefusesWhatMatches) {
  const std::vector<std::pair<const char*, const char*>> matches = {
      {R"(^\s*(- )?[A-Za-z][\w./-]*:( \S.*)?$)", "key: value"},
      {R"((?m)^\s*"?kind"?:\s*"?(SupportBundle|Preflight))", "a: b\n\"kind\": Preflight"},
      {R"(a{2}b)", "aab"},
      {R"(x*?y+?z)", "yz"},
      {"(?:é)?é|ü+n", "ün"},
      {R"({"a": \d})", "{\"a\": 1}"},
      {R"((?P<host>\w+) is (?:not )?up)", "n1 is up"},
  };
  for (const auto& [pattern, text] : matches) {
    ASSERT_TRUE(RE2::PartialMatch(text, pattern)) << pattern;
    EXPECT_TRUE(Required(pattern).in(text)) << pattern << " requires " << shown(pattern);
  }
}

TEST(Regex, IsCompiledWhenATextHoldsWhatItRequires) {
  const Regex regex(R"(GPU (\d+) is lost)");
  EXPECT_EQ(regex.needed_for("GPU 3 is fine"), nullptr);
  int gpu = 0;
  EXPECT_TRUE(Regex::PartialMatch("the GPU 3 is lost", regex, &gpu));
  EXPECT_EQ(gpu, 3);
  EXPECT_FALSE(Regex::FullMatch("the GPU 3 is lost", regex, &gpu));
}

}  // namespace
}  // namespace gpm::text
