// SPDX-License-Identifier: Apache-2.0
//
//   [155044.078590] msg                  dmesg, console; "[  130.456250] [ T1946] msg" with CONFIG_PRINTK_CALLER
//   [155044.078590] gpu07 kernel: msg    journalctl -o short-monotonic
//   [  +0.000011] msg, [<    0.000011>]  dmesg -H, dmesg -d: a delta, not a time
//   [Mon Nov 23 17:41:07 2026] msg       dmesg -T; "[一 11月 23 17:41:07 2026]" in a Chinese locale
//   [Nov23 17:41] msg                    dmesg -H, first line of a minute
//   kern  :warn  : [155044.078590] msg   dmesg -x
//   <4>[155044.078590] msg               dmesg -r, console
//   kern: warning: [2026-04-22T21:27:51.291213998Z]: msg       talosctl dmesg
//   4,368,1246730,c;msg                  /dev/kmsg; bytes that do not print are \xNN
#include <algorithm>
#include <array>

#include "parsers/text/fields.h"
#include "parsers/text/ascii.h"
#include "parsers/text/layer.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

// "[ T1946] " or "[    C3] " behind the stamp.
std::string_view without_caller(std::string_view text) {
  if (!text.starts_with('[')) return text;
  const auto close = text.find(']');
  if (close == std::string_view::npos || close > 12) return text;
  const auto caller = trim(text.substr(1, close - 1));
  if (caller.size() < 2 || (caller[0] != 'T' && caller[0] != 'C') || !integer(caller.substr(1))) return text;
  return after_blank(text.substr(close + 1));
}

std::optional<Layer> boot_bracket(std::string_view text) {
  const auto stamp = boot_stamp(text.substr(1));
  if (!stamp) return std::nullopt;
  auto rest = text.substr(1 + stamp->size);
  if (rest.starts_with(" <")) {  // journalctl -o short-delta
    const auto close = rest.find(">]");
    if (close == std::string_view::npos || close > 24) return std::nullopt;
    rest.remove_prefix(close + 1);
  }
  if (!rest.starts_with("] ") || rest.size() < 3) return std::nullopt;
  Layer layer;
  layer.rest = without_caller(rest.substr(2));
  layer.time = stamp->time;
  if (const auto tail = syslog_tail(layer.rest, false); tail && tail->rest.size() < layer.rest.size()) {
    layer.rest = tail->rest;
    layer.place = tail->place;
  }
  return layer;
}

// "[  +0.000011] " and "[<    0.000011>] ": without the lines before it, a delta says nothing about when.
std::optional<Layer> delta_bracket(std::string_view text) {
  const auto close = text.find("] ");
  if (close == std::string_view::npos || close > 24) return std::nullopt;
  auto inside = trim(text.substr(1, close - 1));
  if (inside.starts_with('+')) {
    inside.remove_prefix(1);
  } else if (inside.starts_with('<') && inside.ends_with('>')) {
    inside = trim(inside.substr(1, inside.size() - 2));
  } else {
    return std::nullopt;
  }
  const auto stamp = boot_stamp(inside);
  if (!stamp || stamp->size != inside.size()) return std::nullopt;
  return Layer{.rest = text.substr(close + 2)};
}

// "[Nov23 17:41] "
std::optional<Layer> minute_bracket(std::string_view text) {
  if (text.size() < 15 || text[12] != ']' || text[13] != ' ' || text[6] != ' ' || text[9] != ':') return std::nullopt;
  std::array<char, 16> spaced = {};  // "Nov 23 17:41:00", so that one reader checks month, day and clock
  const auto copy = [&](std::size_t from, std::size_t count, std::size_t to) {
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(from), count,
                spaced.begin() + static_cast<std::ptrdiff_t>(to));
  };
  copy(1, 3, 0);
  spaced[3] = ' ';
  copy(4, 2, 4);
  copy(6, 6, 6);
  spaced[12] = ':';
  spaced[13] = spaced[14] = '0';
  const auto stamp = syslog_stamp(std::string_view(spaced.data(), 15));
  if (!stamp) return std::nullopt;
  Layer layer{.rest = text.substr(14), .time = stamp->time};
  layer.time.precision_ms = 60'000;
  layer.time.host_zone = true;
  return layer;
}

std::optional<Layer> wall_clock_bracket(std::string_view text) {
  auto stamp = asctime_stamp(text.substr(1));
  if (!stamp) stamp = numbered_month_stamp(text.substr(1));
  if (!stamp) return std::nullopt;
  const auto rest = text.substr(1 + stamp->size);
  if (!rest.starts_with("] ") || rest.size() < 3) return std::nullopt;
  Layer layer{.rest = without_caller(rest.substr(2)), .time = stamp->time};
  layer.time.host_zone = true;
  return layer;
}

bool known(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "kern  :warn  : "; what follows must be one of dmesg's stamps.
std::optional<Layer> decoded_level(std::string_view text) {
  const auto first = text.find(':');
  if (first == std::string_view::npos || first > 8) return std::nullopt;
  const auto second = text.find(':', first + 1);
  if (second == std::string_view::npos || second - first > 9) return std::nullopt;
  const auto facility = trim(text.substr(0, first)), level = trim(text.substr(first + 1, second - first - 1));
  const auto priority = syslog_level(level);
  if (!priority) return std::nullopt;
  if (!known(facility,
             {"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"}) &&
      !facility.starts_with("local"))
    return std::nullopt;
  auto rest = text.substr(second + 1);
  if (!rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.starts_with('[') && !iso_stamp(rest)) return std::nullopt;
  return Layer{.rest = rest, .priority = priority};
}

// "<4>" before a stamp of the kernel or of syslog ("<4>1 2024-..." is RFC 5424 and log_layer's).
std::optional<Layer> priority(std::string_view text) {
  const auto close = text.find('>');
  if (close == std::string_view::npos || close < 2 || close > 4) return std::nullopt;
  const auto number = integer(text.substr(1, close - 1));
  if (!number || *number < 0) return std::nullopt;
  const auto rest = text.substr(close + 1);
  if (rest.starts_with('[') || syslog_stamp(rest) || iso_stamp(rest))
    return Layer{.rest = rest, .priority = static_cast<int>(*number % 8)};
  return std::nullopt;
}

// "<pri>,<seq>,<usec>,<flags>[,caller=T1];msg"
std::optional<Layer> kmsg_record(std::string_view text) {
  const auto semicolon = text.substr(0, 96).find(';');
  if (semicolon == std::string_view::npos || semicolon + 1 >= text.size()) return std::nullopt;
  const auto fields = split(text.substr(0, semicolon), ',');
  if (fields.size() < 4) return std::nullopt;
  const auto usec = integer(fields[2]), priority = integer(fields[0]);
  if (!priority || *priority < 0 || !integer(fields[1]) || !usec || *usec < 0 || *usec > 1'000'000'000'000'000)
    return std::nullopt;
  if (fields[3] != "-" && fields[3] != "c" && fields[3] != "+") return std::nullopt;
  Layer layer{.rest = text.substr(semicolon + 1)};
  layer.time.from = facts::TimeFrom::since_boot;
  layer.time.since_boot_ns = *usec * 1000;
  layer.priority = static_cast<int>(*priority % 8);
  layer.escaped = contains(layer.rest, "\\x");
  return layer;
}

}  // namespace

std::optional<int> syslog_level(std::string_view word) {
  struct Level {
    std::string_view name;
    int number;
  };
  static constexpr std::array<Level, 12> levels = {{{"emerg", 0}, {"panic", 0}, {"alert", 1}, {"crit", 2}, {"err", 3}, {"error", 3},
                                                    {"warn", 4}, {"warning", 4}, {"notice", 5}, {"info", 6}, {"debug", 7}, {"critical", 2}}};
  for (const auto& level : levels)
    if (word == level.name) return level.number;
  return std::nullopt;
}

std::optional<Layer> kernel_layer(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  if (text[0] == '[') {
    if (auto layer = boot_bracket(text)) return layer;
    if (auto layer = wall_clock_bracket(text)) return layer;
    if (auto layer = delta_bracket(text)) return layer;
    return minute_bracket(text);
  }
  if (text[0] == '<') return priority(text);
  if (is_digit(text[0])) return kmsg_record(text);
  if (text[0] >= 'a' && text[0] <= 'z') return decoded_level(text);
  return std::nullopt;
}

}  // namespace gpm::text
