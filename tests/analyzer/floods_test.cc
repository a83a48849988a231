// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/floods.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "analyzer/scan/scanner.h"
#include "kb/model.h"

namespace gpm::scan {
namespace {

Skeleton skeleton_of(std::string_view raw) {
  Skeleton skeleton;
  EXPECT_TRUE(skeleton.read(raw));
  return skeleton;
}

std::string clocks_of(std::string_view raw) {
  std::string marked;
  const auto skeleton = skeleton_of(raw);
  for (std::size_t i = 0; i < skeleton.count; ++i)
    if (Skeleton::is_clock(raw, skeleton.values[i])) marked += std::string(raw.substr(skeleton.values[i].begin, skeleton.values[i].end - skeleton.values[i].begin)) + " ";
  return marked;
}

TEST(Skeleton, ValuesAreWordsThatHoldADigit) {
  const std::string_view line = "[13436.424411] NVRM: Xid (PCI:0000:20:00): 45, pid=7727, name=python3";
  const auto skeleton = skeleton_of(line), other = skeleton_of("[7.42] NVRM: Xid (PCI:0001:c1:00): 79, pid=1, name=python3");
  EXPECT_EQ(skeleton.letters, other.letters);
  ASSERT_EQ(skeleton.count, 8u);
  EXPECT_NE(skeleton.values[5].hash, other.values[5].hash) << "45 and 79";
  EXPECT_EQ(skeleton.values[7].hash, other.values[7].hash) << "python3";
  EXPECT_NE(skeleton.letters, skeleton_of("[7.42] NVRM: Xid (PCI:0001:c1:00): 79, pid=1, name=trainer").letters);
  EXPECT_NE(skeleton_of("a1 b").letters, skeleton_of("a b1").letters);
  Skeleton crowded;
  std::string many;
  for (std::size_t i = 0; i <= Skeleton::max_values; ++i) many += "1 ";
  EXPECT_FALSE(crowded.read(many));
}

TEST(Skeleton, ClocksAreToldFromOtherNumbers) {
  EXPECT_EQ(clocks_of("[13436.424411] NVRM: "), "13436 424411 ");
  EXPECT_EQ(clocks_of("Nov 20 10:33:21 gpu07 kernel: "), "10 33 21 ");
  EXPECT_EQ(clocks_of("2024-11-20T10:33:21.123Z stderr F "), "2024 11 20T10 33 21 123Z ");
  EXPECT_EQ(clocks_of("2024-11-20 10:33:21,123 [rank3]: "), "10 33 21 123 ");
  EXPECT_EQ(clocks_of("[1,12]<stdout>: "), "");
  EXPECT_EQ(clocks_of("gpu02:26818:2983 [6] 10.20.0.237 "), "");
  EXPECT_EQ(clocks_of("ip-10-0-0-1 v1.2.3 "), "");
}

TEST(Floods, OnlyWhatWasReadBeforeIsPassedOver) {
  Floods floods;
  const auto line = [](int number, int code) { return fmt::format("[{}.000001] Xid {}", number, code); };
  for (int i = 0; i < static_cast<int>(Floods::read_first); ++i) {
    const auto raw = line(i, 31);  // the line that was_read() speaks of
    ASSERT_FALSE(floods.pass_over(raw, static_cast<std::uint64_t>(i), nullptr, nullptr));
    floods.was_read({.news = i == 0, .room = true, .alone = true, .prefix = raw.find('X')});
  }
  EXPECT_TRUE(floods.pass_over(line(9000, 31), 9000, nullptr, nullptr));
  EXPECT_TRUE(floods.pass_over(line(9001, 31), 9001, nullptr, nullptr));
  EXPECT_FALSE(floods.pass_over(line(9002, 79), 9002, nullptr, nullptr));
  floods.was_read({.news = true, .room = true, .alone = false, .prefix = 0});
  EXPECT_FALSE(floods.pass_over(line(9003, 31), 9003, nullptr, nullptr)) << "such lines are not read alone";
  const auto held = floods.take_held();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].raw, line(9001, 31));
  EXPECT_EQ(held[0].line, 9001u);
  EXPECT_EQ(held[0].times, 2);
}

class FloodTest : public testing::Test {
 protected:
  // The store after a document of so many lines.
  void scan(int lines, const std::function<std::string(int)>& line, std::size_t chunk = 1 << 16) {
    std::string text;
    for (int i = 1; i <= lines; ++i) text += line(i) + "\n";
    store.emplace("b", true);
    scanner.emplace(kb::embedded(), *store);
    scanner->begin("dmesg.txt");
    for (std::size_t at = 0; at < text.size(); at += chunk) scanner->data(std::string_view(text).substr(at, chunk));
    scanner->end("ok", "");
    store->finish("h");
  }
  std::string one(const std::string& sql) {
    store::Statement s(store->database().get(), sql);
    return s.step() ? s.text(0) : "(no row)";
  }
  static std::string xid(int line, int gpu, int code, int pid = 7727) {
    return fmt::format("[{:12.6f}] NVRM: Xid (PCI:0000:{:02x}:00): {}, pid={}, name=python3, Ch 00000008", 100 + line * 0.01, gpu, code, pid);
  }

  std::optional<store::Store> store;
  std::optional<Scanner> scanner;
};

TEST_F(FloodTest, RepeatsAreCountedToTheLast) {
  const auto line = [](int i) { return i == 20'000 ? std::string("quiet") : xid(i, i % 2 == 0 ? 0x20 : 0x30, 31); };
  for (const std::size_t chunk : {1u << 16, 4099u}) {
    scan(20'000, line, chunk);
    EXPECT_EQ(one("SELECT group_concat(pci || ' ' || line || '-' || last_line || ' x' || count, ', ') FROM (SELECT * FROM events WHERE kind = 'kernel.xid' ORDER BY line)"),
              "0000:30:00.0 1-19999 x10000, 0000:20:00.0 2-19998 x9999");
  }
}

TEST_F(FloodTest, ANewXidInAFloodIsRead) {
  scan(20'000, [](int i) {
    if (i == 15'001) return xid(i, 0x20, 79);
    return i == 16'000 ? xid(i, 0x40, 13) : xid(i, i % 2 == 0 ? 0x20 : 0x30, 13);
  });
  EXPECT_EQ(one("SELECT line || ' x' || count FROM events WHERE kind = 'kernel.xid' AND code = 79"), "15001 x1");
  EXPECT_EQ(one("SELECT line || ' x' || count FROM events WHERE kind = 'kernel.xid' AND pci = '0000:40:00.0'"), "16000 x1");
}

// Each line is another process: rows run out, and what is new is still kept.
TEST_F(FloodTest, NorIsItLostWhereRowsRanOut) {
  scan(30'000, [](int i) { return i == 25'000 ? xid(i, 0x20, 79) : xid(i, 0x20, 13, 10'000 + i); });
  EXPECT_EQ(one("SELECT count(*) FROM events WHERE kind = 'kernel.xid'"), std::to_string(store::DocumentFacts::max_rows_per_kind + 1));
  EXPECT_EQ(one("SELECT line FROM events WHERE kind = 'kernel.xid' AND code = 79"), "25000");
  EXPECT_EQ(one("SELECT reason FROM notes WHERE reason LIKE '%kernel.xid%'"), "27999 more facts of kind kernel.xid are counted here and not kept");
}

// An address that no fact keeps may be another one on every line.
TEST_F(FloodTest, ValuesThatNoFactKeepsDoNotMatter) {
  const auto line = [](int i) { return i == 9'000 ? std::string("gpu08 9000: CUDA error: unspecified launch failure") : fmt::format("gpu07 {}: CUDA error: an illegal memory access was encountered", i); };
  scan(10'000, line);
  EXPECT_EQ(one("SELECT sum(count) || ' in ' || count(*) FROM events WHERE kind = 'cuda.error' AND code = 700"), "9999 in 1");
  EXPECT_EQ(one("SELECT line FROM events WHERE kind = 'cuda.error' AND code = 719"), "9000");
}

// As many ranks as there may be in a job: none is taken for a repeat of another.
TEST_F(FloodTest, WhatEveryRankSaysIsRead) {
  scan(6'000, [](int i) {
    return fmt::format("[rank{0}]:[E1120 10:33:21.{1:06} ProcessGroupNCCL.cpp:607] [Rank {0}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=77, "
                       "OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600{2:03} milliseconds before timing out.", i % 3000, i, i % 1000);
  });
  EXPECT_EQ(one("SELECT count(DISTINCT rank) FROM events WHERE kind = 'torch.watchdog_timeout'"), "3000");
}

TEST_F(FloodTest, ComplaintsAreCountedToo) {
  scan(5'000, [](int i) { return i < 3'000 ? "worker: connection to 10.0.0.7 refused" : fmt::format("worker: connection to 10.0.0.{} refused", i); });
  kb::LineIndex lines(kb::embedded().lines);
  const auto unusual = scanner->unusual().list(4, lines);
  ASSERT_EQ(unusual.size(), 1u);
  EXPECT_EQ(unusual[0].count, 5'000u);
  EXPECT_EQ(unusual[0].line, 1u);
  EXPECT_EQ(unusual[0].last_line, 5'000u);
}

TEST_F(FloodTest, ColouredLinesCountAsOthers) {
  scan(3'000, [](int i) { return fmt::format("\x1b[31m[{:12.6f}] NVRM: X\x1b[1mid (PCI:0000:20:00): 31, pid=7, name=a\x1b[0m", 1 + i * 0.5); });
  EXPECT_EQ(one("SELECT line || '-' || last_line || ' x' || count FROM events WHERE kind = 'kernel.xid'"), "1-3000 x3000");
}

}  // namespace
}  // namespace gpm::scan
