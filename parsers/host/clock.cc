// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/clock.h"

#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

std::span<const std::string_view> ClockParser::gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"load average: ", "Reference ID    : ", "Leap status"};
  return literals;
}

Want ClockParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex uptime(R"(^(?:top -|\s*)\s*\d\d:\d\d:\d\d up\s+(?:(\d+) days?(?:,\s+|\s*,))?(?:(\d+):(\d\d)|(\d+) min)?,?\s.*load average: ([\d.]+))");
  static const text::Regex offset(R"(^System time\s+: ([\d.]+) seconds (fast|slow) of NTP time)");
  static const text::Regex leap(R"(^Leap status\s+: (\S.*)$)");
  const auto raw = text::piece(line.raw);
  std::string days, hours, minutes, only_minutes, load;
  if (text::Regex::PartialMatch(raw, uptime, &days, &hours, &minutes, &only_minutes, &load)) {
    const auto number = [](const std::string& text) { return text::integer(text).value_or(0); };
    auto fact = snapshot_of(line, "host.uptime_s", "", line.raw.substr(0, 80));
    fact.number = static_cast<double>(number(days)) * 86400 + static_cast<double>(number(hours)) * 3600 +
                  static_cast<double>(number(minutes) + number(only_minutes)) * 60;
    fact.text = std::to_string(static_cast<long long>(*fact.number));
    sink.add(std::move(fact));
    auto busy = snapshot_of(line, "host.load", "", load);
    busy.number = text::leading_number(load);
    sink.add(std::move(busy));
    return Want::gated;
  }
  if (std::string seconds, way; text::Regex::PartialMatch(raw, offset, &seconds, &way)) {
    auto fact = snapshot_of(line, "host.clock_offset_s", "", (way == "slow" ? "-" : "") + seconds);
    if (const auto value = text::leading_number(seconds)) fact.number = way == "slow" ? -*value : *value;
    sink.add(std::move(fact));
    return Want::next;
  }
  if (std::string state; text::Regex::PartialMatch(raw, leap, &state)) {
    sink.add(snapshot_of(line, "host.clock_state", "", state));
    chronyc_ = false;
    return Want::gated;
  }
  chronyc_ = line.raw.starts_with("Reference ID") || (chronyc_ && text::contains(line.raw, " : "));
  return chronyc_ ? Want::next : Want::gated;
}

}  // namespace gpm::parsers::host
