// SPDX-License-Identifier: Apache-2.0
//
// However much stands behind it, the page can be attached to a ticket: at most 1.5 MB, in one language and in two.
#include <gtest/gtest.h>

#include <sstream>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

constexpr std::size_t most_bytes = 1'500'000;

std::size_t size_of(const std::vector<Result>& results) {
  std::ostringstream out;
  write_html(results, out);
  return out.str().size();
}

TEST(PageSize, OneLanguage) { EXPECT_LE(size_of({huge_result("en")}), most_bytes); }

TEST(PageSize, TwoLanguages) { EXPECT_LE(size_of({huge_result("en"), huge_result("zh")}), most_bytes); }

TEST(PageSize, WhatIsLeftOutIsCounted) {
  std::ostringstream out;
  write_html(huge_result("en"), out);
  const auto page = out.str();
  EXPECT_NE(page.find(" more moments are not listed."), std::string::npos);
  EXPECT_NE(page.find(" more, see the JSON report (--json)."), std::string::npos);
}

TEST(PageSize, AnOrdinaryReportIsNotCut) {
  std::ostringstream out;
  write_html(full_result("en"), out);
  EXPECT_EQ(out.str().find("see the JSON report (--json)"), out.str().rfind("see the JSON report (--json)")) << "but for the settings that the result itself leaves out";
  EXPECT_LT(out.str().size(), 100'000u);
}

}  // namespace
}  // namespace gpm::report
