// SPDX-License-Identifier: Apache-2.0
#include "kb/sql_tokens.h"

#include <algorithm>

#include "parsers/text/ascii.h"

namespace gpm::kb {
namespace {

bool is_word(char c) { return text::is_letter(c) || text::is_digit(c) || c == '_'; }

int depth_change(const Token& token) {
  if (token.is("(") || token.is("CASE")) return 1;
  return token.is(")") || token.is("END") ? -1 : 0;
}

}  // namespace

std::optional<std::vector<Token>> sql_tokens(std::string_view sql) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '\'') {
      std::string value;
      for (++at;; ++at) {
        if (at >= sql.size()) return std::nullopt;
        if (sql[at] == '\'' && !sql.substr(at + 1).starts_with('\'')) break;
        if (sql[at] == '\'') ++at;
        value += sql[at];
      }
      ++at;
      tokens.push_back({Token::text, value});
    } else if (is_word(c)) {
      const auto begin = at;
      while (at < sql.size() && is_word(sql[at])) ++at;
      std::string value(sql.substr(begin, at - begin));
      for (char& letter : value)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
      tokens.push_back({Token::word, value});
    } else if (c == '"' || c == '`' || c == '[' || sql.substr(at, 2) == "--" || sql.substr(at, 2) == "/*") {
      return std::nullopt;
    } else {
      tokens.push_back({Token::mark, std::string(1, c)});
      ++at;
    }
  }
  return tokens;
}

std::size_t Stretch::find(std::initializer_list<std::string_view> words, std::size_t from) const {
  int depth = 0;
  for (std::size_t i = from; i < size(); ++i) {
    depth += depth_change(begin_[i]);
    if (depth == 0 && std::any_of(words.begin(), words.end(), [&](auto word) { return begin_[i].is(word); })) return i;
  }
  return size();
}

std::size_t Stretch::closing(std::size_t open) const {
  int depth = 0;
  for (std::size_t i = open; i < size(); ++i)
    if ((depth += depth_change(begin_[i])) == 0) return i;
  return size();
}

Stretch Stretch::from(std::size_t first, std::size_t count) const {
  const auto begin = begin_ + std::min(first, size());
  return {begin, begin + std::min(count, static_cast<std::size_t>(end_ - begin))};
}

std::vector<Stretch> Stretch::split(std::initializer_list<std::string_view> words) const {
  std::vector<Stretch> parts;
  for (std::size_t begin = 0;;) {
    const auto end = find(words, begin);
    parts.push_back(from(begin, end - begin));
    if (end == size()) return parts;
    begin = end + 1;
  }
}

}  // namespace gpm::kb
