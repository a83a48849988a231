// SPDX-License-Identifier: Apache-2.0
#include "kb/query_needs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::kb {
namespace {

using Needs = std::vector<std::string>;

struct Token {
  enum Kind { word, text, mark } kind = mark;
  std::string value;  // words in upper case, texts without quotes
  bool is(std::string_view expected) const { return kind != text && value == expected; }
};
using Tokens = std::vector<Token>;

bool is_word(char c) { return text::is_letter(c) || text::is_digit(c) || c == '_'; }

// Nothing where there is anything but words, texts, numbers and marks.
std::optional<Tokens> tokens_of(std::string_view sql) {
  Tokens tokens;
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

// A stretch of tokens, cut at what stands outside of all brackets.
class Stretch {
 public:
  Stretch(const Token* begin, const Token* end) : begin_(begin), end_(end) {}

  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  const Token& operator[](std::size_t i) const { return begin_[i]; }
  bool holds(std::string_view word) const {
    return std::any_of(begin_, end_, [&](const Token& t) { return t.is(word); });
  }

  // Position of the first of these words outside of brackets; size() if there is none.
  std::size_t find(std::initializer_list<std::string_view> words, std::size_t from = 0) const {
    int depth = 0;
    for (std::size_t i = from; i < size(); ++i) {
      if (begin_[i].is("(")) ++depth;
      if (begin_[i].is(")")) --depth;
      if (depth == 0 && std::any_of(words.begin(), words.end(), [&](auto word) { return begin_[i].is(word); })) return i;
    }
    return size();
  }

  Stretch from(std::size_t first, std::size_t count = ~std::size_t{0}) const {
    const auto begin = begin_ + std::min(first, size());
    return {begin, begin + std::min(count, static_cast<std::size_t>(end_ - begin))};
  }

  std::vector<Stretch> split(std::string_view word) const {
    std::vector<Stretch> parts;
    for (std::size_t begin = 0;;) {
      const auto end = find({word}, begin);
      parts.push_back(from(begin, end - begin));
      if (end == size()) return parts;
      begin = end + 1;
    }
  }

 private:
  const Token* begin_;
  const Token* end_;
};

// kind = 'x', e.metric IN ('x', 'y')
Needs needs_of_comparison(Stretch s) {
  if (s.size() > 2 && s[1].is(".")) s = s.from(2);
  if (s.size() < 3 || s[0].kind != Token::word) return {};
  if (!s[0].is("KIND") && !s[0].is("METRIC") && !s[0].is("SCOPE") && !s[0].is("KEY")) return {};
  const auto column = text::lower(s[0].value) + ' ';
  if (s.size() == 3 && s[1].is("=") && s[2].kind == Token::text) return {column + s[2].value};
  Needs needs;
  if (!s[1].is("IN") || !s[2].is("(") || !s[s.size() - 1].is(")")) return {};
  for (const auto& value : s.from(3, s.size() - 4).split(",")) {
    if (value.size() != 1 || value[0].kind != Token::text) return {};
    needs.push_back(column + value[0].value);
  }
  return needs;
}

// 74, -9
std::string number_of(Stretch s) {
  if (s.size() == 2 && s[0].is("-")) return '-' + s[1].value;
  return s.size() == 1 && s[0].kind == Token::word && text::integer(s[0].value) ? s[0].value : std::string();
}

// The codes of a comparison "code IN (48, 62)".
Needs codes_of_comparison(Stretch s) {
  if (s.size() > 2 && s[1].is(".")) s = s.from(2);
  if (s.size() < 3 || !s[0].is("CODE")) return {};
  Needs codes;
  const bool list = s[1].is("IN") && s[2].is("(") && s[s.size() - 1].is(")");
  if (!list && !s[1].is("=")) return {};
  for (const auto& value : list ? s.from(3, s.size() - 4).split(",") : std::vector<Stretch>{s.from(2)}) {
    codes.push_back(number_of(value));
    if (codes.back().empty()) return {};
  }
  return codes;
}

// "kind kernel.xid" with codes 48 and 62: "code kernel.xid 48", "code kernel.xid 62".
Needs with_codes(const Needs& kinds, const Needs& codes) {
  Needs needs;
  for (const auto& kind : kinds)
    for (const auto& code : codes) needs.push_back("code" + kind.substr(kind.find(' ')) + ' ' + code);
  return needs;
}

bool are(const Needs& needs, std::string_view column) {
  return !needs.empty() && std::all_of(needs.begin(), needs.end(), [&](const auto& need) { return need.starts_with(column); });
}

Needs needs_of_condition(Stretch s, int depth) {
  if (depth > 8 || s.find({"CASE", "BETWEEN", "NOT"}) == 0) return {};
  if (s.size() > 2 && s[0].is("(") && s[s.size() - 1].is(")") && s.find({")"}) == s.size() - 1)
    return s[1].is("SELECT") ? Needs{} : needs_of_condition(s.from(1, s.size() - 2), depth + 1);
  if (s.find({"OR"}) < s.size()) {
    Needs needs;
    for (const auto& part : s.split("OR")) {
      const auto more = needs_of_condition(part, depth + 1);
      if (more.empty()) return {};
      needs.insert(needs.end(), more.begin(), more.end());
    }
    return needs;
  }
  if (s.find({"AND"}) == s.size()) return needs_of_comparison(s);
  // A condition behind BETWEEN's own AND would be taken for one of the query's.
  Needs best, codes;
  for (const auto& part : s.from(0, s.find({"BETWEEN", "CASE"})).split("AND")) {
    auto needs = needs_of_condition(part, depth + 1);
    if (best.empty() || (are(best, "scope ") && !needs.empty())) best = std::move(needs);
    if (codes.empty()) codes = codes_of_comparison(part);
  }
  return are(best, "kind ") && !codes.empty() ? with_codes(best, codes) : best;
}

// Whether there is a bracket that is not known to be something else.
bool calls_an_aggregate(Stretch columns) {
  for (std::size_t i = 1; i < columns.size(); ++i)
    if (columns[i].is("(") && !columns[i - 1].is("COALESCE") && !columns[i - 1].is("CAST")) return true;
  return false;
}

// One SELECT without its UNIONs.
Needs needs_of_select(Stretch s) {
  const auto from = s.find({"FROM"}), where = s.find({"WHERE"});
  if (s.size() == 0 || !s[0].is("SELECT") || from > where || where == s.size()) return {};
  // An aggregate without groups gives a row for no rows.
  if (calls_an_aggregate(s.from(0, from)) && s.find({"GROUP"}) == s.size()) return {};
  const auto condition = s.from(where + 1);
  return needs_of_condition(condition.from(0, condition.find({"GROUP", "ORDER", "LIMIT", "HAVING", "WINDOW"})), 0);
}

}  // namespace

std::vector<std::string> query_needs(std::string_view sql) {
  const auto tokens = tokens_of(sql);
  if (!tokens) return {};
  const Stretch all(tokens->data(), tokens->data() + tokens->size());
  // Another table's column of the same name, or one that gets its name in the query, says nothing of the facts.
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i - 1].is("AS") && (all[i].is("KIND") || all[i].is("METRIC") || all[i].is("SCOPE") || all[i].is("KEY") || all[i].is("CODE")))
      return {};
  if (all.holds("COMMUNICATORS") || all.holds("WITH") || all.holds("INTERSECT") || all.holds("EXCEPT")) return {};
  Needs needs;
  for (auto part : all.split("UNION")) {
    if (part.size() > 0 && part[0].is("ALL")) part = part.from(1);
    const auto more = needs_of_select(part);
    if (more.empty()) return {};
    needs.insert(needs.end(), more.begin(), more.end());
  }
  std::sort(needs.begin(), needs.end());
  needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
  return needs;
}

}  // namespace gpm::kb
