// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/columns.h"

#include <algorithm>
#include <array>

#include "parsers/text/utf8.h"

namespace gpm::report {
namespace {

struct Range {
  char32_t first, last;
};

// Unicode East_Asian_Width W and F, in whole blocks where a block is wide but for unassigned code points.
constexpr std::array wide_ranges = {
    Range{0x1100, 0x115F}, Range{0x231A, 0x231B}, Range{0x2329, 0x232A}, Range{0x23E9, 0x23EC},
    Range{0x23F0, 0x23F0}, Range{0x23F3, 0x23F3}, Range{0x25FD, 0x25FE}, Range{0x2614, 0x2615},
    Range{0x2648, 0x2653}, Range{0x267F, 0x267F}, Range{0x2693, 0x2693}, Range{0x26A1, 0x26A1},
    Range{0x26AA, 0x26AB}, Range{0x26BD, 0x26BE}, Range{0x26C4, 0x26C5}, Range{0x26CE, 0x26CE},
    Range{0x26D4, 0x26D4}, Range{0x26EA, 0x26EA}, Range{0x26F2, 0x26F3}, Range{0x26F5, 0x26F5},
    Range{0x26FA, 0x26FA}, Range{0x26FD, 0x26FD}, Range{0x2705, 0x2705}, Range{0x270A, 0x270B},
    Range{0x2728, 0x2728}, Range{0x274C, 0x274C}, Range{0x274E, 0x274E}, Range{0x2753, 0x2755},
    Range{0x2757, 0x2757}, Range{0x2795, 0x2797}, Range{0x27B0, 0x27B0}, Range{0x27BF, 0x27BF},
    Range{0x2B1B, 0x2B1C}, Range{0x2B50, 0x2B50}, Range{0x2B55, 0x2B55}, Range{0x2E80, 0x303E},
    Range{0x3041, 0x33FF}, Range{0x3400, 0x4DBF}, Range{0x4E00, 0x9FFF}, Range{0xA000, 0xA4CF},
    Range{0xA960, 0xA97F}, Range{0xAC00, 0xD7A3}, Range{0xF900, 0xFAFF}, Range{0xFE10, 0xFE19},
    Range{0xFE30, 0xFE6F}, Range{0xFF01, 0xFF60}, Range{0xFFE0, 0xFFE6}, Range{0x16FE0, 0x18DFF},
    Range{0x1AFF0, 0x1B2FF}, Range{0x1F004, 0x1F004}, Range{0x1F0CF, 0x1F0CF}, Range{0x1F18E, 0x1F18E},
    Range{0x1F191, 0x1F19A}, Range{0x1F200, 0x1F265}, Range{0x1F300, 0x1F320}, Range{0x1F32D, 0x1F335},
    Range{0x1F337, 0x1F37C}, Range{0x1F37E, 0x1F393}, Range{0x1F3A0, 0x1F3CA}, Range{0x1F3CF, 0x1F3D3},
    Range{0x1F3E0, 0x1F3F0}, Range{0x1F3F4, 0x1F3F4}, Range{0x1F3F8, 0x1F43E}, Range{0x1F440, 0x1F440},
    Range{0x1F442, 0x1F4FC}, Range{0x1F4FF, 0x1F53D}, Range{0x1F54B, 0x1F54E}, Range{0x1F550, 0x1F567},
    Range{0x1F57A, 0x1F57A}, Range{0x1F595, 0x1F596}, Range{0x1F5A4, 0x1F5A4}, Range{0x1F5FB, 0x1F64F},
    Range{0x1F680, 0x1F6C5}, Range{0x1F6CC, 0x1F6CC}, Range{0x1F6D0, 0x1F6D2}, Range{0x1F6D5, 0x1F6DF},
    Range{0x1F6EB, 0x1F6EC}, Range{0x1F6F4, 0x1F6FC}, Range{0x1F7E0, 0x1F7F0}, Range{0x1F90C, 0x1F93A},
    Range{0x1F93C, 0x1F945}, Range{0x1F947, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD},
};

// Combining marks of the scripts that logs hold now and then; a mark that is missing here only makes a line shorter.
constexpr std::array zero_ranges = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A}, Range{0x064B, 0x065F},
    Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
    Range{0x20D0, 0x20FF}, Range{0x302A, 0x302D}, Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t code) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), code, [](char32_t c, const Range& r) { return c < r.first; });
  return after != ranges.begin() && code <= std::prev(after)->last;
}

constexpr std::u32string_view closing = U"，。、；：？！）》」』】〕〉”’…％";
constexpr std::u32string_view opening = U"（《「『【〔〈“‘";

// A piece that stays on one line.
struct Piece {
  std::string text;
  std::size_t width = 0;
  bool blank_before = false;
};

bool is_one_of(std::u32string_view set, char32_t code) { return set.find(code) != std::u32string_view::npos; }

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  bool blank = false;
  char32_t before = 0;
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    const auto bytes = text.substr(0, point.bytes);
    text.remove_prefix(point.bytes);
    if (point.value == ' ') {
      blank = true;
      continue;
    }
    const bool between_wide = width_of(before) == 2 || width_of(point.value) == 2;
    const bool may_break = between_wide && !is_one_of(closing, point.value) && !is_one_of(opening, before);
    if (pieces.empty() || blank || may_break) pieces.push_back({"", 0, blank && !pieces.empty()});
    pieces.back().text += bytes;
    pieces.back().width += static_cast<std::size_t>(width_of(point.value));
    blank = false;
    before = point.value;
  }
  return pieces;
}

}  // namespace

int width_of(char32_t code) { return code < 0x300 ? 1 : within(wide_ranges, code) ? 2 : within(zero_ranges, code) ? 0 : 1; }

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    width += static_cast<std::size_t>(width_of(point.value));
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string without_folded_blanks(std::string_view text) {
  const auto is_punctuation = [](char32_t code) { return (code >= 0x3000 && code <= 0x303F) || (code >= 0xFF01 && code <= 0xFF60); };
  std::string out;
  char32_t before = 0;
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    const auto next = point.value == ' ' && text.size() > 1 ? text::first_code_point(text.substr(1)).value : char32_t{0};
    const bool folded = point.value == ' ' && (is_punctuation(before) || is_punctuation(next) || (width_of(before) == 2 && width_of(next) == 2));
    if (!folded) {
      out += text.substr(0, point.bytes);
      before = point.value;
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::vector<std::string> fold(std::string_view text, std::size_t columns, std::size_t max_lines) {
  columns = std::max<std::size_t>(columns, 2);
  std::vector<std::string> lines(1);
  std::size_t width = 0, after_blank = 0;  // the byte behind the line's last blank, if it stands far enough to the right
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    const auto bytes = text.substr(0, point.bytes);
    const auto more = static_cast<std::size_t>(width_of(point.value));
    if (width + more > columns) {
      if (lines.size() == max_lines) {
        lines.back() = cut(lines.back() + std::string(bytes), columns);
        return lines;
      }
      std::string rest;
      if (after_blank > 0 && point.value != ' ') {
        rest = lines.back().substr(after_blank);
        lines.back().resize(after_blank);
      }
      lines.push_back(std::move(rest));
      width = width_of(lines.back());
      after_blank = 0;
    }
    lines.back() += bytes;
    width += more;
    if (point.value == ' ' && width * 3 >= columns * 2) after_blank = lines.back().size();
    text.remove_prefix(point.bytes);
  }
  return lines;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 2);
  std::vector<std::string> lines(1);
  std::size_t width = 0;
  for (const auto& piece : pieces_of(text)) {
    const std::size_t blank = piece.blank_before && width > 0 ? 1 : 0;
    if (width + blank + piece.width <= columns) {
      lines.back() += (blank != 0 ? " " : "") + piece.text;
      width += blank + piece.width;
      continue;
    }
    if (width > 0) lines.emplace_back();
    auto parts = fold(piece.text, columns, piece.text.size() + 1);
    width = width_of(parts.back());
    lines.back() = std::move(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) lines.push_back(std::move(parts[i]));
  }
  return lines;
}

std::string cut(std::string_view text, std::size_t columns) {
  std::string out;
  std::size_t width = 0, kept = 0;  // `kept` bytes still leave room for the ellipsis
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    const auto more = static_cast<std::size_t>(width_of(point.value));
    if (width + more > columns) return out.substr(0, kept) + "…";
    out += text.substr(0, point.bytes);
    width += more;
    if (width + 1 <= columns) kept = out.size();
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string cut_bytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = 0;
  while (true) {
    const auto point = text::first_code_point(text.substr(end));
    if (end + point.bytes > limit) return std::string(text.substr(0, end)) + "…";
    end += point.bytes;
  }
}

std::string padded(std::string_view text, std::size_t columns) {
  const auto width = width_of(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

}  // namespace gpm::report
