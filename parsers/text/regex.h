// SPDX-License-Identifier: Apache-2.0
//
// Regular expressions as parsers use them: RE2, compiled when a text first begins as the expression wants and holds what it requires. A program
// knows hundreds, a bundle needs a few dozen, and to compile one costs as much as to read a page of log.
//
//   static const text::Regex form(R"(^GPU (\d+) is lost)");
//   if (text::Regex::PartialMatch(text::piece(message), form, &index)) ...
//
// RE2 has a view type of its own, which is std::string_view only in its newer releases: piece() and view().
#pragma once

#include <re2/re2.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parsers/text/opening.h"
#include "parsers/text/required.h"

namespace gpm::text {

inline re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(re2::StringPiece text) { return {text.data(), text.size()}; }

// May be used by several threads at once.
class Regex {
 public:
  Regex(std::string_view pattern, re2::RE2::CannedOptions options = re2::RE2::DefaultOptions);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // The compiled expression; null where `text` is known not to match, as it begins otherwise or lacks what is required.
  const re2::RE2* needed_for(std::string_view text) const;

  const Opening& opening() const { return opening_; }
  const Required& required() const { return required_; }

  // As RE2's functions of these names.
  template <typename... Groups>
  static bool PartialMatch(re2::StringPiece text, const Regex& regex, Groups&&... groups) {
    const auto* const compiled = regex.needed_for(view(text));
    return compiled != nullptr && re2::RE2::PartialMatch(text, *compiled, std::forward<Groups>(groups)...);
  }
  template <typename... Groups>
  static bool FullMatch(re2::StringPiece text, const Regex& regex, Groups&&... groups) {
    const auto* const compiled = regex.needed_for(view(text));
    return compiled != nullptr && re2::RE2::FullMatch(text, *compiled, std::forward<Groups>(groups)...);
  }
  template <typename... Groups>
  static bool Consume(re2::StringPiece* text, const Regex& regex, Groups&&... groups) {
    const auto* const compiled = regex.needed_for(view(*text));
    return compiled != nullptr && re2::RE2::Consume(text, *compiled, std::forward<Groups>(groups)...);
  }
  template <typename... Groups>
  static bool FindAndConsume(re2::StringPiece* text, const Regex& regex, Groups&&... groups) {
    const auto* const compiled = regex.needed_for(view(*text));
    return compiled != nullptr && re2::RE2::FindAndConsume(text, *compiled, std::forward<Groups>(groups)...);
  }

 private:
  std::string pattern_;
  re2::RE2::CannedOptions options_;
  Opening opening_;
  Required required_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const re2::RE2> compiled_;
  mutable std::atomic<bool> is_compiled_ = false;
};

}  // namespace gpm::text
