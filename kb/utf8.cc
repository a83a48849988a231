// SPDX-License-Identifier: Apache-2.0
#include "kb/utf8.h"

#include "parsers/text/utf8.h"

namespace gpm::kb {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    if (!point.valid) {
      return false;
    }
    text.remove_prefix(point.bytes);
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
    const auto point = text::first_code_point(text);
    if ((point.value >= 0x4e00 && point.value <= 0x9fff) || (point.value >= 0x3400 && point.value <= 0x4dbf)) {
      return true;
    }
    text.remove_prefix(point.bytes);
  }
  return false;
}

}  // namespace gpm::kb
