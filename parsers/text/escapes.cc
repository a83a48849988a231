// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/escapes.h"

#include <algorithm>
#include <cstdint>

#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

constexpr char escape = '\x1b';
constexpr std::size_t operating_system_command_bytes = 4096;  // a title or a link

// Bytes that the escape sequence at the start of `text` takes (text[0] is ESC); an unfinished one takes all that fits
// it.
std::size_t sequence_size(std::string_view text) {
  if (text.size() < 2) return text.size();
  std::size_t end = 2;
  if (text[1] == '[') {
    while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x3f) ++end;
    if (end < text.size() && text[end] >= 0x40 && text[end] <= 0x7e) ++end;
    return end;
  }
  if (text[1] == ']') {
    // An unterminated OSC must not swallow the rest of the line, nor be looked for all along it.
    text = text.substr(0, operating_system_command_bytes);
    const auto bell = text.find('\a'), string_end = text.find("\x1b\\", 2);
    if (bell < string_end) return bell + 1;
    return string_end == std::string_view::npos ? 2 : string_end + 2;
  }
  if (text[1] == '(' || text[1] == ')') return std::min<std::size_t>(3, text.size());
  return 2;
}

std::optional<std::uint32_t> four_hex(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  const auto value = hexadecimal(text.substr(0, 4));
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// \uXXXX at text[0] = 'u', with its second half where it is a surrogate pair; gives the bytes read, 0 if it is broken.
std::size_t unescape_unicode(std::string_view text, std::string& to) {
  const auto first = four_hex(text.substr(1));
  if (!first) return 0;
  if (*first >= 0xD800 && *first < 0xDC00 && text.size() >= 11 && text[5] == '\\' && text[6] == 'u') {
    const auto second = four_hex(text.substr(7));
    if (second && *second >= 0xDC00 && *second < 0xE000) {
      append_utf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), to);
      return 11;
    }
  }
  append_utf8(*first >= 0xD800 && *first < 0xE000 ? 0xFFFD : *first, to);
  return 5;
}

// A JSON string at the start of `text` (text[0] is the opening quote); gives the bytes read, 0 if it does not end.
std::size_t json_string(std::string_view text, std::string& to) {
  if (text.empty() || text[0] != '"') return 0;
  std::size_t at = 1;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') return at + 1;
    if (c != '\\') {
      to += c;
      ++at;
      continue;
    }
    if (at + 1 >= text.size()) return 0;
    const char kind = text[at + 1];
    if (kind == 'u') {
      const auto size = unescape_unicode(text.substr(at + 1), to);
      if (size == 0) return 0;
      at += 1 + size;
      continue;
    }
    static constexpr std::string_view names = "nrtbf\"\\/", values = "\n\r\t\b\f\"\\/";
    const auto index = names.find(kind);
    if (index == std::string_view::npos) return 0;
    to += values[index];
    at += 2;
  }
  return 0;
}

}  // namespace

bool has_ansi(std::string_view text) { return text.find(escape) != std::string_view::npos; }

std::string without_ansi(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto at = text.find(escape);
    plain.append(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    text.remove_prefix(sequence_size(text));
  }
  return plain;
}

std::optional<DockerLine> docker_line(std::string_view text) {
  static constexpr std::string_view opening = "{\"log\":";
  if (!text.starts_with(opening)) return std::nullopt;
  DockerLine line;
  const auto size = json_string(text.substr(opening.size()), line.log);
  if (size == 0) return std::nullopt;
  while (line.log.ends_with('\n') || line.log.ends_with('\r')) line.log.pop_back();
  const auto tail = text.substr(opening.size() + size);
  if (!tail.starts_with(",\"stream\":") && !tail.starts_with(",\"attrs\":") && !tail.starts_with(",\"time\":") &&
      tail != "}")
    return std::nullopt;
  static constexpr std::string_view key = "\"time\":\"";
  if (const auto at = tail.rfind(key); at != std::string_view::npos) {
    if (const auto stamp = iso_stamp(tail.substr(at + key.size()))) line.time = stamp->time;
  }
  return line;
}

}  // namespace gpm::text
