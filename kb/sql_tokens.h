// SPDX-License-Identifier: Apache-2.0
//
// The text of a SELECT as words, texts and marks, and where it can be cut.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::kb {

struct Token {
  enum Kind { word, text, mark } kind = mark;
  std::string value;  // words and numbers in upper case, texts without quotes, marks one by one
  bool is(std::string_view expected) const { return kind != text && value == expected; }
};

// Nothing where there is anything but words, texts, numbers and marks: quoted names, comments, a text without end.
std::optional<std::vector<Token>> sql_tokens(std::string_view sql);

// A stretch of tokens, cut at what stands outside of all brackets; CASE and END are brackets too.
class Stretch {
 public:
  Stretch(const Token* begin, const Token* end) : begin_(begin), end_(end) {}

  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  bool empty() const { return begin_ == end_; }
  const Token& operator[](std::size_t i) const { return begin_[i]; }
  const Token& back() const { return end_[-1]; }

  // Position of the first of these words outside of brackets; size() if there is none.
  std::size_t find(std::initializer_list<std::string_view> words, std::size_t from = 0) const;
  bool has(std::initializer_list<std::string_view> words) const { return find(words) < size(); }
  // Position of the bracket that closes the one at `open`; size() if there is none.
  std::size_t closing(std::size_t open) const;

  Stretch from(std::size_t first, std::size_t count = ~std::size_t{0}) const;
  std::vector<Stretch> split(std::initializer_list<std::string_view> words) const;

 private:
  const Token* begin_;
  const Token* end_;
};

}  // namespace gpm::kb
