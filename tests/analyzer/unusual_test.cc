// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/unusual.h"

#include <gtest/gtest.h>

#include "parsers/text/wrapper.h"

namespace gpm::scan {
namespace {

void add(UnusualLines& unusual, std::string_view document, std::uint64_t number, std::string_view raw) {
  std::string scratch;
  unusual.add(document, text::unwrap(number, raw, scratch));
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
  const auto list = unusual.list(10);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].line, 60u);
  EXPECT_EQ(list[1].line, 70u);
  EXPECT_EQ(list[2].count, 50u);
}

TEST(UnusualLines, WhatCountsNothingIsNothing) {
  UnusualLines unusual;
  for (const char* line : {"0 errors, 0 warnings", "failed=0", "all is well"}) add(unusual, "a.log", 1, line);
  EXPECT_TRUE(unusual.list(10).empty());
}

TEST(UnusualLines, TheFirstByPathWhateverTheOrderOfReading) {
  UnusualLines unusual;
  add(unusual, "b.log", 1, "widget error 1");
  add(unusual, "a.log", 9, "widget error 2");
  EXPECT_EQ(unusual.list(1)[0].document, "a.log");
}

TEST(UnusualLines, MemoryIsBounded) {
  UnusualLines unusual;
  for (std::size_t i = 0; i < UnusualLines::max_templates + 100; ++i) {
    std::string name;
    for (std::size_t n = i + 1; n > 0; n /= 26) name += static_cast<char>('a' + n % 26);
    add(unusual, "a.log", i + 1, name + " error");
  }
  EXPECT_LE(unusual.list(1'000'000).size(), UnusualLines::max_templates);
}

}  // namespace
}  // namespace gpm::scan
