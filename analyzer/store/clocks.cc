// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/clocks.h"

#include <algorithm>
#include <array>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/timestamp.h"

namespace gpm::store {
namespace {

using facts::TimeFrom;

constexpr std::int64_t second_ns = 1'000'000'000, minute_ns = 60 * second_ns, day_ns = 86'400 * second_ns;
constexpr std::int64_t new_boot_ns = 10 * second_ns;          // the kernel's clock never falls by more between two lines
constexpr std::int64_t same_boot_ns = 300 * second_ns;        // nor do the two clocks drift apart by more from line to line
constexpr std::int64_t early_ns = 1'199'145'600 * second_ns;  // 2008: older stamps are clocks that nobody has set
constexpr std::int64_t zone_step_minutes = 15, zone_max_minutes = 14 * 60;

bool plausible(const facts::Time& time) { return time.utc_ns && *time.utc_ns >= early_ns; }

std::uint64_t hash_of(std::string_view message) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : message.substr(0, 512)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

// Digits at the start of `text`; nothing if there are none or too many.
std::optional<std::int64_t> digits(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && end < 12 && text::is_digit(text[end])) ++end;
  const auto value = text::integer(text.substr(0, end));
  text.remove_prefix(end);
  return value;
}

facts::Time stated(std::int64_t utc_ns, std::int64_t precision_ms) {
  facts::Time time;
  time.utc_ns = utc_ns;
  time.precision_ms = precision_ms;
  time.from = TimeFrom::stated;
  return time;
}

// "audit(1786870843.940:403)": the moment of the event, which the kernel prints as soon as it can.
std::optional<facts::Time> audit_stamp(std::string_view message) {
  static constexpr std::string_view opening = " audit(";
  auto at = message.substr(0, 160).find(opening);
  if (at == std::string_view::npos) return std::nullopt;
  auto rest = message.substr(at + opening.size());
  const auto utc = text::utc_of_seconds(digits(rest).value_or(0));
  if (!utc || !rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  const auto milliseconds = digits(rest);
  if (!milliseconds || *milliseconds > 999 || !rest.starts_with(':')) return std::nullopt;
  return stated(*utc + *milliseconds * 1'000'000, 1000);
}

// "setting system clock to 2024-02-11T06:11:32 UTC (1707631892)"
std::optional<facts::Time> rtc_stamp(std::string_view message) {
  static constexpr std::string_view words = "setting system clock to ";
  const auto at = message.substr(0, 160).find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto open = message.find("UTC (", at);
  if (open == std::string_view::npos || open > at + 64) return std::nullopt;
  auto rest = message.substr(open + 5);
  const auto utc = text::utc_of_seconds(digits(rest).value_or(0));
  if (!utc || !rest.starts_with(')')) return std::nullopt;
  return stated(*utc, 1000);
}

// "up 91 days,  3:20,", "up 15:34,", "up 12 min,", "up 1 day, 5 min," -> seconds
std::optional<std::int64_t> up_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  bool any = false;
  for (auto part : text::split(text.substr(0, 64), ',')) {
    part = text::trim(part);
    const auto number = digits(part);
    if (!number || *number > 100'000) break;
    if (part.starts_with(':')) {
      part.remove_prefix(1);
      const auto minutes = digits(part);
      if (!minutes || !part.empty()) break;
      seconds += *number * 3600 + *minutes * 60;
    } else if (part.starts_with(" day")) {
      seconds += *number * 86'400;
    } else if (part.starts_with(" min")) {
      seconds += *number * 60;
    } else {
      break;
    }
    any = true;
  }
  return any ? std::optional(seconds) : std::nullopt;
}

void keep_anchor(std::vector<Anchor>& anchors, const Anchor& anchor) {
  if (anchors.size() < DocumentClocks::max_anchors)
    anchors.push_back(anchor);
  else
    anchors.back() = anchor;
}

}  // namespace

std::span<const std::string_view> clock_gates() {
  static constexpr std::array<std::string_view, 8> literals = {" audit(",     "setting system clock to ", "btime ",             "system boot  ",
                                                               "load average", "-- Journal begins at ",    "-- Logs begin at ", "Time zone: "};
  return literals;
}

void DocumentClocks::see_stamp(const facts::Time& time, std::uint64_t line) {
  if (plausible(time)) {
    dated_from = std::min(dated_from.value_or(*time.utc_ns), *time.utc_ns);
    dated_to = std::max(dated_to.value_or(*time.utc_ns), *time.utc_ns);
  }
  yearless |= time.from == TimeFrom::yearless;
  zoneless |= time.host_zone && (time.from == TimeFrom::yearless || time.from == TimeFrom::assumed_utc);
  if ((plausible(time) || time.in_year_ns) && (!first || line < first_line)) {
    first = time;
    first_line = line;
  }
  if (time.host_zone && time.zone_minutes) {
    zones_differ |= zone_minutes && *zone_minutes != *time.zone_minutes;
    zone_minutes = time.zone_minutes;
  }
}

void DocumentClocks::see(const text::Line& line) {
  see_stamp(line.time, line.number);
  if (line.number < last_line_) return;
  last_line_ = line.number;
  if (line.time.since_boot_ns || line.time.host_zone) see_kernel(line);
  see_clock_words(line);
}

// A zone-less wall clock and the true time in one line differ by the zone.
void DocumentClocks::measure_zone(const facts::Time& wall, std::int64_t utc_ns) {
  std::int64_t ahead = 0;
  if (wall.from == TimeFrom::assumed_utc && wall.utc_ns) {
    ahead = *wall.utc_ns - utc_ns;
  } else if (wall.in_year_ns) {
    const auto days = (utc_ns / day_ns) * day_ns;  // the day in year is not needed: zones are less than a day
    ahead = (*wall.in_year_ns - (utc_ns - days)) % day_ns;
    if (ahead > day_ns / 2) ahead -= day_ns;
    if (ahead < -day_ns / 2) ahead += day_ns;
  } else {
    return;
  }
  const auto step = zone_step_minutes * minute_ns;
  const auto steps = (ahead + (ahead < 0 ? -step / 2 : step / 2)) / step;
  const auto minutes = steps * zone_step_minutes;
  if (std::abs(ahead - steps * step) > minute_ns || std::abs(minutes) > zone_max_minutes) return;
  measured_zones_differ |= measured_zone_minutes && *measured_zone_minutes != minutes;
  measured_zone_minutes = static_cast<int>(minutes);
}

void DocumentClocks::see_kernel(const text::Line& line) {
  const auto& time = line.time;
  const bool wall = time.utc_ns || time.in_year_ns;
  auto true_time = audit_stamp(line.message);
  if (!true_time) true_time = rtc_stamp(line.message);
  if (true_time) {
    dated_from = std::min(dated_from.value_or(*true_time->utc_ns), *true_time->utc_ns);
    dated_to = std::max(dated_to.value_or(*true_time->utc_ns), *true_time->utc_ns);
    // The first seconds of a boot are read late by whoever writes a log; dmesg -T has the kernel's own clock.
    if (wall && time.host_zone && (!time.since_boot_ns || *time.since_boot_ns > minute_ns)) measure_zone(time, *true_time->utc_ns);
  }
  if (line.place.process.empty() && !line.message.empty()) {
    const Landmark landmark{hash_of(line.message), line.number, time, !time.since_boot_ns && line.place.host.empty()};
    if (landmarks.size() < max_landmarks)
      landmarks.push_back(landmark);
    else
      landmarks[max_landmarks / 2 + landmarks_seen % (max_landmarks / 2)] = landmark;
    ++landmarks_seen;
  }
  if (!time.since_boot_ns) return;
  const auto now = *time.since_boot_ns;
  const auto drifted = [&](const Boot& boot) {
    if (!time.utc_ns || boot.anchors.empty() || !boot.anchors.back().wall.utc_ns || boot.anchors.back().wall.from != time.from) return false;
    return std::abs((*time.utc_ns - now) - (*boot.anchors.back().wall.utc_ns - boot.anchors.back().since_boot_ns)) > same_boot_ns;
  };
  const bool again = boots.empty() || now + new_boot_ns < boots.back().last_ns ||
                     (line.message.starts_with("Linux version ") && boots.back().last_ns > second_ns) || drifted(boots.back());
  if (again) {
    if (boots.size() >= max_boots) boots.pop_back();
    boots.push_back({line.number, line.number, now, now, false, {}});
  }
  auto& boot = boots.back();
  boot.last_line = line.number;
  boot.last_ns = std::max(boot.last_ns, now);
  boot.with_wall |= wall || !line.place.host.empty();
  if (true_time) keep_anchor(boot.anchors, {now, *true_time});
  if (!wall) return;
  Anchor anchor{now, time};
  if (now <= minute_ns) anchor.wall.precision_ms = std::max<std::int64_t>(anchor.wall.precision_ms, 60'000);  // may be read late
  keep_anchor(boot.anchors, anchor);
}

void DocumentClocks::see_clock_words(const text::Line& line) {
  const auto message = text::trim(line.message);
  if (message.starts_with("btime ")) {
    if (const auto utc = text::utc_of_seconds(text::integer(message.substr(6)).value_or(0)); utc && *utc > early_ns)
      running_since.push_back({stated(*utc, 1000), 1000});
  } else if (message.starts_with("system boot  ")) {
    const auto when = std::string(text::trim(message.substr(13)).substr(0, 16)) + ":00";
    if (auto stamp = text::iso_stamp(when)) {
      stamp->time.host_zone = true;
      running_since.push_back({stamp->time, 60'000});
      see_stamp(stamp->time, line.number);
    }
  } else if (message.starts_with("-- Journal begins at ") || message.starts_with("-- Logs begin at ")) {
    for (auto part = message.find(" at "); part != std::string_view::npos && part < 200; part = message.find(" at ", part + 4)) {
      const auto stamp = text::iso_stamp(message.substr(std::min(message.size(), part + 8)));  // behind "Sun "
      if (stamp) see_stamp(stamp->time, line.number);
    }
  } else if (message.starts_with("Time zone: ")) {
    const auto comma = message.rfind(", "), close = message.rfind(')');
    if (comma != std::string_view::npos && close != std::string_view::npos && comma < close)
      if (const auto minutes = text::zone_minutes(message.substr(comma + 2, close - comma - 2))) {
        zones_differ |= zone_minutes && *zone_minutes != *minutes;
        zone_minutes = minutes;
      }
  } else if (const auto up = message.substr(0, 32).find(" up "); up != std::string_view::npos && text::contains(message, "load average")) {
    const auto clock = message.substr(message.starts_with("top - ") ? 6 : 0, 8);
    const auto stamp = text::iso_stamp("2000-01-01 " + std::string(clock));
    const auto seconds = up_seconds(message.substr(up + 4));
    constexpr std::int64_t year_2000 = 946'684'800;
    if (stamp && seconds && uptimes.size() < max_anchors) uptimes.push_back({*stamp->time.utc_ns / second_ns - year_2000, *seconds});
  }
  if (running_since.size() > max_anchors) running_since.pop_back();
}

std::size_t DocumentClocks::items() const { return boots.size() * 2 + landmarks.size(); }

bool DocumentClocks::empty() const {
  return !dated_from && !first && !zone_minutes && boots.empty() && running_since.empty() && uptimes.empty();
}

void DocumentClocks::drop_items() {
  boots = {};
  landmarks = {};
}

const Boot* DocumentClocks::boot_of(std::uint64_t line) const {
  const auto after = std::upper_bound(boots.begin(), boots.end(), line, [](std::uint64_t l, const Boot& b) { return l < b.first_line; });
  if (after == boots.begin()) return nullptr;
  const auto& boot = *(after - 1);
  return line <= boot.last_line ? &boot : nullptr;
}

}  // namespace gpm::store
