// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/values.h"

#include <array>
#include <iterator>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/timestamp.h"

namespace gpm::nvidia_smi {
namespace {

constexpr std::array<std::string_view, 9> absent_values = {
    "",  "N/A", "-", "Not Supported", "Not Available", "Requested functionality has been deprecated",
    "Deprecated", "Function Not Found", "Insufficient Permissions"};
constexpr std::array<std::string_view, 4> error_values = {"ERR!", "Unknown Error", "GPU is lost", "GPU requires reset"};

// Nothing for a clock that was never set.
std::optional<std::int64_t> utc_ns(int year, int month, int day, int hour, int minute, int second) {
  if (year < 1980 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return text::utc_ns(year, month, day, hour, minute, second, 0);
}

}  // namespace

std::string_view bare(std::string_view value) {
  value = text::trim(value);
  if (value.size() >= 2 && value.front() == '[' && value.back() == ']') value = text::trim(value.substr(1, value.size() - 2));
  return value;
}

ValueKind kind_of(std::string_view value) {
  value = bare(value);
  for (auto absent : absent_values)
    if (value == absent) return ValueKind::absent;
  for (auto error : error_values)
    if (value == error) return ValueKind::error;
  if (value.starts_with("Not available in ")) return ValueKind::absent;  // "... WDDM driver model"
  return ValueKind::present;
}

std::string snake_case(std::string_view key) {
  std::string result;
  for (char c : text::lower(key)) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word) {
      result += c;
    } else if (!result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  if (result.ends_with('_')) result.pop_back();
  return result;
}

std::string_view cell_name(std::string_view metric) {
  if (metric.starts_with("gpu.")) metric.remove_prefix(4);
  for (std::string_view unit : {"_c", "_w", "_mib", "_percent", "_mhz", "_us"})
    if (metric.ends_with(unit)) return metric.substr(0, metric.size() - unit.size());
  return metric;
}

std::string usual_compute_mode(std::string_view printed) {
  printed = bare(printed);
  if (printed == "E. Process" || printed == "Exclusive Process") return "Exclusive_Process";
  if (printed == "E. Thread" || printed == "Exclusive Thread") return "Exclusive_Thread";
  return std::string(printed);
}

std::optional<facts::Time> ctime_stamp(std::string_view text) {
  static const text::Regex pattern(
      R"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}))");
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::string month;
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!text::Regex::FullMatch(text::trim(text), pattern, &month, &day, &hour, &minute, &second, &year)) return std::nullopt;
  const auto number = static_cast<int>(months.find(month) / 3 + 1);
  const auto ns = utc_ns(year, number, day, hour, minute, second);
  if (!ns) return std::nullopt;
  return facts::Time{ns, std::nullopt, 1000, facts::TimeFrom::assumed_utc};
}

std::optional<facts::Time> csv_stamp(std::string_view text) {
  static const text::Regex pattern(R"((\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?)");
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string fraction;
  if (!text::Regex::FullMatch(text::trim(text), pattern, &year, &month, &day, &hour,
                      &minute, &second, &fraction))
    return std::nullopt;
  const auto ns = utc_ns(year, month, day, hour, minute, second);
  if (!ns) return std::nullopt;
  const auto ms = text::integer(fraction);
  return facts::Time{*ns + ms.value_or(0) * 1'000'000, std::nullopt, ms ? 1 : 1000, facts::TimeFrom::assumed_utc};
}

facts::Time time_of(const text::Line& line, const std::optional<facts::Time>& block) {
  if (block && !(line.time.utc_ns && line.time.from == facts::TimeFrom::stated)) return *block;
  return line.time;
}

std::size_t indent_of(std::string_view line) {
  std::size_t indent = 0;
  for (char c : line) {
    if (c == ' ') {
      ++indent;
    } else if (c == '\t') {
      indent += 8;
    } else {
      break;
    }
  }
  return indent;
}

}  // namespace gpm::nvidia_smi
