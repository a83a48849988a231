// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "parsers/text/ascii.h"
#include "parsers/text/utf8.h"

namespace gpm::text {
namespace {

bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

bool all_hex(std::string_view text) {
  for (char c : text)
    if (!is_hex(c)) return false;
  return !text.empty();
}

// "7" -> "0007" (width 4); empty if it does not fit or is not hexadecimal.
std::string padded_hex(std::string_view digits, std::size_t width) {
  while (digits.size() > width && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() > width || !all_hex(digits)) return {};
  return std::string(width - digits.size(), '0') + lower(digits);
}

// Whether there is nothing to see.
bool is_invisible(std::string_view name) {
  for (; !name.empty();) {
    const auto point = first_code_point(name);
    const auto c = point.value;
    const bool blank = c <= ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000;
    if (!blank && !is_control(c) && !is_hidden(c)) return false;
    name.remove_prefix(point.bytes);
  }
  return true;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool starts_with_digit(std::string_view text) { return !text.empty() && is_digit(text.front()); }

std::size_t indent_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? text.size() : first;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  std::size_t begin = 0;
  while (begin < text.size()) {
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (end > begin) found.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return found;
}

// Most of the time of a line goes into questions of this kind: 16 places at once, by the first and the last byte of `part`.
std::size_t find(std::string_view text, std::string_view part) {
  std::size_t at = 0;
#ifdef __SSE2__
  if (part.size() > 1 && part.size() <= text.size()) {
    const auto first = _mm_set1_epi8(part.front()), last = _mm_set1_epi8(part.back());
    const auto bytes = [&](std::size_t offset) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + offset)); };
    constexpr std::size_t at_once = sizeof(__m128i);
    const auto places = text.size() - part.size() + 1;
    while (places >= at_once) {
      const auto both = _mm_and_si128(_mm_cmpeq_epi8(bytes(at), first), _mm_cmpeq_epi8(bytes(at + part.size() - 1), last));
      for (auto found = static_cast<unsigned>(_mm_movemask_epi8(both)); found != 0; found &= found - 1) {
        const auto place = at + static_cast<std::size_t>(__builtin_ctz(found));
        if (std::memcmp(text.data() + place + 1, part.data() + 1, part.size() - 2) == 0) return place;
      }
      if (at + at_once == places) return std::string_view::npos;
      at = std::min(at + at_once, places - at_once);  // the last 16 may have been looked at in part
    }
  }
#endif
  return text.find(part, at);
}

bool contains(std::string_view text, std::string_view part) { return find(text, part) != std::string_view::npos; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower_char(c);
  return result;
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> leading_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::string> pci_address(std::string_view text) {
  text = trim(text);
  if (text.starts_with("PCI:")) text.remove_prefix(4);
  auto parts = split(text, ':');
  if (parts.size() == 2) parts.insert(parts.begin(), "0000");
  if (parts.size() != 3) return std::nullopt;
  std::string_view device = parts[2], function = "0";
  if (const auto dot = device.find('.'); dot != std::string_view::npos) {
    function = device.substr(dot + 1);
    device = device.substr(0, dot);
  }
  if (parts[1].size() != 2 || device.size() != 2 || function.size() != 1 || parts[0].size() < 4) return std::nullopt;
  const auto domain = padded_hex(parts[0], 4), bus = padded_hex(parts[1], 2), slot = padded_hex(device, 2);
  if (domain.empty() || bus.empty() || slot.empty() || function[0] < '0' || function[0] > '7') return std::nullopt;
  return domain + ":" + bus + ":" + slot + "." + std::string(function);
}

std::optional<std::string> nccl_bus_id(std::string_view hex) {
  // NCCL packs domain:bus:device.function as hex digits without separators and leading zeros: 5d000 = 0000:5d:00.0.
  if (hex.empty() || hex.size() > 12 || !all_hex(hex)) return std::nullopt;
  std::string digits = hex.size() < 9 ? std::string(9 - hex.size(), '0') + lower(hex) : lower(hex);
  const std::size_t n = digits.size();
  return pci_address(digits.substr(0, n - 5) + ":" + digits.substr(n - 5, 2) + ":" + digits.substr(n - 3, 2) + "." +
                     digits.substr(n - 1));
}

std::string short_host(std::string_view name) {
  name = trim(name);
  if (is_invisible(name)) return {};
  bool address = !name.empty();
  for (char c : name) address &= is_hex(c) || c == '.' || c == ':';
  if (address && (name.find(':') != std::string_view::npos || name.find_first_not_of("0123456789.") == std::string_view::npos))
    return std::string(name);
  return std::string(name.substr(0, name.find('.')));
}

}  // namespace gpm::text
