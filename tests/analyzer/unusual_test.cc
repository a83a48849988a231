// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/unusual.h"

#include <gtest/gtest.h>

#include "kb/match/line_index.h"
#include "parsers/text/wrapper.h"

namespace gpm::scan {
namespace {

void add(UnusualLines& unusual, std::string_view document, std::uint64_t number, std::string_view raw) {
  std::string scratch;
  unusual.add(document, text::unwrap(number, raw, scratch), false);
}

std::vector<Unusual> list(const UnusualLines& unusual, std::size_t most, std::span<const kb::KnownLine> known = {}) {
  kb::LineIndex lines(known);
  return unusual.list(most, lines);
}

TEST(UnusualLines, NumbersAndAddressesDoNotTellTemplatesApart) {
  EXPECT_EQ(line_template("GPU 3 at 0x7f2a: error -12"), line_template("GPU 14 at 0x9b00: error -3"));
  EXPECT_NE(line_template("disk error"), line_template("fan error"));
}

TEST(UnusualLines, TheGravestAndRarestFirst) {
  UnusualLines unusual;
  for (std::uint64_t i = 1; i <= 50; ++i) add(unusual, "a.log", i, "request " + std::to_string(i) + " failed, retrying");
  add(unusual, "a.log", 60, "widget controller: fatal state 7");
  add(unusual, "a.log", 70, "widget 3 failed once");
  const auto found = list(unusual, 10);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].line, 60u);
  EXPECT_EQ(found[1].line, 70u);
  EXPECT_EQ(found[2].count, 50u);
}

TEST(UnusualLines, WhatCountsNothingIsNothing) {
  UnusualLines unusual;
  for (const char* line : {"0 errors, 0 warnings", "failed=0", "all is well"}) add(unusual, "a.log", 1, line);
  EXPECT_TRUE(list(unusual, 10).empty());
}

TEST(UnusualLines, TheFirstByPathWhateverTheOrderOfReading) {
  UnusualLines unusual;
  add(unusual, "b.log", 1, "widget error 1");
  add(unusual, "a.log", 9, "widget error 2");
  EXPECT_EQ(list(unusual, 1)[0].document, "a.log");
}

TEST(UnusualLines, WhatAParserUnderstoodIsAComplaintAndNotUnusual) {
  UnusualLines unusual;
  text::Line line;
  line.number = 4;
  line.raw = line.message = "CUDA error: unknown error";
  unusual.add("a.log", line, true);
  EXPECT_TRUE(list(unusual, 10).empty());
  kb::LineIndex none({});
  EXPECT_EQ(unusual.complaints(10, none).size(), 1u);
}

TEST(UnusualLines, KnowWhereTheyWereSeenLast) {
  UnusualLines unusual;
  for (std::uint64_t number : {3, 90}) add(unusual, "b.log", number, "widget failed");
  add(unusual, "a.log", 7, "widget failed");
  EXPECT_EQ(list(unusual, 1)[0].last_line, 7u);  // in the document that is named
}

TEST(UnusualLines, MemoryIsBounded) {
  UnusualLines unusual;
  for (std::size_t i = 0; i < UnusualLines::max_templates + 100; ++i) {
    std::string name;
    for (std::size_t n = i + 1; n > 0; n /= 26) name += static_cast<char>('a' + n % 26);
    add(unusual, "a.log", i + 1, name + " error");
  }
  EXPECT_LE(list(unusual, 1'000'000).size(), UnusualLines::max_templates);
}

class KnownToBe : public testing::TestWithParam<kb::Role> {};

TEST_P(KnownToBe, MisleadingIsNotOffered) {
  const kb::LineForm form{.text = "widget failed to load its optional part %d"};
  const kb::KnownLine known{.id = "tool.widget", .role = GetParam(), .forms = {&form, 1}};
  UnusualLines unusual;
  add(unusual, "a.log", 1, "[12.5] widget failed to load its optional part 3");
  add(unusual, "a.log", 2, "gadget error");
  const auto left = list(unusual, 10, {&known, 1});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].text, "gadget error");
  EXPECT_EQ(left[0].known, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Roles, KnownToBe, testing::Values(kb::Role::benign, kb::Role::advice, kb::Role::teardown));

TEST(UnusualLines, AConsequenceStandsBehindWhatNobodyKnows) {
  const kb::LineForm form{.text = "fatal: the helper has gone"}, other{.text = "fatal: widget on fire"};
  const kb::KnownLine known[] = {{.id = "a", .role = kb::Role::consequence, .forms = {&form, 1}},
                                 {.id = "b", .role = kb::Role::candidate, .forms = {&other, 1}}};
  UnusualLines unusual;
  add(unusual, "a.log", 1, "fatal: the helper has gone");
  add(unusual, "a.log", 2, "gadget lost");
  add(unusual, "a.log", 3, "fatal: widget on fire");
  const auto all = list(unusual, 10, known);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].known, &known[1]);
  EXPECT_EQ(all[1].text, "gadget lost");
  EXPECT_EQ(all[2].known, &known[0]);
  EXPECT_EQ(list(unusual, 2, known).size(), 2u);  // no room for it
}

}  // namespace
}  // namespace gpm::scan
