// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/clock.h"

#include <fmt/format.h>

#include <chrono>

namespace gpm::compose {

std::string rfc3339(std::int64_t utc_ns, std::int64_t precision_ms) {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds(utc_ns)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time) - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (precision_ms < 1000) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + "Z";
}

std::string boot_seconds(std::int64_t since_boot_ns) {
  return fmt::format("{}.{:06}", since_boot_ns / 1'000'000'000, since_boot_ns % 1'000'000'000 / 1000);
}

}  // namespace gpm::compose
