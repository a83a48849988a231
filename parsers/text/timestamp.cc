// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/timestamp.h"

#include <array>

#include "parsers/text/ascii.h"

namespace gpm::text {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

// Reads a stamp from left to right; every step says whether it fitted, and a failed step leaves the place where it was.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::string_view rest() const { return text_.substr(at_); }

  bool is(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void skip(std::size_t count) { at_ += count; }

  // Exactly `count` digits.
  bool digits(int count, int& value) {
    if (at_ + static_cast<std::size_t>(count) > text_.size()) return false;
    int read = 0;
    for (int i = 0; i < count; ++i) {
      const char c = text_[at_ + static_cast<std::size_t>(i)];
      if (!is_digit(c)) return false;
      read = read * 10 + (c - '0');
    }
    value = read;
    at_ += static_cast<std::size_t>(count);
    return true;
  }

  // A day padded with a blank, a zero or not at all.
  bool day(int& value) {
    is(' ');
    return digits(2, value) || digits(1, value);
  }

  // Up to nine digits after a point or comma -> nanoseconds; true also where there is no fraction.
  bool fraction(int& nanosecond, int& count) {
    nanosecond = 0;
    count = 0;
    if (peek() != '.' && peek() != ',') return true;
    if (at_ + 1 >= text_.size() || !is_digit(text_[at_ + 1])) return true;
    ++at_;
    while (count < 9 && is_digit(peek())) {
      nanosecond = nanosecond * 10 + (peek() - '0');
      ++at_;
      ++count;
    }
    for (int i = count; i < 9; ++i) nanosecond *= 10;
    return !is_digit(peek());
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Clock {
  int hour = 0, minute = 0, second = 0, nanosecond = 0, fraction_digits = 0;
};

bool read_clock(Reader& reader, Clock& clock) {
  if (!reader.digits(2, clock.hour) || !reader.is(':') || !reader.digits(2, clock.minute) || !reader.is(':') ||
      !reader.digits(2, clock.second) || !reader.fraction(clock.nanosecond, clock.fraction_digits))
    return false;
  return clock.hour < 24 && clock.minute < 60 && clock.second <= 60;
}

int month_number(std::string_view name) {
  static constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (name == names[i]) return static_cast<int>(i) + 1;
  return 0;
}

bool read_month(Reader& reader, int& month) {
  month = month_number(reader.rest().substr(0, 3));
  if (month == 0) return false;
  reader.skip(3);
  return true;
}

// 1 Monday .. 7 Sunday; 0 where there is none.
int read_weekday(Reader& reader) {
  static constexpr std::array<std::string_view, 7> names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (reader.rest().starts_with(names[i])) {
      reader.skip(3);
      return static_cast<int>(i) + 1;
    }
  return 0;
}

std::int64_t precision_ms(int fraction_digits) {
  if (fraction_digits == 0) return 1000;
  if (fraction_digits == 1) return 100;
  if (fraction_digits == 2) return 10;
  return fraction_digits == 3 ? 1 : 0;
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool real_day(int year, int month, int day) {
  static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap(year) ? 1 : 0);
}

// `month` 0 = not known.
Stamp yearless(const Reader& reader, int month, int day, const Clock& clock) {
  Stamp stamp;
  if (month > 0)
    stamp.time.in_year_ns = *utc_ns(2000, month, day, clock.hour, clock.minute, clock.second, clock.nanosecond) - *utc_ns(2000, 1, 1, 0, 0, 0, 0);
  stamp.time.from = facts::TimeFrom::yearless;
  stamp.time.precision_ms = precision_ms(clock.fraction_digits);
  stamp.size = reader.at();
  stamp.fraction_digits = clock.fraction_digits;
  return stamp;
}

std::optional<Stamp> dated(const Reader& reader, int year, int month, int day, const Clock& clock) {
  const auto ns = utc_ns(year, month, day, clock.hour, clock.minute, clock.second, clock.nanosecond);
  if (!ns) return std::nullopt;
  Stamp stamp;
  stamp.time.utc_ns = ns;
  stamp.time.from = facts::TimeFrom::assumed_utc;
  stamp.time.precision_ms = precision_ms(clock.fraction_digits);
  stamp.size = reader.at();
  stamp.fraction_digits = clock.fraction_digits;
  return stamp;
}

// Z, +0000, +00:00, -0730 -> nanoseconds to subtract; true also where there is no zone.
bool read_zone(Reader& reader, bool& zoned, bool& zulu, std::int64_t& offset_ns) {
  zoned = zulu = false;
  offset_ns = 0;
  if (reader.is('Z')) {
    zoned = zulu = true;
    return true;
  }
  const char sign = reader.peek();
  if (sign != '+' && sign != '-') return true;
  reader.skip(1);
  int hours = 0, minutes = 0;
  if (!reader.digits(2, hours)) return false;
  reader.is(':');
  if (!reader.digits(2, minutes) || hours > 15 || minutes > 59) return false;
  offset_ns = (hours * 60LL + minutes) * 60 * second_ns * (sign == '-' ? -1 : 1);
  zoned = true;
  return true;
}

// Days from 1970-01-01 in the Gregorian calendar: years counted from March, so that the leap day comes last.
std::int64_t days_since_epoch(int year, int month, int day) {
  const int shifted = month <= 2 ? year - 1 : year;
  const int era = shifted / 400, year_of_era = shifted % 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097LL + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

}  // namespace

std::optional<std::int64_t> utc_of_seconds(std::int64_t seconds) {
  constexpr std::int64_t first = 1'000'000'000, end = 7'258'118'400;
  if (seconds < first || seconds >= end) return std::nullopt;
  return seconds * second_ns;
}

std::optional<std::int64_t> utc_ns(int year, int month, int day, int hour, int minute, int second, int nanosecond) {
  if (year < 1970 || year > 2199 || !real_day(year, month, day)) return std::nullopt;
  const std::int64_t seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return seconds * second_ns + nanosecond;
}

std::optional<Stamp> iso_stamp(std::string_view text) {
  Reader reader(text);
  int year = 0, month = 0, day = 0;
  Clock clock;
  if (!reader.digits(4, year)) return std::nullopt;
  const char dash = reader.peek();
  if (dash != '-' && dash != '/') return std::nullopt;
  if (!reader.is(dash) || !reader.digits(2, month) || !reader.is(dash) || !reader.digits(2, day)) return std::nullopt;
  if (!reader.is('T') && !reader.is(' ')) return std::nullopt;
  if (!read_clock(reader, clock)) return std::nullopt;
  bool zoned = false, zulu = false;
  std::int64_t offset_ns = 0;
  if (!read_zone(reader, zoned, zulu, offset_ns)) return std::nullopt;
  auto stamp = dated(reader, year, month, day, clock);
  if (!stamp) return std::nullopt;
  stamp->zulu = zulu;
  if (zoned) {
    *stamp->time.utc_ns -= offset_ns;
    stamp->time.from = facts::TimeFrom::stated;
    if (!zulu) stamp->time.zone_minutes = static_cast<int>(offset_ns / second_ns / 60);
  }
  return stamp;
}

std::optional<Stamp> weekday_stamp(std::string_view text) {
  Reader reader(text);
  const int weekday = read_weekday(reader);
  if (weekday == 0 || !reader.is(' ')) return std::nullopt;
  auto stamp = syslog_stamp(reader.rest());
  if (!stamp || asctime_stamp(text)) return std::nullopt;
  stamp->size += reader.at();
  stamp->time.weekday = weekday;
  return stamp;
}

std::optional<Stamp> syslog_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0;
  Clock clock;
  if (!read_month(reader, month) || !reader.is(' ') || !reader.day(day) || !reader.is(' ') ||
      !read_clock(reader, clock) || !real_day(2000, month, day))
    return std::nullopt;
  return yearless(reader, month, day, clock);
}

std::optional<Stamp> foreign_syslog_stamp(std::string_view text) {
  std::size_t letters = 0;
  while (letters < text.size() && letters <= 8) {
    const char c = text[letters];
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 || c == '.';
    if (!letter) break;
    ++letters;
  }
  if (letters < 3 || letters > 8) return std::nullopt;
  Reader reader(text);
  reader.skip(letters);
  int day = 0;
  Clock clock;
  if (!reader.is(' ') || !reader.day(day) || !reader.is(' ') || !read_clock(reader, clock) || day < 1 || day > 31)
    return std::nullopt;
  return yearless(reader, 0, day, clock);
}

std::optional<Stamp> asctime_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0, year = 0;
  Clock clock;
  if (read_weekday(reader) == 0 || !reader.is(' ') || !read_month(reader, month) || !reader.is(' ') || !reader.day(day) ||
      !reader.is(' ') || !read_clock(reader, clock) || !reader.is(' ') || !reader.digits(4, year))
    return std::nullopt;
  return dated(reader, year, month, day, clock);
}

std::optional<Stamp> numbered_month_stamp(std::string_view text) {
  const auto blank = text.substr(0, 16).find(' ');
  if (blank == std::string_view::npos || blank == 0 || static_cast<unsigned char>(text[0]) < 0x80) return std::nullopt;
  Reader reader(text);
  reader.skip(blank);
  while (reader.is(' ')) {
  }
  int month = 0, day = 0, year = 0;
  Clock clock;
  if (!reader.digits(2, month) && !reader.digits(1, month)) return std::nullopt;
  constexpr std::string_view chinese = "月", korean = "월";
  if (!reader.rest().starts_with(chinese) && !reader.rest().starts_with(korean)) return std::nullopt;
  reader.skip(chinese.size());
  if (!reader.is(' ') || !reader.day(day) || !reader.is(' ') || !read_clock(reader, clock) || !reader.is(' ') || !reader.digits(4, year))
    return std::nullopt;
  return dated(reader, year, month, day, clock);
}

std::optional<Stamp> date_command_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0, year = 0;
  Clock clock;
  if (read_weekday(reader) == 0 || !reader.is(' ')) return std::nullopt;
  const bool day_first = is_digit(reader.peek()) || reader.peek() == ' ';
  if (day_first) {
    if (!reader.day(day) || !reader.is(' ') || !read_month(reader, month) || !reader.is(' ') || !reader.digits(4, year)) return std::nullopt;
  } else if (!read_month(reader, month) || !reader.is(' ') || !reader.day(day)) {
    return std::nullopt;
  }
  if (!reader.is(' ') || !read_clock(reader, clock) || !reader.is(' ')) return std::nullopt;
  const auto half = reader.rest().substr(0, 3);
  if (half == "AM " || half == "PM ") {
    if (clock.hour == 0 || clock.hour > 12) return std::nullopt;
    clock.hour = clock.hour % 12 + (half == "PM " ? 12 : 0);
    reader.skip(3);
  }
  const auto word = reader.rest().substr(0, reader.rest().substr(0, 8).find_first_of(" \r\n]"));
  const bool zone_like = word.size() >= 2 && word.size() <= 6 && (is_upper(word[0]) || word[0] == '+' || word[0] == '-');
  if (!zone_like) return std::nullopt;
  reader.skip(word.size());
  if (!day_first && (!reader.is(' ') || !reader.digits(4, year))) return std::nullopt;
  auto stamp = dated(reader, year, month, day, clock);
  if (!stamp) return std::nullopt;
  stamp->time.host_zone = true;
  if (const auto minutes = zone_minutes(word)) {
    *stamp->time.utc_ns -= *minutes * 60 * second_ns;
    stamp->time.from = facts::TimeFrom::stated;
    stamp->time.zone_minutes = minutes;
  }
  return stamp;
}

std::optional<int> zone_minutes(std::string_view name) {
  struct Zone {
    std::string_view name;
    int minutes;
  };
  static constexpr std::array<Zone, 20> zones = {{{"UTC", 0}, {"GMT", 0}, {"WET", 0}, {"WEST", 60}, {"CET", 60}, {"CEST", 120}, {"EET", 120},
                                                  {"EEST", 180}, {"MSK", 180}, {"HKT", 480}, {"AWST", 480}, {"JST", 540}, {"KST", 540},
                                                  {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"EST", -300}, {"EDT", -240}, {"PST", -480},
                                                  {"PDT", -420}}};
  for (const auto& zone : zones)
    if (name == zone.name) return zone.minutes;
  if (name.size() < 3 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  Reader reader(name.substr(1));
  int hours = 0, minutes = 0;
  if (!reader.digits(2, hours)) return std::nullopt;
  reader.is(':');
  if (!reader.rest().empty() && !reader.digits(2, minutes)) return std::nullopt;
  if (!reader.rest().empty() || hours > 14 || minutes > 59) return std::nullopt;
  return (name[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

std::optional<Stamp> any_stamp(std::string_view text) {
  if (text.size() < 14) return std::nullopt;
  if (is_digit(text[0])) {
    if (auto stamp = iso_stamp(text)) return stamp;
    return epoch_stamp(text);
  }
  if (auto stamp = asctime_stamp(text)) return stamp;
  if (auto stamp = date_command_stamp(text)) return stamp;
  if (auto stamp = month_day_year_stamp(text)) return stamp;
  if (auto stamp = weekday_stamp(text)) return stamp;
  if (auto stamp = syslog_stamp(text)) return stamp;
  return numbered_month_stamp(text);
}

std::optional<Stamp> month_day_year_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0, year = 0;
  Clock clock;
  if (!read_month(reader, month) || !reader.is(' ') || !reader.day(day) || !reader.is(' ') || !reader.digits(4, year) ||
      !reader.is(' ') || !read_clock(reader, clock))
    return std::nullopt;
  return dated(reader, year, month, day, clock);
}

std::optional<Stamp> tensorrt_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0, year = 0;
  Clock clock;
  if (!reader.digits(2, month) || !reader.is('/') || !reader.digits(2, day) || !reader.is('/') || !reader.digits(4, year) ||
      !reader.is('-') || !read_clock(reader, clock) || clock.fraction_digits != 0)
    return std::nullopt;
  return dated(reader, year, month, day, clock);
}

std::optional<Stamp> glog_stamp(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < 5 && is_digit(text[digits])) ++digits;
  if (digits != 3 && digits != 4) return std::nullopt;
  Reader reader(text);
  int month = 0, day = 0;
  Clock clock;
  if (!reader.digits(static_cast<int>(digits) - 2, month) || !reader.digits(2, day) || !reader.is(' ') ||
      !read_clock(reader, clock) || !real_day(2000, month, day))
    return std::nullopt;
  return yearless(reader, month, day, clock);
}

std::optional<Stamp> month_day_stamp(std::string_view text) {
  Reader reader(text);
  int month = 0, day = 0;
  Clock clock;
  if (!reader.digits(2, month) || !reader.is('-') || !reader.digits(2, day) || !reader.is(' ') ||
      !read_clock(reader, clock) || !real_day(2000, month, day))
    return std::nullopt;
  return yearless(reader, month, day, clock);
}

std::optional<Stamp> boot_stamp(std::string_view text) {
  Reader reader(text);
  for (int i = 0; i < 4 && reader.is(' '); ++i) {
  }
  std::int64_t seconds = 0;
  int digits = 0;
  while (is_digit(reader.peek()) && digits < 9) {
    seconds = seconds * 10 + (reader.peek() - '0');
    reader.skip(1);
    ++digits;
  }
  int nanosecond = 0, fraction_digits = 0;
  if (digits == 0 || reader.peek() != '.' || !reader.fraction(nanosecond, fraction_digits)) return std::nullopt;
  if (fraction_digits < 2 || fraction_digits > 6) return std::nullopt;
  Stamp stamp;
  stamp.time.from = facts::TimeFrom::since_boot;
  stamp.time.since_boot_ns = seconds * second_ns + nanosecond;
  stamp.time.precision_ms = precision_ms(fraction_digits);
  stamp.size = reader.at();
  stamp.fraction_digits = fraction_digits;
  return stamp;
}

std::optional<Stamp> epoch_stamp(std::string_view text) {
  Reader reader(text);
  int high = 0, low = 0, nanosecond = 0, fraction_digits = 0;
  if (!reader.digits(5, high) || !reader.digits(5, low) || reader.peek() != '.' ||
      !reader.fraction(nanosecond, fraction_digits) || fraction_digits < 3)
    return std::nullopt;
  const auto utc = utc_of_seconds(high * 100000LL + low);
  if (!utc) return std::nullopt;
  Stamp stamp;
  stamp.time.from = facts::TimeFrom::stated;
  stamp.time.utc_ns = *utc + nanosecond;
  stamp.time.precision_ms = precision_ms(fraction_digits);
  stamp.size = reader.at();
  stamp.fraction_digits = fraction_digits;
  return stamp;
}

}  // namespace gpm::text
