// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/head.h"

#include <algorithm>
#include <array>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/timestamp.h"
#include "parsers/text/wrapper.h"

namespace gpm::scan {
namespace {

constexpr std::size_t stamp_within_bytes = 64;

// The value of a heading that says when the document was written.
std::string_view heading_value(std::string_view message) {
  static constexpr std::array<std::string_view, 6> names = {"creation time", "date", "timestamp", "time", "start time", "collected"};
  const auto colon = message.substr(0, 56).find(':');
  if (colon == std::string_view::npos) return {};
  const auto name = text::lower(text::trim(message.substr(0, colon)));
  if (std::find(names.begin(), names.end(), name) == names.end()) return {};
  return text::trim(message.substr(colon + 1));
}

facts::Time stamp_of(std::string_view message) {
  const auto value = heading_value(message);
  const auto stamp = text::any_stamp(value.empty() ? text::trim(message.substr(0, 128)) : value.substr(0, 128));
  if (!stamp) return {};
  auto time = stamp->time;
  // Tools that print a date in this form ask the host's clock; 2024-11-20 00:02:45 may be a program's in a container.
  time.host_zone |= time.from == facts::TimeFrom::assumed_utc && !text::starts_with_digit(value.empty() ? message : value);
  return time;
}

}  // namespace

// Text has few control characters. A log that a crash left with a run of NUL bytes is text all the same.
bool looks_binary(std::string_view head) {
  std::size_t control = 0;
  for (char c : head) {
    const auto u = static_cast<unsigned char>(c);
    control += u < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b' && c != '\b' && c != '\f';
  }
  return control * 10 > head.size() * 3 || head.starts_with("\x7f" "ELF") || head.starts_with("\x89PNG");
}

bool looks_like_kernel_log(std::string_view head) {
  int lines = 0, stamped = 0;
  std::string scratch;
  std::string_view former;
  for (auto raw : text::split(head, '\n')) {
    if (raw.empty()) continue;
    if (raw.starts_with(' ') && !text::contains(raw, "\"msg\":")) continue;  // /dev/kmsg's fields; dmesg -J's other keys
    ++lines;
    const auto before = head.substr(0, static_cast<std::size_t>(raw.data() - head.data()));
    const auto line = text::unwrap(1, raw, scratch, {before.substr(before.size() - std::min<std::size_t>(before.size(), 256)), {}});
    stamped += line.time.since_boot_ns.has_value();
  }
  return lines >= 3 && stamped * 2 > lines;
}

bool see_stamps(std::string_view head, store::DocumentFacts& facts) {
  std::string scratch;
  std::uint64_t number = 0;
  bool yearless = false, dated = false;
  for (auto raw : text::split(head, '\n')) {
    auto time = text::unwrap(++number, raw, scratch).time;
    if (!time.utc_ns && !time.in_year_ns) {
      const auto line = text::unwrap(number, raw, scratch);
      time = stamp_of(line.message);
    }
    if (time.from == facts::TimeFrom::none) continue;
    facts.saw_stamp(time, number);
    yearless |= time.in_year_ns.has_value();
    dated |= time.utc_ns.has_value();
  }
  return yearless && !dated;
}

std::optional<facts::Time> find_dated_line(std::string_view block) {
  for (auto at = block.find("20"); at != std::string_view::npos; at = block.find("20", at + 2)) {
    if (at + 19 > block.size() || !text::is_digit(block[at + 2]) || (block[at + 4] != '-' && block[at + 4] != '/')) continue;
    if (at > 0 && (text::is_digit(block[at - 1]) || text::is_letter(block[at - 1]))) continue;
    const auto from = at > stamp_within_bytes ? at - stamp_within_bytes : 0;
    if (from > 0 && block.substr(from, at - from).find('\n') == std::string_view::npos) continue;
    if (const auto stamp = text::iso_stamp(block.substr(at, 40))) return stamp->time;
  }
  return std::nullopt;
}

}  // namespace gpm::scan
