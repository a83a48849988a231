// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/named_groups.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

#include "kb/model.h"

namespace gpm::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(NamedGroups, AreTakenOut) {
  const NamedGroups groups(R"(Killed process (?P<pid>\d+) \((?P<process>[^)]*)\), (?:a|(b)) (?P<rss>\d+))");
  EXPECT_EQ(groups.pattern, R"(Killed process (\d+) \(([^)]*)\), (?:a|(b)) (\d+))");
  EXPECT_THAT(groups.names, ElementsAre(Pair(1, "pid"), Pair(2, "process"), Pair(4, "rss")));
}

TEST(NamedGroups, BracketsThatOpenNoGroupAreNotCounted) {
  for (const char* expression : {R"([(?P<a>])", R"([](?P<a>])", R"([^](])", R"(\(?P<a>)", R"(\Q(?P<a>\E)", R"([[:alpha:](])", R"([\](])", "(?i:x)"}) {
    const NamedGroups groups(std::string(expression) + "(?P<b>x)");
    EXPECT_EQ(groups.pattern, std::string(expression) + "(x)");
    EXPECT_THAT(groups.names, ElementsAre(Pair(1, "b"))) << expression;
  }
}

TEST(NamedGroups, WhatIsCutShortStaysAsItIs) {
  for (const char* expression : {"(?P<a", "\\", "[", "[^", "[[:", "\\Q("}) {
    EXPECT_EQ(NamedGroups(expression).pattern, expression);
    EXPECT_THAT(NamedGroups(expression).names, IsEmpty());
  }
}

TEST(NamedGroups, AreThoseThatRe2FindsInTheKnowledge) {
  int patterns = 0;
  for (const auto& signal : kb::embedded().signals) {
    if (signal.pattern.empty()) continue;
    ++patterns;
    const NamedGroups groups(signal.pattern);
    const re2::RE2 with(std::string(signal.pattern)), without(groups.pattern);
    EXPECT_EQ(groups.names, with.CapturingGroupNames()) << signal.id;
    EXPECT_EQ(without.NumberOfCapturingGroups(), with.NumberOfCapturingGroups()) << signal.id;
    EXPECT_THAT(without.CapturingGroupNames(), IsEmpty());
  }
  EXPECT_GT(patterns, 500);
}

}  // namespace
}  // namespace gpm::text
