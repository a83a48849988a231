// SPDX-License-Identifier: Apache-2.0
//
// The four views in both languages, byte for byte. After a wanted change, regenerate and look at the difference:
//
//   GPM_REGENERATE_GOLDEN=1 build/debug/tests/report_test --gtest_filter='Golden.*' ; git diff tests/report/golden
#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <locale>
#include <sstream>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

std::string view(const std::string& name, const Result& result) {
  std::ostringstream out;
  if (name == "json") write_json(result, out);
  if (name == "md") write_markdown(result, out);
  if (name == "html") write_html(result, out);
  if (name == "txt") write_terminal(result, {.explain_ranking = true}, out);
  return out.str();
}

void compare(const std::string& file, const std::string& now) {
  const std::string path = GPM_SOURCE_DIR "/tests/report/golden/" + file;
  if (std::getenv("GPM_REGENERATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << now;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::stringstream before;
  before << in.rdbuf();
  EXPECT_EQ(before.str(), now) << file << " differs; see the head of golden_test.cc";
}

TEST(Golden, EveryViewInBothLanguages) {
  for (const char* language : {"en", "zh"})
    for (const char* name : {"json", "md", "html", "txt"}) {
      compare(std::string("full.") + language + "." + name, view(name, full_result(language)));
      if (std::string(name) != "json" && std::string(name) != "html")
        compare(std::string("undecided.") + language + "." + name, view(name, undecided_result(language)));
    }
}

TEST(Golden, HostileTextOnATerminalAndInATicket) {
  for (const char* name : {"md", "txt"})
    compare(std::string("hostile.en.") + name, view(name, result_made_of(everything_hostile(), "en")));
}

// Groups digits by dots and writes a comma as decimal point, as some locales do.
struct OddNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Determinism, NeitherLocaleNorStreamHasASay) {
  for (const char* name : {"json", "md", "html", "txt"}) {
    const auto plain = view(name, full_result("en"));
    const std::locale before = std::locale::global(std::locale(std::locale::classic(), new OddNumbers));
    const auto odd = view(name, full_result("en"));
    std::locale::global(before);
    EXPECT_EQ(plain, odd) << name;
  }
}

}  // namespace
}  // namespace gpm::report
