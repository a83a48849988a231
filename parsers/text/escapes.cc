// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/escapes.h"

#include <algorithm>

#include "parsers/text/ascii.h"
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

std::string without_kmsg_escapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x') {
      if (const auto byte = hexadecimal(text.substr(i + 2, 2)); byte && is_hex(text[i + 2])) {
        plain += static_cast<char>(*byte);
        i += 3;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace gpm::text
