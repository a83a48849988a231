// SPDX-License-Identifier: Apache-2.0
//
// What the lines of one document say about clocks: the raw material from which timeline.h puts all times on one UTC axis.
//
//   [    0.167448] audit: type=2000 audit(1795301343.731:1): state=initialized     both clocks in one line
//   [    3.104412] rtc_cmos 00:02: setting system clock to 2024-02-11T06:11:32 UTC (1707631860)
//   Nov 20 00:02:45 gpu07 kernel: [155044.078590] NVRM: ...                        both clocks, no year, no zone
//   btime 1707631857                 /proc/stat: the boot's moment
//            system boot  2024-02-11 06:10                                         who -b
//    14:02:11 up 91 days,  3:20,  4 users,  load average: 2.31, 1.90, 1.44         uptime, with a `date` of that host
//   -- Journal begins at Sun 2024-02-04 01:02:03 UTC, ends at Sun 2024-02-11 ...   which year a year-less journal is of
//                  Time zone: Asia/Shanghai (CST, +0800)                           timedatectl
//
// Bounded: so many landmarks, boots and anchors a document; the first and the last are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::store {

// Literals of lines that say something about clocks; the scanner shows those lines too.
std::span<const std::string_view> clock_gates();
inline constexpr std::string_view often_printed_clock_gate = " audit(";  // a few of them suffice

// One moment on the kernel's clock and on a wall clock.
struct Anchor {
  std::int64_t since_boot_ns = 0;
  facts::Time wall;  // utc_ns or in_year_ns
};

// A kernel message, to be recognised in another log of the same host.
struct Landmark {
  std::uint64_t message = 0;  // hash
  std::uint64_t line = 0;
  facts::Time time;
  bool ring_buffer = false;   // dmesg -T: wall clock of the kernel's own stamp, not of whoever read it
};

// Lines of a document that share one boot's clock.
struct Boot {
  std::uint64_t first_line = 0, last_line = 0;
  std::int64_t first_ns = 0, last_ns = 0;  // smallest and largest stamp
  bool with_wall = false;                  // its lines state a wall clock too, or their host: no plain dmesg
  std::vector<Anchor> anchors;
};

struct DocumentClocks {
  static constexpr std::size_t max_boots = 64, max_anchors = 8, max_landmarks = 256;

  std::int64_t document = 0;
  std::optional<std::int64_t> dated_from, dated_to;  // earliest and latest stamp with a year
  std::optional<facts::Time> first;                  // stamp of the first line that has one with a date
  std::uint64_t first_line = 0;
  bool yearless = false, zoneless = false;
  std::optional<int> zone_minutes;                   // of the host's own stamps, as stated
  bool zones_differ = false;
  std::optional<int> measured_zone_minutes;          // of zone-less stamps, measured by an audit stamp in the line
  bool measured_zones_differ = false;
  std::vector<Boot> boots;
  std::vector<Landmark> landmarks;
  std::size_t landmarks_seen = 0;

  struct BootMoment {  // of the running kernel
    facts::Time at;
    std::int64_t precision_ms = 0;
  };
  std::vector<BootMoment> running_since;  // btime, who -b
  struct Uptime {
    std::int64_t clock_s = 0, up_s = 0;  // local time of day; seconds
  };
  std::vector<Uptime> uptimes;

  // In their order; a line that comes after its time is seen for its stamp only.
  void see(const text::Line& line);
  // A stamp of a line that no parser was shown.
  void see_stamp(const facts::Time& time, std::uint64_t line);
  const Boot* boot_of(std::uint64_t line) const;
  // How much of it grows with the document; and without that.
  std::size_t items() const;
  bool empty() const;
  void drop_items();

 private:
  std::uint64_t last_line_ = 0;  // seen

  void see_kernel(const text::Line& line);
  void see_clock_words(const text::Line& line);
  void measure_zone(const facts::Time& wall, std::int64_t utc_ns);
};

}  // namespace gpm::store
