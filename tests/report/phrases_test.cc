// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/phrases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <regex>
#include <set>
#include <sstream>

namespace gpm::report {
namespace {

TEST(Percent, IsRoundedDownAndNeverCertain) {
  EXPECT_EQ(percent(0.497), "49%");
  EXPECT_EQ(percent(0.5), "50%");
  EXPECT_EQ(percent(0.29), "29%");  // 0.29 * 100 is 28.999...
  EXPECT_EQ(percent(0.004), "<1%");
  EXPECT_EQ(percent(1.0), ">99%");
  EXPECT_EQ(percent(std::numeric_limits<double>::quiet_NaN()), "<1%");
}
TEST(ConfidenceWords, SayLikelyOnlyFromAHalfOn) {
  const Words en("en");
  EXPECT_EQ(confidence_words(en, 0.93), "very likely");
  EXPECT_EQ(confidence_words(en, 0.5), "likely");
  EXPECT_EQ(confidence_words(en, 0.499), "possible");
  EXPECT_EQ(confidence_words(en, 0.01), "unlikely");
}
TEST(Ranges, JoinNeighbours) {
  EXPECT_EQ(ranges({1, 2, 3, 0, 2}), "0-3");
  EXPECT_EQ(ranges({0, 1, 2, 3, 7, 9, 10}), "0-3, 7, 9, 10");
  EXPECT_EQ(ranges({std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}), "-2147483648, 2147483647");
  EXPECT_EQ(ranges({}), "");
}
TEST(SizeInUnits, IsBinary) {
  EXPECT_EQ(size_in_units(1023), "1023 B");
  EXPECT_EQ(size_in_units(1536), "1.5 KiB");
  EXPECT_EQ(size_in_units(std::numeric_limits<std::uint64_t>::max()), "15.9 EiB");
}
TEST(Grouped, ByThousands) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(123456), "123,456");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}
TEST(TimePhrase, ShowsHowFarOffItMayBe) {
  const Words en("en");
  EXPECT_EQ(time_phrase(en, "2026-03-14T02:17:09Z", "", 1000), "2026-03-14T02:17:09Z ±1 s");
  EXPECT_EQ(time_phrase(en, "2026-03-14T02:17:09Z", "", 1500), "2026-03-14T02:17:09Z ±1500 ms");
  EXPECT_EQ(time_phrase(en, "", "155044.078590", 0), "155044.078590 s after boot");
  EXPECT_EQ(time_phrase(en, "", "", 0), "");
}
TEST(TimeCaveat, OnlyWhereTheLineDidNotSayIt) {
  EXPECT_EQ(time_caveat(Words("en"), "stated"), "");
  EXPECT_EQ(time_caveat(Words("en"), "assumed_utc"), "no zone stated, taken as UTC");
  EXPECT_EQ(time_caveat(Words("zh"), "assumed-utc"), "未注明时区，按 UTC 处理");
}
TEST(StatusPhrase, NamesTheLimit) {
  EXPECT_EQ(status_phrase(Words("en"), "limit:ratio"), "limit reached: ratio");
  EXPECT_EQ(status_phrase(Words("zh"), "truncated"), "截断");
  EXPECT_EQ(status_phrase(Words("en"), "new-status"), "new-status");
}
TEST(WherePhrases, SayHowManyWereLeftOut) {
  Where where;
  where.hosts = {"a", "b", "c"};
  EXPECT_EQ(where_phrases(Words("en"), where, 2).at(0).text, "a, b, and 1 more");
}

TEST(Words, AreOrderedAndSaidInBothLanguages) {
  const auto words = all_words();
  EXPECT_TRUE(std::is_sorted(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.id < b.id; }));
  for (const auto& word : words) {
    EXPECT_FALSE(word.en.empty()) << word.id;
    EXPECT_FALSE(word.zh.empty()) << word.id;
    for (const char* slot : {"{0}", "{1}", "{2}"})
      EXPECT_EQ(word.en.find(slot) == std::string_view::npos, word.zh.find(slot) == std::string_view::npos)
          << word.id << " " << slot;
  }
}
TEST(Words, AnUnknownIdIsShownAsItIs) { EXPECT_EQ(Words("zh")("never-heard-of"), "never-heard-of"); }
TEST(Words, EveryIdThatAViewOrTheTemplateAsksForIsThere) {
  std::set<std::string, std::less<>> known;
  for (const auto& word : all_words()) known.emplace(word.id);
  const std::regex asked(
      R"re((?:\bwords_?(?:\.with)?\((?:\w+ \? )?"([a-z-]+)"(?: : "([a-z-]+)")?)|(?:\{\{t\.([a-z-]+)\}\}))re");
  std::size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator(GPM_SOURCE_DIR "/analyzer/report")) {
    std::ifstream in(file.path());
    std::stringstream text;
    text << in.rdbuf();
    const auto source = text.str();
    for (std::sregex_iterator at(source.begin(), source.end(), asked), end; at != end; ++at)
      for (std::size_t group = 1; group <= 3; ++group)
        if ((*at)[group].matched) {
          ++found;
          EXPECT_TRUE(known.contains((*at)[group].str())) << (*at)[group] << " in " << file.path();
        }
  }
  EXPECT_GT(found, 80u) << "the pattern above no longer sees the calls";
}

TEST(SettingValue, BytesAreSaidInUnitsToo) {
  EXPECT_EQ(setting_value("shm_size_bytes", "67108864"), "67108864 (64.0 MiB)");
  EXPECT_EQ(setting_value("shm_size_bytes", "64m"), "64m");
  EXPECT_EQ(setting_value("shm_size_bytes", "99999999999999999999999"), "99999999999999999999999");
  EXPECT_EQ(setting_value("NCCL_BUFFSIZE", "67108864"), "67108864");
}

TEST(VersionsPhrase, NamesThoseOfTheHostsAtFaultWithTheirDifferences) {
  Result result;
  result.hosts = {{"a", {{"driver_version", "535.1"}, {"kernel", "5.15"}}}, {"b", {{"driver_version", "550.2"}, {"kernel", "5.15"}}}, {"c", {{"driver_version", "999"}}}};
  EXPECT_EQ(versions_phrase(Words("en"), result), "") << "nobody is at fault, and there is more than one host";
  result.causes.emplace_back().where.hosts = {"a", "b"};
  EXPECT_EQ(versions_phrase(Words("en"), result), "driver 535.1 / 550.2, kernel 5.15");
}

}  // namespace
}  // namespace gpm::report
