// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/time_axis.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace gpm::report {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t most_breaks = 5;
constexpr double break_width = 34, segment_least = 44, breaks_from = 1.5;

// Places in `gaps` that are left out. Durations as double: the span of two stamps of a hostile log can overflow.
std::vector<std::size_t> breaks(const std::vector<double>& gaps) {
  std::vector<std::size_t> by_length(gaps.size());
  std::iota(by_length.begin(), by_length.end(), 0u);
  std::stable_sort(by_length.begin(), by_length.end(), [&](auto a, auto b) { return gaps[a] > gaps[b]; });
  double rest = std::accumulate(gaps.begin(), gaps.end(), 0.0);
  std::vector<std::size_t> out;
  for (auto gap : by_length) {
    const double others = rest - gaps[gap];
    // The last gap is the story itself; it is left in.
    if (out.size() == most_breaks || others <= 0 || gaps[gap] < 2.0 * second || gaps[gap] < breaks_from * others) break;
    rest = others;
    out.push_back(gap);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string milliseconds_of(std::int64_t utc_ns) {
  const auto ms = ((utc_ns / (second / 1000)) % 1000 + 1000) % 1000;
  const auto digits = std::to_string(ms);
  return "." + std::string(3 - digits.size(), '0') + digits;
}

std::string two(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string clock_of(std::int64_t utc_ns) {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds(utc_ns)};
  const hh_mm_ss clock(floor<seconds>(time) - floor<days>(time));
  return two(static_cast<unsigned>(clock.hours().count())) + ":" + two(static_cast<unsigned>(clock.minutes().count())) + ":" +
         two(static_cast<unsigned>(clock.seconds().count()));
}

std::string date_of(std::int64_t utc_ns) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<nanoseconds>{nanoseconds(utc_ns)}));
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day()));
}

TimeAxis::TimeAxis(std::vector<std::int64_t> times, double x, double width) {
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(static_cast<double>(times[i]) - static_cast<double>(times[i - 1]));
  std::size_t from = 0;
  for (auto gap : breaks(gaps)) {
    segments_.push_back({times[from], times[gap], 0, 0});
    from = gap + 1;
  }
  segments_.push_back({times[from], times.back(), 0, 0});
  double span = 0;
  for (const auto& s : segments_) span += static_cast<double>(s.to_ns) - static_cast<double>(s.from_ns);
  const auto count = static_cast<double>(segments_.size());
  const double to_share = width - (count - 1) * break_width - count * segment_least;
  for (auto& s : segments_) {
    const double own = static_cast<double>(s.to_ns) - static_cast<double>(s.from_ns);
    s.x = x;
    s.width = segment_least + (span > 0 ? to_share * own / span : to_share / count);
    x += s.width + break_width;
  }
}

const TimeAxis::Segment& TimeAxis::segment_of(std::int64_t time) const {
  auto at = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) { return time <= s.to_ns; });
  return at == segments_.end() ? segments_.back() : *at;
}

double TimeAxis::x_of(std::int64_t time) const {
  const auto& s = segment_of(time);
  const double span = static_cast<double>(s.to_ns) - static_cast<double>(s.from_ns);
  // The ends of a segment keep a distance from its breaks; one moment alone stands in the middle.
  constexpr double edge = 10;
  if (span <= 0) return s.x + s.width / 2;
  const double share = std::clamp((static_cast<double>(time) - static_cast<double>(s.from_ns)) / span, 0.0, 1.0);
  return s.x + edge + share * (s.width - 2 * edge);
}

double TimeAxis::pixels(double duration, std::int64_t at) const {
  const auto& s = segment_of(at);
  const double span = static_cast<double>(s.to_ns) - static_cast<double>(s.from_ns);
  return span <= 0 ? 0 : std::min(s.width, duration / span * s.width);
}

std::vector<TimeAxis::Tick> TimeAxis::ticks(double apart) const {
  constexpr std::int64_t ms = second / 1000;
  constexpr std::array<std::int64_t, 29> steps = {
      1 * ms,      2 * ms,       5 * ms,       10 * ms,      20 * ms,      50 * ms,       100 * ms,      200 * ms,      500 * ms,       second,
      2 * second,  5 * second,   10 * second,  15 * second,  30 * second,  60 * second,   120 * second,  300 * second,  600 * second,   900 * second,
      1800 * second, 3600 * second, 7200 * second, 10800 * second, 21600 * second, 43200 * second, 86400 * second, 604800 * second, 2592000 * second};
  std::vector<Tick> list;
  std::string date;
  double free_from = -1e9;
  const auto add = [&](std::int64_t time, double least, bool finely) {
    const double x = x_of(time);
    if (x < free_from + least) return;
    const auto day = date_of(time);
    list.push_back({x, clock_of(time) + (finely ? milliseconds_of(time) : ""), day == date ? "" : day});
    date = day;
    free_from = x;
  };
  for (const auto& s : segments_) {
    const double span = static_cast<double>(s.to_ns) - static_cast<double>(s.from_ns);
    const bool finely = span > 0 && span < 5.0 * second;
    add(s.from_ns, apart * 0.8, finely);
    const double wanted = span * apart / std::max(1.0, s.width);
    const auto step = std::find_if(steps.begin(), steps.end(), [&](auto one) { return static_cast<double>(one) >= wanted; });
    constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max() / 2;  // beyond it sums overflow, and no log is dated
    if (step != steps.end() && span > 0 && s.from_ns > -far && s.to_ns < far) {
      const auto whole = *step;
      for (auto t = (s.from_ns / whole + 1) * whole; t < s.to_ns; t += whole) add(t, apart * 0.8, finely);
    }
    add(s.to_ns, apart * 0.8, finely);
  }
  return list;
}

}  // namespace gpm::report
