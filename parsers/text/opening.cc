// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/opening.h"

#include <algorithm>
#include <array>
#include <optional>

#include "parsers/text/ascii.h"

namespace gpm::text {
namespace {

using Bytes = Opening::Bytes;
constexpr std::size_t longest = Opening::longest;
constexpr int deepest = 16;

// What matches of a part of the pattern begin with. `whole`: none is longer, so that what follows the part comes next.
struct Begin {
  std::array<Bytes, longest> bytes;
  std::size_t size = 0;
  bool whole = true;
};

constexpr auto anything = [] { return Begin{{}, 0, false}; };

// `first`, then `next`.
Begin joined(const Begin& first, const Begin& next) {
  if (!first.whole) return first;
  auto both = first;
  for (std::size_t i = 0; i < next.size && both.size < longest; ++i) both.bytes[both.size++] = next.bytes[i];
  both.whole = next.whole && first.size + next.size <= longest;
  return both;
}

Begin either(const Begin& a, const Begin& b) {
  Begin one;
  one.size = std::min(a.size, b.size);
  for (std::size_t i = 0; i < one.size; ++i) one.bytes[i] = a.bytes[i] | b.bytes[i];
  one.whole = a.whole && b.whole && a.size == b.size;
  return one;
}

void add_range(Bytes& bytes, unsigned char from, unsigned char to) {
  for (unsigned c = from; c <= to; ++c) bytes.set(c);
}

// \d, \w and \s, which are ASCII in RE2, and their opposites.
bool add_named(Bytes& bytes, char name) {
  Bytes named;
  switch (name | 0x20) {
    case 'd': add_range(named, '0', '9'); break;
    case 's': for (const char c : {' ', '\t', '\n', '\f', '\r'}) named.set(static_cast<unsigned char>(c)); break;
    case 'w':
      add_range(named, '0', '9');
      add_range(named, 'a', 'z');
      add_range(named, 'A', 'Z');
      named.set('_');
      break;
    default: return false;
  }
  bytes |= is_upper(name) ? ~named : named;
  return true;
}

// A character beyond ASCII is several bytes long; where one may stand, what follows it has no known place.
Begin one_of(const Bytes& bytes) {
  Begin begin;
  begin.bytes[0] = bytes;
  begin.size = 1;
  begin.whole = (bytes >> 128).none();
  if (!begin.whole) add_range(begin.bytes[0], 0x80, 0xff);
  return begin;
}

// A recursive descent over RE2's syntax; see Required::Reader, which looks for other things.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : rest_(pattern) {}

  Begin read() {
    auto begin = alternatives(0);
    return sure_ && rest_.empty() ? begin : anything();
  }

 private:
  struct Part {
    Begin begin;
    unsigned least = 1;
    bool more = false;  // than `least` times, perhaps
  };

  Begin alternatives(int depth) {
    auto begin = alternative(depth);
    while (sure_ && rest_.starts_with('|')) {
      rest_.remove_prefix(1);
      begin = either(begin, alternative(depth));
    }
    return begin;
  }

  // Each of the outermost ones must be bound to the start.
  Begin alternative(int depth) {
    if (depth == 0 && !rest_.starts_with('^')) sure_ = false;
    std::vector<Part> parts;
    parts.reserve(2 * longest);
    std::size_t known = 0;  // bytes that each match has here at least
    while (sure_ && !rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      const auto& part = parts.emplace_back(quantified(rest_[0] == '(' ? group(depth) : atom()));
      known += part.least * part.begin.size;
      const bool decided = known >= longest || (part.least > 0 && !part.begin.whole);
      if (decided && depth == 0 && rest_.find('|') == std::string_view::npos) rest_ = {};  // nothing else has a say
    }
    Begin begin = depth == 0 ? anything() : Begin{};
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      const auto after = begin;
      for (std::size_t i = 0; part->more && i < longest; ++i) begin = either(after, joined(part->begin, begin));
      for (unsigned i = 0; i < part->least && i < longest; ++i) begin = joined(part->begin, begin);
    }
    return begin;
  }

  Begin group(int depth) {
    rest_.remove_prefix(1);
    if (depth == deepest) sure_ = false;
    if (rest_.starts_with("?:")) {
      rest_.remove_prefix(2);
    } else if (rest_.starts_with('?')) {
      const auto end = rest_.starts_with("?P<") ? rest_.find('>') : std::string_view::npos;
      if (end == std::string_view::npos) sure_ = false;  // flags
      else rest_.remove_prefix(end + 1);
    }
    if (!sure_) return anything();
    auto begin = alternatives(depth + 1);
    if (!rest_.starts_with(')')) sure_ = false;
    else rest_.remove_prefix(1);
    return begin;
  }

  Begin atom() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    Bytes bytes;
    if (c == '[') return one_of(read_class());
    if (c == '^' || c == '$') return {};
    if (c == '.') return one_of(~bytes);
    if (c != '\\') return one_of(bytes.set(static_cast<unsigned char>(c)));
    if (rest_.empty()) sure_ = false;
    if (!sure_) return anything();
    const char escaped = rest_[0];
    rest_.remove_prefix(1);
    if (escaped == 'b' || escaped == 'B') return {};
    if (add_named(bytes, escaped)) return one_of(bytes);
    if (const auto character = unescaped(escaped)) return one_of(bytes.set(static_cast<unsigned char>(*character)));
    sure_ = false;
    return anything();
  }

  static std::optional<char> unescaped(char c) {
    if (c == 't') return '\t';
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    return c;
  }

  // Behind the '['.
  Bytes read_class() {
    Bytes bytes;
    const bool negated = rest_.starts_with('^');
    if (negated) rest_.remove_prefix(1);
    for (bool first = true; sure_; first = false) {
      if (rest_.empty() || rest_.starts_with("[:")) sure_ = false;
      if (!sure_) return bytes;
      if (rest_[0] == ']' && !first) break;
      if (rest_.size() > 1 && rest_[0] == '\\' && add_named(bytes, rest_[1])) {
        rest_.remove_prefix(2);
        continue;
      }
      const auto from = member();
      const bool is_range = rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']';
      if (is_range) rest_.remove_prefix(1);
      const auto to = is_range ? member() : from;
      add_range(bytes, from, to);
      if (from >= 0x80 || to >= 0x80) add_range(bytes, 0x80, 0xff);
    }
    rest_.remove_prefix(1);
    if (negated && (bytes >> 128).any()) return ~Bytes();  // some beyond ASCII are in, some are not
    return negated ? ~bytes : bytes;
  }

  unsigned char member() {
    if (rest_.empty()) sure_ = false;
    if (!sure_) return 0;
    char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == '\\') {
      const auto character = rest_.empty() ? std::nullopt : unescaped(rest_[0]);
      if (!character) sure_ = false;
      else rest_.remove_prefix(1);
      c = character.value_or(0);
    }
    return static_cast<unsigned char>(c);
  }

  Part quantified(const Begin& begin) {
    Part part{begin};
    if (rest_.empty()) return part;
    const char c = rest_[0];
    if (c == '*' || c == '+' || c == '?') {
      part.least = c == '+' ? 1 : 0;
      part.more = true;
      rest_.remove_prefix(1);
    } else if (c == '{' && rest_.size() > 1 && is_digit(rest_[1])) {  // any other '{' is a character
      const auto end = rest_.find_first_not_of("0123456789,", 1);
      if (end == std::string_view::npos || rest_[end] != '}') return part;
      part.least = 0;
      for (std::size_t i = 1; is_digit(rest_[i]); ++i) part.least = std::min(part.least * 10 + static_cast<unsigned>(rest_[i] - '0'), 1000u);
      part.more = rest_.substr(0, end).find(',') != std::string_view::npos;
      rest_.remove_prefix(end + 1);
    } else {
      return part;
    }
    if (rest_.starts_with('?')) rest_.remove_prefix(1);
    return part;
  }

  std::string_view rest_;
  bool sure_ = true;
};

}  // namespace

Opening::Opening(std::string_view pattern) {
  if (!pattern.starts_with('^')) return;
  const auto begin = Reader(pattern).read();
  bytes_.assign(begin.bytes.begin(), begin.bytes.begin() + static_cast<std::ptrdiff_t>(begin.size));
}

}  // namespace gpm::text
