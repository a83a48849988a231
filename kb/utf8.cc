// SPDX-License-Identifier: Apache-2.0
#include "kb/utf8.h"

namespace gpm::kb {

std::optional<char32_t> next_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) {
    return lead;
  }
  const std::size_t tail = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < tail) {
    return std::nullopt;
  }
  char32_t point = lead & (0x3f >> tail);
  for (std::size_t i = 0; i < tail; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) {
      return std::nullopt;
    }
    point = (point << 6) | (byte & 0x3f);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (point < least[tail] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
    return std::nullopt;
  }
  text.remove_prefix(tail);
  return point;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!next_code_point(text)) {
      return false;
    }
  }
  return true;
}

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) {
    count += (static_cast<unsigned char>(byte) & 0xc0) != 0x80 ? 1 : 0;
  }
  return count;
}

bool has_han(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = next_code_point(text).value_or(0);
    if ((point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf)) {
      return true;
    }
  }
  return false;
}

}  // namespace gpm::kb
