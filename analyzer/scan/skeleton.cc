// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/skeleton.h"

#include <algorithm>
#include <cstring>

#include "parsers/text/ascii.h"

namespace gpm::scan {
namespace {

enum Class : unsigned char { other = 0, letter = 1, digit = 2 };

constexpr auto classes = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c)
    table[c] = text::is_digit(static_cast<char>(c)) ? digit : text::is_letter(static_cast<char>(c)) ? letter : other;
  return table;
}();

Class class_of(char c) { return static_cast<Class>(classes[static_cast<unsigned char>(c)]); }

std::uint64_t hash_of(std::uint64_t hash, const char* at, std::size_t size) {
  std::uint64_t bytes = 0;
  for (; size >= sizeof bytes; at += sizeof bytes, size -= sizeof bytes) {
    std::memcpy(&bytes, at, sizeof bytes);
    hash = joined(hash, bytes);
  }
  bytes = 0;
  for (std::size_t i = 0; i < size; ++i) bytes = bytes << 8 | static_cast<unsigned char>(at[i]);
  return joined(hash, bytes << 8 | size);
}

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), text::is_digit); }

}  // namespace

bool Skeleton::read(std::string_view raw) {
  count = 0;
  letters = 0;
  std::size_t after = 0;  // the last value
  for (std::size_t i = 0; i < raw.size();) {
    if (class_of(raw[i]) == other) {
      ++i;
      continue;
    }
    const auto begin = i;
    unsigned seen = 0;
    for (; i < raw.size() && class_of(raw[i]) != other; ++i) seen |= class_of(raw[i]);
    if ((seen & digit) == 0) continue;
    if (count == max_values) return false;
    letters = hash_of(letters, raw.data() + after, begin - after);
    values[count++] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(i), hash_of(1, raw.data() + begin, i - begin) | 1};
    after = i;
  }
  letters = hash_of(letters, raw.data() + after, raw.size() - after);
  return true;
}

bool Skeleton::is_clock(std::string_view raw, const Value& value) {
  static constexpr std::string_view characters = "0123456789:.,TZ+-";
  const auto before = raw.find_last_not_of(characters, value.begin);
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  auto stamp = raw.substr(begin, raw.find_first_not_of(characters, begin) - begin);
  while (stamp.ends_with(':') || stamp.ends_with(',')) stamp.remove_suffix(1);
  if (const auto dot = stamp.find('.'); dot != std::string_view::npos && stamp.size() - dot > 3)
    if (all_digits(stamp.substr(0, dot)) && all_digits(stamp.substr(dot + 1))) return true;
  for (auto at = stamp.find(':'); at != std::string_view::npos; at = stamp.find(':', at + 1))
    if (at >= 2 && all_digits(stamp.substr(at - 2, 2)) && stamp.size() >= at + 6 && stamp[at + 3] == ':' && all_digits(stamp.substr(at + 1, 2)) &&
        all_digits(stamp.substr(at + 4, 2)))
      return true;
  return false;
}

}  // namespace gpm::scan
