// SPDX-License-Identifier: Apache-2.0
//
// Times of whole bundles, through scanner and store, as a user's files give them.
#include "analyzer/store/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "analyzer/scan/scanner.h"
#include "tests/parsers/capture.h"

namespace gpm::store {
namespace {

using std::string_view_literals::operator""sv;

constexpr kb::Knowledge nothing = {"2026-11-22", {}, {}, {}};
constexpr std::string_view xid = "NVRM: Xid (PCI:0000:41:00): 79, pid=4242, name=python3, GPU has fallen off the bus.";

struct File {
  std::string path, text;
};

// The bundle's Xids as "utc_seconds from ±ms", in order of path and line.
std::vector<std::string> xids(std::vector<File> files, std::size_t chunk = 1 << 16, bool backwards = false) {
  Store store{"b", true};
  scan::Scanner scanner{nothing, store};
  if (backwards) std::reverse(files.begin(), files.end());
  for (const auto& file : files) {
    scanner.begin(file.path);
    for (std::size_t at = 0; at < file.text.size(); at += chunk) scanner.data(std::string_view(file.text).substr(at, chunk));
    scanner.end("ok", "");
  }
  store.finish("h");
  std::vector<std::string> found;
  Statement s(store.database().get(),
              "SELECT coalesce(strftime('%Y-%m-%dT%H:%M:%S', e.utc_ns / 1000000000, 'unixepoch'), '-') || ' ' || time_from || ' ' || time_precision_ms "
              "FROM events e JOIN documents d ON d.id = document_id WHERE kind = 'kernel.xid' ORDER BY d.path, line");
  while (s.step()) found.push_back(s.text(0));
  return found;
}

std::string at(std::string_view prefix, std::string_view message = xid) { return std::string(prefix) + std::string(message) + "\n"; }

using testing_strings = std::vector<std::string>;

TEST(Timeline, KernelClockAloneStaysRelative) {
  EXPECT_EQ(xids({{"dmesg.txt", at("[155044.078590] ")}}), testing_strings{"- since-boot 0"});
}

TEST(Timeline, AnAuditStampAnchorsTheBoot) {
  EXPECT_EQ(xids({{"dmesg.txt", "[  100.000000] audit: type=1400 audit(1732060800.000:1): apparmor\n" + at("[  160.500000] ")}}),
            testing_strings{"2024-11-20T00:01:00 anchored-boot 1006"});
}

TEST(Timeline, TheHardwareClockAnchorsTheBoot) {
  EXPECT_EQ(xids({{"dmesg.txt", "[    3.000000] rtc_cmos 00:02: setting system clock to 2024-11-20T00:00:00 UTC (1732060800)\n" + at("[   63.000000] ")}}),
            testing_strings{"2024-11-20T00:01:00 anchored-boot 1006"});
}

TEST(Timeline, PrecisionFallsWithTheDistanceFromTheAnchor) {
  EXPECT_EQ(xids({{"dmesg.txt", "[    0.500000] audit: type=2000 audit(1732060800.500:1): state=initialized\n" + at("[1000000.000000] ")}}),
            testing_strings{"2024-12-01T13:46:40 anchored-boot 100999"});
}

TEST(Timeline, AWallClockThatWasSetBackLaterWasWrongBefore) {
  // The board's clock was two days ahead until NTP set it.
  EXPECT_EQ(xids({{"dmesg.txt", "[    1.000000] audit: type=2000 audit(1732233600.000:1): state=initialized\n" + at("[   80.000000] ") +
                                    "[  100.000000] audit: type=1400 audit(1732060900.000:3): apparmor\n"}}),
            testing_strings{"2024-11-20T00:01:20 anchored-boot 1002"});
}

TEST(Timeline, SyslogOfTheSameBootAnchorsDmesg) {
  // The same message at the same microsecond: one boot. The year is that of the nvidia-smi beside it.
  EXPECT_EQ(xids({{"dmesg.txt", "[  500.000007] NVRM: GPU at PCI:0000:41:00: GPU-11111111-2222-3333-4444-555555555555\n" + at("[  560.000007] ")},
                  {"kern.log", "Nov 20 00:00:00 gpu07 kernel: [  500.000007] NVRM: GPU at PCI:0000:41:00: GPU-11111111-2222-3333-4444-555555555555\n"},
                  {"nvidia-smi.txt", "Wed Nov 20 00:10:00 2024       \n+---+\n"}}),
            testing_strings{"2024-11-20T00:01:00 anchored-boot-assumed-utc 1006"});
}

TEST(Timeline, AnotherBootsSyslogAnchorsNothing) {
  EXPECT_EQ(xids({{"dmesg.txt", "[  500.000008] NVRM: GPU at PCI:0000:41:00: GPU-11111111-2222-3333-4444-555555555555\n" + at("[  560.000007] ")},
                  {"kern.log", "2024-11-20T00:00:00.000000+00:00 gpu07 kernel: [  500.000007] NVRM: GPU at PCI:0000:41:00: "
                               "GPU-11111111-2222-3333-4444-555555555555\n"}}),
            testing_strings{"- since-boot 0"});
}

TEST(Timeline, AJournalWithoutTheKernelsClockAnchorsByItsMessages) {
  const auto found = xids({{"dmesg.txt", at("[155044.078590] ")}, {"journal.txt", at("2024-11-20T00:02:45.000000+00:00 gpu07 kernel: ")}});
  EXPECT_EQ(found, (testing_strings{"2024-11-20T00:02:45 anchored-boot 1", "2024-11-20T00:02:45 stated 0"}));
}

TEST(Timeline, OneBootLineIsTooAlikeToAnchorAnother) {
  EXPECT_EQ(xids({{"dmesg.txt", at("[   12.078590] ")}, {"journal.txt", at("2024-11-20T00:02:45.000000+00:00 gpu07 kernel: ")}})[0], "- since-boot 0");
}

TEST(Timeline, DmesgAndDmesgTAreOneBoot) {
  std::string plain, wall;
  for (int i = 0; i < 6; ++i) {
    const auto pci = "NVRM: Xid (PCI:0000:4" + std::to_string(i) + ":00): 79, GPU has fallen off the bus.";
    plain += at("[   1" + std::to_string(i) + ".500000] ", pci);
    wall += at("[Wed Nov 20 00:00:1" + std::to_string(i) + " 2024] ", pci);
  }
  EXPECT_EQ(xids({{"dmesg.txt", plain}, {"dmesg-T.txt", wall}}).back(), "2024-11-20T00:00:15 anchored-boot-assumed-utc 500");
}

TEST(Timeline, UptimeAndDateAnchorTheRunningKernel) {
  EXPECT_EQ(xids({{"dmesg.txt", at("[ 3600.000000] ")}, {"date.txt", "Wed Nov 20 12:00:30 UTC 2024\n"},
                  {"uptime.txt", " 12:00:00 up  2:00,  1 user,  load average: 0.00, 0.00, 0.00\n"}}),
            testing_strings{"2024-11-20T11:00:00 anchored-boot 60360"});
}

TEST(Timeline, BtimeIsNotThatOfAnEarlierDmesg) {
  const std::string stat = "cpu  1 2 3\nbtime 1732060800\n";
  EXPECT_EQ(xids({{"dmesg", at("[   60.000000] ")}, {"proc/stat", stat}}), testing_strings{"2024-11-20T00:01:00 anchored-boot 1006"});
  EXPECT_EQ(xids({{"var/log/dmesg.0", at("[   60.000000] ")}, {"proc/stat", stat}}), testing_strings{"- since-boot 0"});
}

TEST(Timeline, TheYearComesFromTheSameDocument) {
  EXPECT_EQ(xids({{"job.log", at("Dec 31 23:59:00 gpu07 kernel: ") + "2025-01-01 00:00:10,000 - t - INFO - NCCL WARN x\n"}}),
            testing_strings{"2024-12-31T23:59:00 inferred-year 1000"});
}

TEST(Timeline, TheYearMayStandFarBelowAndWhereNobodyLooks) {
  std::string text = at("Nov 20 00:00:00 gpu07 kernel: ");
  for (int i = 0; i < 500; ++i) text += "nothing of interest here\n";
  text += "2024-11-20 00:00:10,000 step 3\n";
  EXPECT_EQ(xids({{"job.log", text}}), testing_strings{"2024-11-20T00:00:00 inferred-year 1000"});
  EXPECT_EQ(xids({{"job.log", text}}, 7), testing_strings{"2024-11-20T00:00:00 inferred-year 1000"});
}

TEST(Timeline, NoDatedLineNoYear) {
  EXPECT_EQ(xids({{"kern.log", at("Nov 20 00:00:00 gpu07 kernel: ")}}), testing_strings{"- yearless 1000"});
}

TEST(Timeline, ADateOfAnotherSeasonGivesNoYear) {
  EXPECT_EQ(xids({{"kern.log", at("Nov 20 00:00:00 gpu07 kernel: ")}, {"smi.txt", "Fri Jul 19 00:10:00 2024       \n"}}), testing_strings{"- yearless 1000"});
}

TEST(Timeline, AWeekdayRefusesAYear) {
  const File smi{"smi.txt", "Wed Nov 20 00:10:00 2024       \n"};
  EXPECT_EQ(xids({{"kern.log", at("Wed Nov 20 00:00:00 gpu07 kernel: ")}, smi}), testing_strings{"2024-11-20T00:00:00 inferred-year 1000"});
  EXPECT_EQ(xids({{"kern.log", at("Thu Nov 20 00:00:00 gpu07 kernel: ")}, smi}), testing_strings{"- yearless 1000"});
}

TEST(Timeline, TheZoneIsMeasuredByAnAuditStampInTheLine) {
  EXPECT_EQ(xids({{"dmesg-T.txt", "[Wed Nov 20 08:00:00 2024] audit: type=1400 audit(1732060800.000:1): apparmor\n" + at("[Wed Nov 20 08:01:00 2024] ")}}),
            testing_strings{"2024-11-20T00:01:00 inferred-zone 1000"});
}

TEST(Timeline, TheZoneIsStatedByTheHostsOtherFiles) {
  EXPECT_EQ(xids({{"kern.log", at("Nov 20 08:01:00 gpu07 kernel: ")}, {"timedatectl.txt", "      Local time: Wed 2024-11-20 08:10:00 CST\n"
                                                                                             "       Time zone: Asia/Shanghai (CST, +0800)\n"},
                  {"smi.txt", "Wed Nov 20 08:10:00 2024       \n"}}),
            testing_strings{"2024-11-20T00:01:00 inferred-year-and-zone 1000"});
}

TEST(Timeline, HostsOfOneBundleKeepTheirOwnClocks) {
  const auto found = xids({{"a/kern.log", at("Nov 20 08:01:00 a1 kernel: ")}, {"a/date.txt", "Wed Nov 20 08:10:00 +08 2024\n"},
                           {"b/kern.log", at("Nov 20 08:01:00 b1 kernel: ")}, {"b/date.txt", "Tue Nov 20 08:10:00 UTC 2018\n"}});
  EXPECT_EQ(found, (testing_strings{"2024-11-20T00:01:00 inferred-year-and-zone 1000", "2018-11-20T08:01:00 inferred-year-and-zone 1000"}));
}

TEST(Timeline, OrderOfReadingAndPiecesDoNotMatter) {
  const std::vector<File> files = {
      {"dmesg.txt", "[  500.000007] NVRM: GPU at PCI:0000:41:00: GPU-11111111-2222-3333-4444-555555555555\n" + at("[  560.000007] ")},
      {"dmesg2.txt", at("[  560.000007] ") + at("[  570.000000] ")},
      {"kern.log", "Nov 20 00:00:00 gpu07 kernel: [  500.000007] NVRM: GPU at PCI:0000:41:00: GPU-11111111-2222-3333-4444-555555555555\n"},
      {"nvidia-smi.txt", "Wed Nov 20 00:10:00 2024       \n+---+\n"}};
  const auto once = xids(files);
  EXPECT_EQ(once[0], "2024-11-20T00:01:00 anchored-boot-assumed-utc 1006");
  EXPECT_EQ(xids(files, 1), once);
  EXPECT_EQ(xids(files, 1 << 16, true), once);
}

TEST(Timeline, BootsOfOneFileAreApart) {
  const auto found = xids({{"console.log", "[    1.000000] audit: type=2000 audit(1732060801.000:1): x\n" + at("[   60.000000] ") +
                                               "[    0.000000] Linux version 6.8.0-1 (a@b) (gcc)\n[    1.000000] audit: type=2000 audit(1732147201.000:1): x\n" +
                                               at("[   60.000000] ", "NVRM: Xid (PCI:0000:42:00): 79, GPU has fallen off the bus.")}});
  EXPECT_EQ(found, (testing_strings{"2024-11-20T00:01:00 anchored-boot 1005", "2024-11-21T00:01:00 anchored-boot 1005"}));
}

TEST(Timeline, HostileClocksCostLittle) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "[" + std::to_string(1'000'000 - i * 40) + ".000000] audit: type=1400 audit(" + std::to_string(1'000'000'001 + i * 7919LL) + ".000:1): NVRM: Xid (PCI:0000:41:00): 79, " +
            std::to_string(i) + "\n";
  for (int i = 0; i < 2000; ++i) text += "Feb 29 23:59:60 h" + std::to_string(i) + " kernel: [999999999.999999] NVRM: x\n2199-12-31T23:59:59Z h kernel: NVRM: x\n";
  EXPECT_LE(xids({{"a", text}, {"b", text}, {"c", text}}).size(), 3u * DocumentFacts::max_rows_per_kind);
}

// dmesg in all its forms, of one host: the same events at the same moments.
struct Form {
  std::string path;
  std::string (*write)(double seconds, std::int64_t utc, std::string_view message);
};

std::string stamp_of(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%12.6f", seconds);
  return text.data();
}

TEST(KernelViews, AllFormsGiveTheSameEventsAtTheSameTimes) {
  constexpr std::int64_t boot = 1732060800;  // 2024-11-20T00:00:00Z
  const std::array<Form, 6> forms = {{
      {"dmesg.txt", [](double s, std::int64_t, std::string_view m) { return "[" + stamp_of(s) + "] " + std::string(m) + "\n"; }},
      {"dmesg-x.txt", [](double s, std::int64_t, std::string_view m) { return "kern  :warn  : [" + stamp_of(s) + "] " + std::string(m) + "\n"; }},
      {"dmesg-r.txt", [](double s, std::int64_t, std::string_view m) { return "<4>[" + stamp_of(s) + "] " + std::string(m) + "\n"; }},
      {"kmsg.txt", [](double s, std::int64_t, std::string_view m) { return "4,368," + std::to_string(static_cast<std::int64_t>(s * 1e6 + 0.5)) + ",-;" + std::string(m) + "\n SUBSYSTEM=pci\n"; }},
      {"dmesg.json", [](double s, std::int64_t, std::string_view m) { return "      },{\n         \"pri\": 4,\n         \"time\": " + stamp_of(s) + ",\n         \"msg\": \"" + std::string(m) + "\"\n"; }},
      {"journal.json", [](double s, std::int64_t utc, std::string_view m) {
         const auto us = static_cast<std::int64_t>(s * 1e6 + 0.5);
         return "{\"__REALTIME_TIMESTAMP\":\"" + std::to_string(utc * 1'000'000 + us) + "\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"" + std::to_string(us) +
                "\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"" + std::string(m) + "\"}\n"; }},
  }};
  for (const auto& form : forms) {
    std::string text = form.path == "dmesg.json" ? "{\n   \"dmesg\": [\n      {\n         \"pri\": 5,\n         \"time\": 0.000000,\n         \"msg\": \"x\"\n" : "";
    text += form.write(100.0, boot, "audit: type=1400 audit(1732060900.000:1): apparmor");
    for (int i = 1; i < 4; ++i) text += form.write(155.25 * i, boot, "NVRM: Xid (PCI:0000:4" + std::to_string(i) + ":00): 79, GPU has fallen off the bus.");
    auto found = xids({{form.path, text}});
    ASSERT_EQ(found.size(), 3u) << form.path;
    for (auto& f : found) f = f.substr(0, 19);
    EXPECT_EQ(found, (testing_strings{"2024-11-20T00:02:35", "2024-11-20T00:05:10", "2024-11-20T00:07:45"})) << form.path;
  }
}

// The facts of one capture as "kind text-after-the-stamp seconds", without what the form itself adds.
std::vector<std::string> capture_events(const std::string& name, const std::string& bytes, const std::vector<File>& beside) {
  Store store{"b", true};
  scan::Scanner scanner{nothing, store};
  std::vector<File> files = beside;
  files.push_back({name, bytes});
  for (const auto& file : files) {
    scanner.begin(file.path);
    scanner.data(file.text);
    scanner.end("ok", "");
  }
  store.finish("h");
  std::vector<std::string> found;
  Statement s(store.database().get(), "SELECT kind || ' ' || pci || ' ' || attributes || ' ' || coalesce((utc_ns + 500000000) / 1000000000, '-') FROM events e JOIN documents d ON "
                                      "d.id = document_id WHERE d.path = ?1 ORDER BY 1");
  s.bind(1, std::string_view(name));
  while (s.step()) found.push_back(s.text(0));
  return found;
}

TEST(KernelViews, CapturesOfOneHostAgree) {
  std::vector<std::vector<std::string>> all;
  for (const char* name : {"dmesg.txt", "dmesg-x.txt", "dmesg.json", "kmsg.txt"}) {
    const auto bytes = test::shared_file("captures/h100-580/" + std::string(name));
    if (!bytes) GTEST_SKIP() << "no captures; set GPM_SHARED";
    all.push_back(capture_events(name, *bytes, {}));
  }
  EXPECT_FALSE(all[0].empty());
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i], all[0]) << i;
}

TEST(KernelViews, DmesgTOfTheCaptureIsWithinASecondOfDmesg) {
  const auto plain = test::shared_file("captures/h100-580/dmesg.txt"), wall = test::shared_file("captures/h100-580/dmesg-T.txt");
  if (!plain || !wall) GTEST_SKIP() << "no captures; set GPM_SHARED";
  const auto times = [](const std::string& name, const std::string& bytes) {
    Store store{"b", true};
    scan::Scanner scanner{nothing, store};
    scanner.begin(name);
    scanner.data(bytes);
    scanner.end("ok", "");
    store.finish("h");
    std::vector<std::pair<std::string, std::int64_t>> found;
    Statement s(store.database().get(), "SELECT kind || pci || attributes, utc_ns FROM events WHERE utc_ns IS NOT NULL ORDER BY line, 1");
    while (s.step()) found.emplace_back(s.text(0), s.integer(1));
    return found;
  };
  const auto a = times("dmesg.txt", *plain), b = times("dmesg-T.txt", *wall);
  ASSERT_FALSE(a.empty());
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].first, b[i].first);
    EXPECT_LE(std::abs(a[i].second - b[i].second), 1'500'000'000) << a[i].first;
  }
}

}  // namespace
}  // namespace gpm::store
