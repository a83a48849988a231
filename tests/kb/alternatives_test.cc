// SPDX-License-Identifier: Apache-2.0
#include "kb/alternatives.h"

#include <gmock/gmock.h>

namespace gpm::kb {
namespace {

using testing::UnorderedElementsAre;

TEST(Alternatives, OfTheWholePattern) { EXPECT_THAT(alternatives("a|b c|d"), UnorderedElementsAre("a", "b c", "d")); }

TEST(Alternatives, OfAGroup) {
  EXPECT_THAT(alternatives("unable to (?:map|write to) x"),
              UnorderedElementsAre("unable to map x", "unable to write to x"));
}

TEST(Alternatives, OfAnOptionalGroup) {
  EXPECT_THAT(alternatives("loading (?:model )?weights"),
              UnorderedElementsAre("loading model weights", "loading weights"));
}

TEST(Alternatives, OfGroupsInGroups) {
  EXPECT_THAT(alternatives("a(?P<x>b|c(?i:d|e))"), UnorderedElementsAre("ab", "acd", "ace"));
}

TEST(Alternatives, ARepeatedGroupStays) { EXPECT_THAT(alternatives("(a|b)+c"), UnorderedElementsAre("(a|b)+c")); }

TEST(Alternatives, BarsInClassesEscapesAndQuotesAreLetters) {
  EXPECT_THAT(alternatives(R"([|)]\|\(\Qa|(b\E[]|][[:alpha:]|])"),
              UnorderedElementsAre(R"([|)]\|\(\Qa|(b\E[]|][[:alpha:]|])"));
}

TEST(Alternatives, FlagsStay) { EXPECT_THAT(alternatives("(?i)foo|bar"), UnorderedElementsAre("(?i)foo", "bar")); }

TEST(Alternatives, ARepeatedCharacterIsThereOnce) {
  EXPECT_THAT(alternatives(R"(iteration +\d+?x)"), UnorderedElementsAre(R"(iteration  *\d\d*?x)"));
}

TEST(Alternatives, TooManyAreLeftAlone) {
  std::string pattern;
  for (int i = 0; i < 12; ++i) {
    pattern += "(a|b)";
  }
  EXPECT_THAT(alternatives(pattern), UnorderedElementsAre(pattern));
}

TEST(Alternatives, OfBrokenPatternsAreNoTrouble) {
  for (const char* pattern : {"(", ")", "[", "[^", "\\", "(?", "(?P<", "a|", "|", "", "(a|b", "[[:", "\\Q(", "()?"}) {
    EXPECT_FALSE(alternatives(pattern).empty()) << pattern;
  }
}

}  // namespace
}  // namespace gpm::kb
