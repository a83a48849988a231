// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/literals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

using Hits = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // end, literal

Hits found(const Literals& literals, std::string_view text, Literals::Instructions instructions = Literals::Instructions::best) {
  std::vector<LiteralHit> hits;
  literals.find(text, hits, instructions);
  Hits all;
  for (const auto& hit : hits) all.emplace_back(hit.end, hit.literal);
  return all;
}

// The same, one literal after the other.
Hits expected(const std::vector<std::string>& literals, std::string_view text) {
  Hits all;
  const auto lowered = lower(text);
  for (std::uint32_t i = 0; i < literals.size(); ++i)
    for (auto at = lowered.find(lower(literals[i])); at != std::string::npos; at = lowered.find(lower(literals[i]), at + 1))
      all.emplace_back(static_cast<std::uint32_t>(at + literals[i].size()), i);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Literals, AreFoundAtEveryOffset) {
  const std::vector<std::string> list = {"Xid", "NCCL", "error", "Out of memory"};
  const Literals literals(list);
  for (const auto& literal : list)
    for (std::size_t before = 0; before < 40; ++before)
      for (std::size_t behind = 0; behind < 20; ++behind) {
        const auto text = std::string(before, '.') + literal + std::string(behind, '.');
        EXPECT_EQ(found(literals, text), expected(list, text)) << text;
      }
}

TEST(Literals, IgnoreTheCaseOfAsciiLettersOnly) {
  const Literals literals({"nccl [0]"});
  EXPECT_EQ(found(literals, "NCCL [0] nccl [0] Nccl [0]").size(), 3u);
  EXPECT_TRUE(found(literals, "NCCL {0}").empty()) << "differs from [ in the bit of the case only";
}

TEST(Literals, OverlappingAndEqualOnesAreAllFound) {
  const Literals literals({"aaaaa", "aaa", "AAA"});
  EXPECT_EQ(found(literals, "aaaaaa"), expected({"aaaaa", "aaa", "AAA"}, "aaaaaa"));
}

TEST(Literals, TunedToATextStopLessOftenInIt) {
  std::vector<std::string> list;
  std::string text;
  for (int i = 0; i < 400; ++i) list.push_back("iteration number " + std::to_string(1000 + i) + " failed");
  for (int i = 0; i < 4000; ++i) text += "iteration number " + std::to_string(i % 900) + " took 12 ms\n";
  const Literals literals(list);
  std::vector<LiteralHit> hits;
  EXPECT_LT(literals.tuned_to(text).find(text, hits), 1 + literals.find(text, hits) / 10);
}

TEST(Literals, ShorterThanThreeBytesAreNotFound) { EXPECT_TRUE(found(Literals({"ab", "a", ""}), "ab ab ab").empty()); }

// Few letters, so that windows collide and literals lie in one another; all lengths, also at the text's ends.
TEST(Literals, AreThoseThatASearchOneByOneFinds) {
  std::mt19937 random(7);
  const auto word = [&](std::size_t size) {
    std::string text;
    while (text.size() < size) text += "abA [\x80"[random() % 6];
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> list;
    for (int i = 0; i < 30; ++i) list.push_back(word(3 + random() % 6));
    const Literals literals(list);
    const auto text = word(random() % 300);
    ASSERT_EQ(found(literals, text), expected(list, text)) << round << ": " << text;
    ASSERT_EQ(found(literals, text, Literals::Instructions::portable), expected(list, text)) << "portable, " << round << ": " << text;
    ASSERT_EQ(found(literals.tuned_to(text), text), expected(list, text)) << "tuned, " << round << ": " << text;
  }
}

// Hits and near misses where the text is cut into pieces, and literals of many words.
TEST(Literals, AreFoundInLongTexts) {
  const std::vector<std::string> list = {"nccl", "gpu0:", "illegal memory access", "out of memory: killed process", "xid"};
  const Literals literals(list);
  std::string text;
  for (int i = 0; text.size() < 20000; ++i) {
    for (const auto& literal : list) text += literal + std::string(static_cast<std::size_t>(i) % 7, ' ');
    text += "illegal memory accesx out of memory: killed procesS gpu0; ";
  }
  EXPECT_EQ(found(literals, text), expected(list, text));
  EXPECT_EQ(found(literals, text, Literals::Instructions::portable), expected(list, text));
}

}  // namespace
}  // namespace gpm::text
