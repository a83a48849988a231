// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/scanner.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/parsers/torch/pickle_writer.h"

namespace gpm::scan {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array busy_gates = {"busy or unavailable"sv};
constexpr std::array killed_gates = {"killed process"sv};
constexpr std::array loss_gates = {"loss"sv, "epoch"sv};
constexpr std::array<kb::Signal, 3> test_signals = {{
    {.id = "app.step", .pattern = R"(epoch \d+ loss \d)", .gates = loss_gates, .sampled = true},
    {.id = "app.busy", .pattern = "devices are busy or unavailable", .gates = busy_gates},
    {.id = "host.killed", .pattern = R"(Killed process (?P<pid>\d+) \((?P<process>[^)]*)\), rss:(?P<rss>\d+))", .gates = killed_gates},
}};
constexpr kb::Knowledge test_knowledge = {"2026-11-22", test_signals, {}, {}};

class ScannerTest : public testing::Test {
 protected:
  void scan(std::string_view path, std::string_view text, std::size_t chunk = 1 << 16) {
    scanner.begin(path);
    for (std::size_t at = 0; at < text.size(); at += chunk) scanner.data(text.substr(at, chunk));
    scanner.end("ok", "");
  }
  std::string one(const char* sql) {
    store::Statement s(store.database().get(), sql);
    return s.step() ? s.text(0) : "(no row)";
  }

  store::Store store{"b", true};
  Scanner scanner{test_knowledge, store};
};

TEST_F(ScannerTest, LineNumbersDoNotDependOnChunks) {
  std::string text;
  for (int i = 1; i <= 3000; ++i) text += i % 1000 == 500 ? "x: all CUDA-capable devices are busy or unavailable\n" : "quiet line\n";
  for (std::size_t chunk : {1u, 7u, 4096u, 100'000u}) scan("log" + std::to_string(chunk), text, chunk);
  store.finish("h");
  EXPECT_EQ(one("SELECT count(*) FROM events"), "4");
  EXPECT_EQ(one("SELECT group_concat(DISTINCT line || '-' || last_line || ' x' || count) FROM events"), "500-2500 x3");
}

// The first lines are read, then now and then one, which stands for those before it, and the last.
TEST_F(ScannerTest, WhatJobsPrintAllTheTimeIsSampledAndCounted) {
  std::string text;
  for (int i = 1; i <= 20'000; ++i) text += i == 15'000 ? "loss: all CUDA-capable devices are busy or unavailable\n" : "epoch " + std::to_string(i) + " loss 2\n";
  for (std::size_t chunk : {777u, 100'000u}) scan("log" + std::to_string(chunk), text, chunk);
  store.finish("h");
  EXPECT_EQ(one("SELECT group_concat(line || '-' || last_line) FROM events WHERE kind = 'line.app.step'"), "1-20000,1-20000");
  EXPECT_EQ(one("SELECT group_concat(count) FROM events WHERE kind = 'line.app.step'"), "20000,20000") << "the line in the middle is counted by its gate";
  EXPECT_EQ(one("SELECT group_concat(line || ' x' || count) FROM events WHERE kind = 'line.app.busy'"), "15000 x1,15000 x1") << "other gates are never sampled";
}

TEST_F(ScannerTest, TheLastOfTheSampledLinesNeedNotBeTheDocumentsLast) {
  std::string text;
  for (int i = 1; i <= 5000; ++i) text += "epoch " + std::to_string(i) + " loss 2\n";
  for (int i = 1; i <= 5000; ++i) text += "packet loss, epoch of the clock\n";
  scan("log", text);
  store.finish("h");
  EXPECT_EQ(one("SELECT line || '-' || last_line FROM events"), "1-4096") << "the lines after it hold the gate and are no steps: its own last one is not known";
}

TEST_F(ScannerTest, PatternsDecideAfterTheirGate) {
  std::string text = "quiet\nall CUDA-capable devices are busy or unavailable\nthe printer is busy or unavailable\n";
  scan("app.log", text);
  store.finish("h");
  EXPECT_EQ(one("SELECT group_concat(line) FROM events WHERE kind = 'line.app.busy'"), "2");
}

TEST_F(ScannerTest, NamedGroupsBecomeFields) {
  scan("dmesg", "Out of memory: Killed process 4242 (python3), rss:100\n");
  store.finish("h");
  EXPECT_EQ(one("SELECT pid || ' ' || process || ' ' || (attributes ->> 'rss') FROM events WHERE kind = 'line.host.killed'"), "4242 python3 100");
}

TEST_F(ScannerTest, ColoursInTheMiddleOfAWordHideNothing) {
  scan("app.log", "quiet\nall CUDA-capable devices are \x1b[01;31m\x1b[Kbusy\x1b[m\x1b[K or unavailable\nquiet\n");
  store.finish("h");
  EXPECT_EQ(one("SELECT group_concat(line) FROM events WHERE kind = 'line.app.busy'"), "2");
}

TEST_F(ScannerTest, AGiantLineIsScannedToItsEndWithOneNumber) {
  std::string text = "first\n" + std::string(3 << 20, 'x') + " all CUDA-capable devices are busy or unavailable " + std::string(3 << 20, 'y') + "\nlast\n";
  scan("app.log", text);
  store.finish("h");
  EXPECT_EQ(one("SELECT line || ' ' || (length(text) <= 4096) || ' ' || (text LIKE '%busy or unavailable%') FROM events"), "2 1 1");
  EXPECT_EQ(one("SELECT lines FROM documents"), "3");
}

TEST_F(ScannerTest, CarriageReturnsAndAMissingLastLineEnd) {
  scan("app.log", "a\r\nb\r\nall CUDA-capable devices are busy or unavailable");
  store.finish("h");
  EXPECT_EQ(one("SELECT line || ' ' || text FROM events"), "3 all CUDA-capable devices are busy or unavailable");
  EXPECT_EQ(one("SELECT lines FROM documents"), "3");
}

// Mostly text by its bytes, and yet nobody's lines: a pickle is read as a whole, whatever the chunks.
TEST_F(ScannerTest, AFlightRecorderDumpHasNoLinesOfText) {
  const auto dump = test::pickle::dump({{"0", "default_pg", "[0, 1]"}},
                                       {{.operation = "all CUDA-capable devices are busy or unavailable", .state = "scheduled"}});
  for (std::size_t chunk : {1u, 100u, 100'000u}) scan("nccl_trace_rank_1", dump, chunk);
  store.finish("h");
  EXPECT_EQ(one("SELECT count(*) FROM events WHERE kind = 'line.app.busy'"), "0");
  EXPECT_EQ(one("SELECT group_concat(DISTINCT format || ' ' || facts) FROM documents"), "flight-recorder 3");
  EXPECT_EQ(one("SELECT count(*) FROM events e JOIN documents d ON d.id = e.document_id WHERE e.line > d.lines"), "0");
  EXPECT_EQ(one("SELECT group_concat(DISTINCT rank) FROM events"), "1");
}

TEST_F(ScannerTest, BinaryAndEmptyDocumentsAreNamedSo) {
  scan("core", std::string("\x7f" "ELF") + std::string(9000, '\0'));
  scan("empty", "");
  scan("log-after-crash", "line one of a log\nline two of a log\n" + std::string(200, '\0') + "\nline four, all CUDA-capable devices are busy or unavailable\n" + std::string(3000, 'a'));
  store.finish("h");
  EXPECT_EQ(one("SELECT group_concat(path || '=' || format, ' ') FROM documents"), "core=binary empty=empty log-after-crash=app-log");
  EXPECT_EQ(one("SELECT line FROM events"), "4");
}

TEST_F(ScannerTest, HashTellsContentsApartAndNotOrder) {
  const auto hash = [](std::initializer_list<std::pair<const char*, const char*>> documents) {
    store::Store store("b", true);
    Scanner scanner(test_knowledge, store);
    for (const auto& [path, text] : documents) {
      scanner.begin(path);
      scanner.data(text);
      scanner.end("ok", "");
    }
    return scanner.content_hash();
  };
  EXPECT_EQ(hash({{"x/a", "1"}, {"x/b", "2"}}), hash({{"b", "2"}, {"a", "1"}}));
  EXPECT_NE(hash({{"a", "1"}, {"b", "2"}}), hash({{"a", "2"}, {"b", "1"}}));
}

}  // namespace
}  // namespace gpm::scan
