// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/shortlist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpm::text {
namespace {

using testing::ElementsAre;

Shortlist of(std::initializer_list<const char*> patterns) {
  std::vector<std::unique_ptr<Regex>> made;
  for (const auto* pattern : patterns) made.push_back(std::make_unique<Regex>(pattern));
  return Shortlist(made);
}

TEST(Shortlist, HoldsThePatternsOfWhoseLiteralsTheTextHoldsOne) {
  const auto list = of({"out of memory", "^GPU \\d+ is (?:lost|gone)", "NVRM: Xid"});
  EXPECT_THAT(list.of("GPU 3 is gone, out of Memory"), ElementsAre(0, 1));
  EXPECT_THAT(list.of("an nvrm: xid"), ElementsAre(2)) << "ASCII case is ignored";
}

TEST(Shortlist, WithoutALiteralTheFirstByteDecides) {
  const auto list = of({"^\\d+ \\d+$", "^[a-z]+=", "^\\S", "\\d\\d"});
  EXPECT_THAT(list.of("12 13"), ElementsAre(0, 2, 3));
  EXPECT_THAT(list.of("a=1"), ElementsAre(1, 2, 3));
  EXPECT_THAT(list.of(" "), ElementsAre(3));
  EXPECT_THAT(list.of(""), ElementsAre(0, 1, 2, 3)) << "says nothing about an empty text";
}

}  // namespace
}  // namespace gpm::text
