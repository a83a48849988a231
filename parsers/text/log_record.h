// SPDX-License-Identifier: Apache-2.0
//
// Log records that state their message and its origin as named fields: JSON objects, and journald's own formats.
//
//   {"log":"TEXT\n","stream":"stderr","time":"2024-11-20T00:02:45.123456789Z"}                      docker's json-file
//   {"__REALTIME_TIMESTAMP":"1732060965123456","_HOSTNAME":"gpu07","SYSLOG_IDENTIFIER":"kernel","PRIORITY":"4",
//    "_SOURCE_MONOTONIC_TIMESTAMP":"155044078590","MESSAGE":"NVRM: ..."}                            journalctl -o json
//   {"pri":4,"time":155044.078590,"msg":"NVRM: ..."}                                                dmesg -J, one record
//   {"level":"error","ts":1732060965.123,"msg":"...","error":"..."}                                 zap, logrus, Python
//
//   Wed 2024-11-20 00:02:45.123456 UTC [s=2f...;i=1a;b=77...;m=2419a3f7be;t=6272...;x=8c...]        journalctl -o verbose
//       _HOSTNAME=gpu07
//       MESSAGE=NVRM: ...
//   __CURSOR=s=2f...;i=1a;b=77...                                                                   journalctl -o export
//   __REALTIME_TIMESTAMP=1732060965123456
//   MESSAGE=NVRM: ...                            an empty line ends the record
//
// journalctl -o json writes MESSAGE as an array of byte values where it is not UTF-8, and any value as an array where a
// field came twice. The time of a kernel message is the kernel's own: journald's clock less the message's age by the
// monotonic clock, as journald reads the first seconds of a boot late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::text {

struct LogRecord {
  std::string message;  // unescaped, without the line end; may hold line ends
  facts::Time time;
  facts::Place place;
  std::optional<int> priority;
  std::string_view stream;  // static storage
  bool partial = false;     // docker cut the line here (at 16 KiB)
  std::size_t size = 0;     // bytes of the text that the record takes; what follows is another one
};

// A JSON object at the start of `text`; nothing where it is no log record. Linear; nesting is skipped without recursion.
std::optional<LogRecord> json_record(std::string_view text);

// The line `"msg": "..."` in dmesg -J's own layout (one key a line); pri and time stand directly before it:
//   ...},{\n         "pri": 4,\n         "time": 155044.078590,\n
std::optional<LogRecord> dmesg_json_line(std::string_view line, std::string_view before);

// Whether a document holds journald's export or verbose format, from its first bytes.
enum class JournalFormat { none, verbose, exported };
JournalFormat journal_format(std::string_view head);
// Where the last whole record in `text` ends; 0 if there is no end of a record.
std::size_t last_record_end(std::string_view text, JournalFormat format);
// The record of `block` that `offset` lies in, at most 8 KiB to each side.
std::string_view record_around(std::string_view block, std::size_t offset, JournalFormat format);
// The line `MESSAGE=...` of such a record; a line after a bare `MESSAGE` (binary form: eight bytes of size first).
std::optional<LogRecord> journal_line(std::string_view line, std::string_view record);

// Unescapes the JSON string at the start of `text` (text[0] is the opening quote) to the end of `to`; gives the bytes read,
// 0 if the string does not end or is broken.
std::size_t json_string(std::string_view text, std::string& to);

}  // namespace gpm::text
