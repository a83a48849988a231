// SPDX-License-Identifier: Apache-2.0
//
// Every word of ours that a view prints, in English and Chinese: one table (words.cc). Sentences about causes and
// signals come with the result; here are only labels and short phrases.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace gpm::report {

struct Word {
  std::string_view id, en, zh;  // {0}, {1} are filled in
};

std::span<const Word> all_words();  // ordered by id

class Words {
 public:
  explicit Words(std::string_view language) : chinese_(language == "zh") {}

  // A word of the table; an id that is not there comes back as it is, so that a new value of a field (a risk, a status)
  // is printed and not lost.
  std::string_view operator()(std::string_view id) const;
  // The word for a field's value: of("risk", "restarts-job") is the word "risk-restarts-job", or the value if there is
  // none.
  // '_' in the value counts as '-'.
  std::string of(std::string_view field, std::string_view value) const;
  std::string with(std::string_view id, std::initializer_list<std::string> values) const;

  std::string colon() const { return chinese_ ? "：" : ": "; }
  std::string comma() const { return chinese_ ? "，" : ", "; }
  std::string stop() const { return chinese_ ? "。" : ". "; }
  std::string in_brackets(const std::string& text) const { return chinese_ ? "（" + text + "）" : " (" + text + ")"; }
  std::string_view tag() const { return chinese_ ? "zh-Hans" : "en"; }  // BCP 47

 private:
  bool chinese_;
};

}  // namespace gpm::report
