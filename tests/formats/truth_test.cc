// SPDX-License-Identifier: Apache-2.0
//
// Whether the samples beside the checkout are taken for what they are, by tests/formats/truth.tsv: written from the
// documents, not from what the parsers say. The figures are printed.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "parsers/formats/formats.h"
#include "parsers/text/fields.h"
#include "tests/formats/shared_samples.h"

namespace gpm::test {
namespace {

struct Truth {
  std::set<std::string> formats;
  std::int64_t least_facts = 0;
};

std::map<std::string, Truth> truth() {
  std::map<std::string, Truth> all;
  std::ifstream in(GPM_SOURCE_DIR "/tests/formats/truth.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const auto cells = text::split(line, '\t');
    if (cells.size() != 3) continue;
    Truth one;
    for (auto format : text::split(cells[1], '+')) one.formats.emplace(format);
    one.least_facts = text::integer(cells[2]).value_or(-1);
    all[std::string(cells[0])] = one;
  }
  return all;
}

struct Figures {
  int documents = 0, recognised = 0, filled = 0, with_facts = 0, promised = 0, promised_with_facts = 0, quiet = 0;
  std::vector<std::string> misread, poor, twice;
};

void judge(Scanned& incident, const std::string& root, const std::map<std::string, Truth>& all, Figures& figures) {
  incident.finish();
  for (const auto& row : incident.rows("SELECT id, path, format, facts, status FROM documents WHERE status NOT LIKE 'skipped%'")) {
    const auto cells = text::split(row, '|');
    const auto path = root + std::string(cells[1]);
    const auto known = all.find(path);
    if (known == all.end()) {
      if (cells[4] == "ok") figures.misread.push_back(path + ": not in truth.tsv");
      continue;
    }
    std::set<std::string> said{std::string(cells[2])};
    for (const auto& format : incident.rows("SELECT format FROM parts WHERE document_id = " + std::string(cells[0]))) said.insert(format);
    const bool right = std::includes(said.begin(), said.end(), known->second.formats.begin(), known->second.formats.end());
    const auto facts = text::integer(cells[3]).value_or(0);
    ++figures.documents;
    figures.recognised += right;
    if (!right) figures.misread.push_back(path + ": " + std::string(cells[2]) + " instead of " + *known->second.formats.begin());
    if (facts < known->second.least_facts) figures.poor.push_back(path + ": " + std::to_string(facts) + " facts");
    if (!right || cells[2] == "empty") continue;
    ++figures.filled;
    figures.with_facts += facts > 0;
    figures.quiet += known->second.least_facts == 0 && facts == 0;
    figures.promised += known->second.least_facts > 0;
    figures.promised_with_facts += known->second.least_facts > 0 && facts > 0;
  }
  for (const char* table : {"events", "settings", "snapshots"})
    for (auto& row : incident.rows(std::string("SELECT d.path, t.line FROM ") + table + " t JOIN documents d ON d.id = t.document_id WHERE "
                                   "t.count > 1 AND t.last_line = t.line"))
      figures.twice.push_back(root + row);
}

TEST(Truth, SharedSamplesAreTakenForWhatTheyAre) {
  namespace fs = std::filesystem;
  const auto folder = shared_folder();
  if (!fs::exists(folder / "cases")) GTEST_SKIP() << "no samples at " << folder;
  const auto all = truth();
  ASSERT_GT(all.size(), 1000u);
  Figures figures;
  for (const auto& entry : fs::directory_iterator(folder / "cases"))
    if (Scanned incident; fs::exists(entry.path() / "files"))
      judge(incident.file(entry.path() / "files"), "cases/" + entry.path().filename().string() + "/files/", all, figures);
  for (const auto& entry : fs::directory_iterator(folder / "bundles"))
    for (const auto& file : fs::directory_iterator(entry.path()))
      if (Scanned incident; file.path().filename().string().starts_with("bundle"))
        judge(incident.file(file.path()), "bundles/" + entry.path().filename().string() + "/" + file.path().filename().string() + "/", all, figures);
  Scanned captures;
  judge(captures.file(folder / "captures"), "captures/", all, figures);

  const auto share = [](int part, int whole) { return whole ? 100.0 * part / whole : 0; };
  std::printf("documents %d, recognised %.2f %%\n", figures.documents, share(figures.recognised, figures.documents));
  std::printf("recognised and not empty %d, with facts %.2f %%; %d of the others say nothing of GPUs or are only recognised\n", figures.filled,
              share(figures.with_facts, figures.filled), figures.quiet);
  std::printf("of %d that must give facts, %.2f %% do\n", figures.promised, share(figures.promised_with_facts, figures.promised));
  for (const auto& one : figures.misread) std::printf("misread: %s\n", one.c_str());
  for (const auto& one : figures.poor) std::printf("too few facts: %s\n", one.c_str());

  EXPECT_EQ(figures.documents, static_cast<int>(all.size()));
  EXPECT_GE(share(figures.recognised, figures.documents), 97);
  EXPECT_GE(share(figures.promised_with_facts, figures.promised), 95);
  EXPECT_THAT(figures.poor, testing::SizeIs(testing::Le(all.size() / 100)));
  EXPECT_THAT(figures.twice, testing::IsEmpty()) << "one line, counted twice";
}

TEST(Truth, EveryFormatOfTheTruthIsInTheTable) {
  for (const auto& [path, one] : truth())
    for (const auto& format : one.formats) EXPECT_TRUE(format == "empty" || formats::is_known(format)) << path << " " << format;
}

}  // namespace
}  // namespace gpm::test
