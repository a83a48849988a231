// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/event_log.h"

#include <array>
#include <chrono>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

std::span<const std::string_view> EventLogParser::gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"| Asserted", "| Deasserted", "| Pre-Init"};
  return literals;
}

Want EventLogParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex entry(
      R"(^\s*([0-9a-f]+) \| (?:(\d\d)/(\d\d)/(\d\d(?:\d\d)?) \| (\d\d):(\d\d):(\d\d)[^|]*|Pre-Init\s*\|[^|]*)\| ([^|]+?) \| ([^|]+?) \| (Asserted|Deasserted))");
  std::string record, month, day, year, hour, minute, second, sensor, state, direction;
  if (!text::Regex::PartialMatch(text::piece(line.raw), entry, &record, &month, &day, &year, &hour, &minute, &second, &sensor, &state, &direction))
    return Want::gated;
  auto event = event_of(line, "host.sel", line.raw);
  set_attribute(event, "record", record);
  set_attribute(event, "sensor", sensor);
  set_attribute(event, "state", state);
  set_attribute(event, "direction", text::lower(direction));
  const auto number = [](const std::string& text) { return static_cast<int>(text::integer(text).value_or(0)); };
  if (!year.empty() && !event.time.utc_ns) {
    const int full = year.size() == 2 ? 2000 + number(year) : number(year);
    const std::chrono::year_month_day date{std::chrono::year{full}, std::chrono::month{static_cast<unsigned>(number(month))},
                                           std::chrono::day{static_cast<unsigned>(number(day))}};
    if (date.ok() && full >= 1990 && full < 2200) {
      const auto at = std::chrono::sys_days{date} + std::chrono::hours{number(hour)} + std::chrono::minutes{number(minute)} +
                      std::chrono::seconds{number(second)};
      event.time.utc_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
      event.time.precision_ms = 1000;
      event.time.from = facts::TimeFrom::assumed_utc;
    }
  }
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::host
