// SPDX-License-Identifier: Apache-2.0
//
// Wrappers that need more than their line: what the scanner knows of the document.
#include <gtest/gtest.h>

#include <random>

#include "analyzer/scan/scanner.h"

namespace gpm::scan {
namespace {

constexpr kb::Knowledge nothing = {"2026-11-22", {}, {}, {}};
constexpr std::string_view xid = "NVRM: Xid (PCI:0000:41:00): 79, pid=4242, name=python3, GPU has fallen off the bus.";

// "path:line host utc_seconds" of the Xids of one document.
std::vector<std::string> xids(std::string_view document, std::size_t chunk = 1 << 16) {
  store::Store store{"b", true};
  Scanner scanner{nothing, store};
  scanner.begin("log");
  for (std::size_t at = 0; at < document.size(); at += chunk) scanner.data(document.substr(at, chunk));
  scanner.end("ok", "");
  store.finish("h");
  std::vector<std::string> found;
  store::Statement s(store.database().get(),
                     "SELECT line || ' ' || pci || ' ' || e.host || ' ' || coalesce(utc_ns / 1000000000, '-') || ' x' || count FROM events e WHERE kind = 'kernel.xid' ORDER BY line");
  while (s.step()) found.push_back(s.text(0));
  return found;
}

using Found = std::vector<std::string>;

TEST(Wrapping, CutContainerLinesAreJoined) {
  const std::string cri =
      "2024-11-20T00:02:45.1Z stderr P [155044.078590] NVRM: Xi\n"
      "2024-11-20T00:02:45.2Z stdout F something else\n"
      "2024-11-20T00:02:45.3Z stderr P d (PCI:0000:41:00): 79, pid=4242, na\n"
      "2024-11-20T00:02:45.4Z stderr F me=python3, GPU has fallen off the bus.\n";
  for (std::size_t chunk : {1u, 100u, 100'000u}) EXPECT_EQ(xids(cri, chunk), Found{"1 0000:41:00.0  1732060965 x1"});
}

// The line may itself be wrapped, lie between lines of the other stream, and be cut anywhere, inside its prefixes too.
TEST(Wrapping, ContainerLinesCutAnywhereAreJoined) {
  std::mt19937 random(20241120);
  const auto number = [&](std::size_t from, std::size_t to) { return std::uniform_int_distribution<std::size_t>(from, to)(random); };
  for (const std::string_view prefix : {"", "[155044.078590] ", "Nov 20 00:02:45 gpu07 kernel: ", "[rank3]: ", R"({"log":"[1,0]<stdout>:)"}) {
    const auto line = std::string(prefix) + std::string(xid) + (prefix.starts_with('{') ? R"(\n","stream":"stderr","time":"2024-11-20T00:02:45.1Z"})" : "");
    for (int turn = 0; turn < 40; ++turn) {
      std::string cri;
      std::size_t at = 0;
      for (auto pieces = number(1, 4); pieces > 0 && at + 1 < line.size(); --pieces) {
        const auto end = number(at + 1, line.size() - 1);
        cri += "2024-11-20T00:02:45.100000000Z stderr P " + line.substr(at, end - at) + "\n";
        if (number(0, 1) == 0) cri += "2024-11-20T00:02:45.100000000Z stdout F something else\n";
        at = end;
      }
      cri += "2024-11-20T00:02:45.200000000Z stderr F " + line.substr(at) + "\n";
      const auto host = prefix.starts_with("Nov") ? "gpu07" : "";
      EXPECT_EQ(xids(cri), Found{std::string("1 0000:41:00.0 ") + host + " 1732060965 x1"}) << cri;
    }
  }
}

TEST(Wrapping, ACutLineAtTheDocumentsEndIsRead) {
  EXPECT_EQ(xids("2024-11-20T00:02:45.1Z stderr P " + std::string(xid) + "\n"), Found{"1 0000:41:00.0  1732060965 x1"});
}

TEST(Wrapping, EndlessPiecesAreBounded) {
  std::string text;
  const std::string piece(16'000, 'x');
  for (int i = 0; i < 200; ++i) text += "2024-11-20T00:02:45.1Z stderr P " + piece + "\n";
  text += "2024-11-20T00:02:46.1Z stderr F .\n2024-11-20T00:02:47.1Z stderr F " + std::string(xid) + "\n";
  EXPECT_EQ(xids(text).size(), 1u);
}

TEST(Wrapping, DockerPieces) {
  const std::string filler(16'384 - 40, '.');
  const std::string docker = "{\"log\":\"" + filler + " NVRM: Xid (PCI:0000:41:00): 79, pid=4242\",\"stream\":\"stderr\",\"time\":\"2024-11-20T00:02:45.1Z\"}\n"
                             "{\"log\":\", name=python3, GPU has fallen off the bus.\\n\",\"stream\":\"stderr\",\"time\":\"2024-11-20T00:02:45.1Z\"}\n";
  EXPECT_EQ(xids(docker).size(), 1u);
}

std::string utf16(std::string_view text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) {
    wide += c;
    wide += '\0';
  }
  return wide;
}

TEST(Wrapping, PowerShellsUtf16) {
  const auto document = utf16("PS> type dmesg.txt\r\n[155044.078590] " + std::string(xid) + "\r\n");
  for (std::size_t chunk : {1u, 3u, 100'000u}) EXPECT_EQ(xids(document, chunk), Found{"2 0000:41:00.0  - x1"});
}

std::string verbose_journal(int records) {
  std::string text;
  for (int i = 0; i < records; ++i)
    text += "Wed 2024-11-20 00:02:45.000000 UTC [s=2f;i=1a;b=77;m=241959e0de;t=6274e8a7b2740;x=8c]\n    PRIORITY=3\n    MESSAGE=NVRM: Xid (PCI:0000:41:00): " +
            std::to_string(100 + i) + ", pid=1, name=x, y\n    _CMDLINE=" + std::string(500, 'c') + "\n    _HOSTNAME=gpu" + std::to_string(i) + "\n";
  return text;
}

TEST(Wrapping, JournalRecordsAreWholeWhereverTheBlocksEnd) {
  const auto text = verbose_journal(60);
  const auto once = xids(text);
  ASSERT_EQ(once.size(), 60u);
  EXPECT_TRUE(once[7].starts_with("38 0000:41:00.0 gpu7 ")) << once[7];
  for (std::size_t chunk : {997u, 4096u, 5000u}) EXPECT_EQ(xids(text, chunk), once);
}

TEST(Wrapping, JournalJsonByteValues) {
  std::string bytes;
  for (const char c : std::string(xid) + "\xFF") bytes += std::to_string(static_cast<unsigned char>(c)) + ",";
  bytes.pop_back();
  EXPECT_EQ(xids("{\"__REALTIME_TIMESTAMP\":\"1732060965000000\",\"_HOSTNAME\":\"gpu07\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":[" + bytes + "]}\n"),
            Found{"1 0000:41:00.0 gpu07 1732060965 x1"});
}

TEST(Wrapping, DmesgJsonInOneLine) {
  EXPECT_EQ(xids(R"({"dmesg":[{"pri":6,"time":1.0,"msg":"x"},{"pri":4,"time":155044.078590,"msg":")" + std::string(xid) + R"("}]})" + "\n"),
            Found{"1 0000:41:00.0  - x1"});
}

TEST(Wrapping, HostileRecordsCostLinearTime) {
  std::string text = "__CURSOR=s=1\n";
  for (int i = 0; i < 40'000; ++i) text += "MESSAGE=NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\n";
  EXPECT_EQ(xids(text).size(), 1u);
  text = "{\"MESSAGE\":\"";
  for (int i = 0; i < 200'000; ++i) text += "{\"a\":[[";
  EXPECT_EQ(xids(text).size(), 0u);
}

}  // namespace
}  // namespace gpm::scan
