// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/log_record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parsers/text/fields.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"

namespace gpm::text {
namespace {

using facts::TimeFrom;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t nov_20_2024 = 1732060965 * second;  // 2024-11-20T00:02:45Z

struct Message {
  std::string message;
  facts::Time time;
  facts::Place place;
  std::optional<int> priority;
};

// All messages of a document, as the scanner would show them.
std::vector<Message> messages(std::string_view document) {
  std::vector<Message> found;
  const auto format = journal_format(document.substr(0, 4096));
  std::uint64_t number = 0;
  for (auto raw : split(document, '\n')) {
    ++number;
    const auto at = static_cast<std::size_t>(raw.data() - document.data());
    Surroundings around{document.substr(at - std::min<std::size_t>(at, 256), std::min<std::size_t>(at, 256)), {}};
    if (format != JournalFormat::none) around.record = record_around(document, at, format);
    each_message(number, raw, around,
                 [&](const Line& line) { found.push_back({std::string(line.message), line.time, line.place, line.priority}); });
  }
  return found;
}

Message only(std::string_view document, std::string_view part) {
  std::vector<Message> with;
  for (auto& m : messages(document))
    if (contains(m.message, part)) with.push_back(std::move(m));
  EXPECT_EQ(with.size(), 1u) << document;
  return with.empty() ? Message{} : with.front();
}

constexpr std::string_view journal_json =
    R"({"__CURSOR":"s=2f","__REALTIME_TIMESTAMP":"1732060965500000","__MONOTONIC_TIMESTAMP":"155044578590","_BOOT_ID":"77","_HOSTNAME":"gpu07.rack3",)"
    R"("SYSLOG_IDENTIFIER":"kernel","PRIORITY":"4","_TRANSPORT":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":"155044078590","MESSAGE":"NVRM: Xid (PCI:0000:41:00): 79, x"})";

TEST(JournalJson, KernelMessageHasTheKernelsOwnTime) {
  const auto m = only(journal_json, "NVRM");
  EXPECT_EQ(m.message, "NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(m.place.host, "gpu07");
  EXPECT_EQ(m.place.process, "");
  EXPECT_EQ(m.priority, 4);
  EXPECT_EQ(m.time.from, TimeFrom::stated);
  EXPECT_EQ(m.time.since_boot_ns, 155044'078'590'000);
  EXPECT_EQ(m.time.utc_ns, nov_20_2024);  // read half a second later
}

TEST(JournalJson, ServiceHasNameAndPid) {
  const auto m = only(R"({"MESSAGE":"started","_HOSTNAME":"n1","SYSLOG_IDENTIFIER":"slurmd","_PID":"812","__REALTIME_TIMESTAMP":"1732060965000000"})", "started");
  EXPECT_EQ(m.place.process, "slurmd");
  EXPECT_EQ(m.place.pid, 812);
  EXPECT_FALSE(m.time.since_boot_ns);
}

TEST(JournalJson, ByteArray) {
  EXPECT_EQ(only(R"({"__REALTIME_TIMESTAMP":"1732060965000000","MESSAGE":[78,86,82,77,58,32,255]})", "NVRM").message, "NVRM: \xFF");
}

TEST(JournalJson, FieldThatCameTwice) {
  EXPECT_EQ(only(R"({"MESSAGE":["one","two"],"_HOSTNAME":"n1"})", "one").message, "one");
}

TEST(JournalJson, NullMessageAndForeignObjectsAreNoRecords) {
  for (const std::string raw : {R"({"MESSAGE":null,"_HOSTNAME":"n1"})", R"({"message":"x","status":3})", R"({"kind":"Pod","metadata":{"name":"a"}})",
                          R"({"MESSAGE":"cut)", R"({"MESSAGE":[78,999]})", R"({"a":{"b":[1,2,{"c":"}"}]})"}) {
    const auto found = messages(raw);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message, raw);
  }
}

TEST(JournalJson, DeepNestingIsSkippedInOnePass) {
  std::string deep = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + R"(,"MESSAGE":"x","_HOSTNAME":"n"})";
  EXPECT_EQ(messages(deep).front().message, "x");
}

constexpr std::string_view verbose =
    "Wed 2024-11-20 00:02:45.500000 UTC [s=2f;i=1a;b=77;m=241959e0de;t=62751d28ee0a0;x=8c]\n"
    "    _TRANSPORT=kernel\n"
    "    PRIORITY=3\n"
    "    MESSAGE=NVRM: Xid (PCI:0000:41:00): 79, x\n"
    "    _SOURCE_MONOTONIC_TIMESTAMP=155044078590\n"
    "    SYSLOG_IDENTIFIER=kernel\n"
    "    _HOSTNAME=gpu07\n"
    "Wed 2024-11-20 00:02:46.000000 UTC [s=2f;i=1b;b=77;m=2419616e1e;t=62751d2968180;x=8d]\n"
    "    MESSAGE=Started\n"
    "    SYSLOG_IDENTIFIER=systemd\n"
    "    _PID=1\n"
    "    _HOSTNAME=gpu07\n";

TEST(JournalVerbose, FieldsBeforeAndBehindTheMessageCount) {
  const auto m = only(verbose, "NVRM");
  EXPECT_EQ(m.message, "NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(m.place.host, "gpu07");
  EXPECT_EQ(m.priority, 3);
  EXPECT_EQ(m.time.from, TimeFrom::stated);
  EXPECT_EQ(m.time.since_boot_ns, 155044'078'590'000);
}

TEST(JournalVerbose, TheNextRecordIsAnother) {
  const auto m = only(verbose, "Started");
  EXPECT_EQ(m.place.process, "systemd");
  EXPECT_EQ(m.place.pid, 1);
  EXPECT_FALSE(m.time.since_boot_ns);
}

TEST(JournalVerbose, RecordsEndWhereTheNextBegins) {
  EXPECT_EQ(verbose.substr(last_record_end(verbose.substr(0, verbose.size() - 10), JournalFormat::verbose)).substr(0, 24), "Wed 2024-11-20 00:02:46.");
}

constexpr std::string_view exported =
    "__CURSOR=s=2f;i=1a;b=77\n"
    "__REALTIME_TIMESTAMP=1732060965000000\n"
    "__MONOTONIC_TIMESTAMP=155044078590\n"
    "_HOSTNAME=gpu07\n"
    "MESSAGE=NVRM: Xid (PCI:0000:41:00): 79, x\n"
    "SYSLOG_IDENTIFIER=kernel\n"
    "_SOURCE_MONOTONIC_TIMESTAMP=155044078590\n"
    "\n"
    "__CURSOR=s=2f;i=1b;b=77\n"
    "__REALTIME_TIMESTAMP=1732060966000000\n"
    "_HOSTNAME=gpu07\n";

TEST(JournalExport, FieldsOfTheRecord) {
  const auto m = only(exported, "NVRM");
  EXPECT_EQ(m.message, "NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(m.time.utc_ns, nov_20_2024);
  EXPECT_EQ(m.time.since_boot_ns, 155044'078'590'000);
  EXPECT_EQ(m.place.host, "gpu07");
}

TEST(JournalExport, BinaryMessage) {
  std::string text(exported);
  text += "MESSAGE\n";
  text += std::string("\x07\0\0\0\0\0\0\0", 8) + "NVRM: \xFF\n_PID=3\n\n";
  const auto m = only(text, "\xFF");
  EXPECT_EQ(m.message, "NVRM: \xFF");
  EXPECT_EQ(m.time.utc_ns, nov_20_2024 + second);
}

TEST(JournalExport, AnEnvironmentFileIsNoJournal) {
  EXPECT_EQ(journal_format("HOME=/root\nMESSAGE=hello\n"), JournalFormat::none);
  EXPECT_EQ(only("HOME=/root\nMESSAGE=hello\n", "hello").message, "MESSAGE=hello");
}

TEST(DmesgJson, OneKeyALine) {
  const auto m = only("{\n   \"dmesg\": [\n      {\n         \"pri\": 4,\n         \"time\": 155044.078590,\n"
                      "         \"msg\": \"NVRM: \\\"x\\\"\"\n      },{\n         \"pri\": 6,\n         \"time\":     0.500000,\n", "NVRM");
  EXPECT_EQ(m.message, "NVRM: \"x\"");
  EXPECT_EQ(m.time.since_boot_ns, 155044'078'590'000);
  EXPECT_EQ(m.priority, 4);
}

TEST(DmesgJson, DecodedLevel) {
  EXPECT_EQ(only("{\n  \"fac\": \"kern\",\n  \"pri\": \"warn\",\n  \"time\": 5.000000,\n  \"msg\": \"NVRM: x\"\n}", "NVRM").priority, 4);
}

TEST(DmesgJson, AllOnOneLine) {
  const auto found = messages(R"({"dmesg":[{"pri":4,"time":1.500000,"msg":"one"},{"pri":6,"time":2.500000,"msg":"two"}]})");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].message, "two");
  EXPECT_EQ(found[1].time.since_boot_ns, 2'500'000'000);
}

TEST(DmesgJson, AnotherToolsMsgStays) {
  const std::string document = "{\n  \"status\": 3,\n  \"msg\": \"NVRM: x\"\n}";
  EXPECT_EQ(only(document, "NVRM").message, "  \"msg\": \"NVRM: x\"");
}

TEST(LoggersJson, MessageTimeAndError) {
  const auto m = only(R"({"level":"error","ts":1732060965.123,"caller":"a.go:3","msg":"cannot start","error":"no device","pid":77})", "cannot");
  EXPECT_EQ(m.message, "cannot start: no device");
  EXPECT_EQ(m.time.utc_ns, nov_20_2024 + 123'000'000);
  EXPECT_EQ(m.priority, 3);
  EXPECT_EQ(m.place.pid, 77);
  EXPECT_EQ(only(R"({"timestamp":"2024-11-20T00:02:45Z","levelname":"INFO","message":"[rank3]: x"})", "x").place.rank, 3);
}

TEST(EachMessage, KmsgsEscapedLineEndsAreLines) {
  const auto found = messages(R"(3,9,1246730,-;NVRM: API mismatch: the client has the version 535.54.03, but\x0aNVRM: this kernel module has the version 535.86.05.)");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].message, "NVRM: this kernel module has the version 535.86.05.");
  EXPECT_EQ(found[1].time.since_boot_ns, 1'246'730'000);
  EXPECT_EQ(found[1].priority, 3);
}

TEST(EachMessage, GluedKernelLinesAreTwo) {
  const auto found = messages("[  100.000001] eth0: link up[  155.000002] NVRM: Xid (PCI:0000:41:00): 79, x");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].message, "eth0: link up");
  EXPECT_EQ(found[1].message, "NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(found[1].time.since_boot_ns, 155'000'002'000);
}

TEST(EachMessage, GluedRanksAreTwo) {
  const auto found = messages("[rank0]:[E1003 18:37:01.832146912 ProcessGroupNCCL.cpp:607] one[rank1]:[E1003 18:37:02.832146912 ProcessGroupNCCL.cpp:607] two");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].message, "one");
  EXPECT_EQ(found[1].message, "two");
  EXPECT_EQ(found[1].place.rank, 1);
}

TEST(EachMessage, WhatOnlyResemblesASecondMessageStays) {
  for (const char* raw : {"[  155.000002] clock went from [  100.000001] back", "[  155.000002] range [0.5] x", "see [rank1]: x", "x [  155.000002] y"})
    EXPECT_EQ(messages(raw).size(), 1u) << raw;
}

TEST(EachMessage, ManyGluedMessagesCostLinearTime) {
  std::string raw;
  for (int i = 0; i < 20'000; ++i) raw += "[  100.000001] x";
  EXPECT_EQ(messages(raw).size(), max_messages);
}

std::string decoded(std::string_view bytes, std::size_t chunk) {
  ByteOrder order;
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += chunk) text += order.decode(bytes.substr(at, chunk));
  text += order.finish();
  return text;
}

TEST(Utf16, IsReadWhateverThePieces) {
  const std::string little("\xFF\xFE" "N\0V\0\r\0\n\0\x3D\xD8\x00\xDE", 14), big("\xFE\xFF\0N\0V\0\r\0\n\xD8\x3D\xDE\x00", 14);
  for (std::size_t chunk : {1u, 2u, 3u, 100u}) {
    EXPECT_EQ(decoded(little, chunk), "NV\r\n\xF0\x9F\x98\x80");
    EXPECT_EQ(decoded(big, chunk), "NV\r\n\xF0\x9F\x98\x80");
  }
}

TEST(Utf16, OtherDocumentsPassThrough) {
  EXPECT_EQ(decoded("\xEF\xBB\xBFNVRM", 2), "NVRM");
  EXPECT_EQ(decoded("NVRM\xFF\xFE", 1), "NVRM\xFF\xFE");
  EXPECT_EQ(decoded("\xFF\xFE\xFA\x80 broken", 1), "\xFF\xFE\xFA\x80 broken");
  EXPECT_EQ(decoded("N", 1), "N");
  EXPECT_EQ(decoded("", 1), "");
}

TEST(Utf16, BrokenPairsAreReplaced) { EXPECT_EQ(decoded(std::string("\xFF\xFE\x3D\xD8N\0\0", 7), 3), "\xEF\xBF\xBDN\xEF\xBF\xBD"); }

}  // namespace
}  // namespace gpm::text
