// SPDX-License-Identifier: Apache-2.0
//
// Stamps: date and clock as loggers write them in front of a message.
//
// Each reader looks at the start of `text` only and gives the time and where it ends; nothing if the text does not
// start with exactly such a stamp or if the values are no real date. What a stamp leaves open stays open: without a
// zone the time is `assumed_utc`, without a year it is `yearless` and has no utc_ns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::text {

struct Stamp {
  facts::Time time;
  std::size_t size = 0;     // bytes of `text` that the stamp takes
  int fraction_digits = 0;  // after the second: tells rsyslog (0, 3, 6) from container engines (9)
  bool zulu = false;        // the zone is written as Z
};

// 2024-11-20T00:02:45.123456+00:00, 2024-11-20 00:02:45,123, 2024-11-20T00:02:45Z, 2024/05/01 10:00:00 (Go's log).
std::optional<Stamp> iso_stamp(std::string_view text);
// Nov 20 00:02:45, Nov  3 00:02:45.123456 (syslog, journal short).
std::optional<Stamp> syslog_stamp(std::string_view text);
// The same with the month in another language ("kwi 15 10:00:00", "févr.  2 10:00:00").
std::optional<Stamp> foreign_syslog_stamp(std::string_view text);
// Wed Nov 20 00:02:45, where no year follows.
std::optional<Stamp> weekday_stamp(std::string_view text);
// Mon Nov 23 17:41:07 2026 (dmesg -T, asctime).
std::optional<Stamp> asctime_stamp(std::string_view text);
// The same where the locale writes the month as a number: "五 11月 23 17:41:07 2026", "月 11月 23 17:41:07 2026".
std::optional<Stamp> numbered_month_stamp(std::string_view text);
// Sat Nov 21 22:49:31 UTC 2026, Sat Nov 21 10:49:31 PM UTC 2026, Sat 21 Nov 2026 10:49:31 PM UTC (date). Of the zone
// names only those count that mean one offset in the world (not CST, IST, BST): with others the time is `assumed_utc`.
std::optional<Stamp> date_command_stamp(std::string_view text);
// Jul 23 2024 07:53:55 (Fabric Manager).
std::optional<Stamp> month_day_year_stamp(std::string_view text);
// 10/24/2023-10:19:52 (TensorRT's and trtexec's logger: "[10/24/2023-10:19:52] [E] [TRT] ", from Python "[TRT] [E]").
std::optional<Stamp> tensorrt_stamp(std::string_view text);
// 1124 10:43:36.771204 (klog, glog, c10: month and day; c10 writes June 2 as 602).
std::optional<Stamp> glog_stamp(std::string_view text);
// 08-31 09:50:44 (vLLM).
std::optional<Stamp> month_day_stamp(std::string_view text);
// 155044.078590, padded on the left (printk: seconds since boot).
std::optional<Stamp> boot_stamp(std::string_view text);
// 1732060965.123456 (seconds since the epoch, as journalctl -o short-unix).
std::optional<Stamp> epoch_stamp(std::string_view text);

// Any of the above that gives a moment: what may stand at the start of a heading's value or in brackets.
std::optional<Stamp> any_stamp(std::string_view text);

// "UTC", "GMT", "CET", "PDT", "+08", "+0530" -> minutes east of UTC; nothing where the name is not unique.
std::optional<int> zone_minutes(std::string_view name);

// Seconds since 1970 (UTC) in nanoseconds, from 2001, when they got their tenth digit, to 2199; another number is no time.
std::optional<std::int64_t> utc_of_seconds(std::int64_t seconds);

// Nanoseconds since the epoch of a date and clock in UTC; nothing if there is no such date between 1970 and 2199.
std::optional<std::int64_t> utc_ns(int year, int month, int day, int hour, int minute, int second, int nanosecond);

}  // namespace gpm::text
