// SPDX-License-Identifier: Apache-2.0
//
// hostile-reports bundle FOLDER   writes the hostile bundle into FOLDER and prints its path
// hostile-reports pages FOLDER    writes NAME.html and NAME.md for each attack, a report whose every text is that attack, and
//                                 prints the names; the first, Plain, is none: what the others must look like
// hostile-reports huge FOLDER     writes the page of more than any page can show, in both languages, and prints its path
#include <filesystem>
#include <fstream>
#include <iostream>

#include "analyzer/report/views.h"
#include "tests/hostile_bundle.h"
#include "tests/report/fixtures.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  if (argv[1] == std::string("bundle")) {
    const auto path = folder / gpm::test::hostile_bundle_name;
    std::ofstream(path, std::ios::binary) << gpm::bundle::tar(gpm::test::hostile_bundle());
    std::cout << path.string() << '\n';
    return testing::Test::HasFailure() ? 1 : 0;
  }
  if (argv[1] == std::string("huge")) {
    const auto path = folder / "huge.html";
    std::ofstream html(path);
    gpm::report::write_html(std::vector{gpm::report::huge_result("en"), gpm::report::huge_result("zh")}, html);
    std::cout << path.string() << '\n';
    return 0;
  }
  auto texts = gpm::test::attacks();
  texts.insert(texts.begin(), {"Plain", "x"});
  for (const auto& [name, text] : texts) {
    auto result = gpm::report::result_made_of(text, "en");
    for (auto& cause : result.causes)
      for (auto& fix : cause.fixes) fix.risk = "safe", fix.where = "docker";  // words of our own: no bundle chooses them
    std::ofstream html(folder / (name + ".html")), markdown(folder / (name + ".md"));
    gpm::report::write_html(result, html);
    gpm::report::write_markdown(result, markdown);
    std::cout << name << '\n';
  }
  return 0;
}
