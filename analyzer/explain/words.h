// SPDX-License-Identifier: Apache-2.0
//
// Every word of ours that `explain` prints, in English and Chinese: one table.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "kb/model.h"

namespace gpm::explain {

struct Word {
  std::string_view id, en, zh;  // {0}, {1} are filled in
};

std::span<const Word> all_words();

class Words {
 public:
  explicit Words(std::string_view language) : chinese_(language == "zh") {}

  // An id that is not in the table comes back as it is.
  std::string_view operator()(std::string_view id) const;
  // The word "<field>-<value>", '_' in the value counting as '-'; empty where there is none.
  std::string_view of(std::string_view field, std::string_view value) const;
  std::string with(std::string_view id, std::initializer_list<std::string_view> values) const;
  std::string_view text(const kb::Text& text) const { return chinese_ ? text.zh : text.en; }
  std::string_view colon() const { return chinese_ ? "：" : ": "; }
  std::string_view comma() const { return chinese_ ? "，" : ", "; }
  std::string_view listed() const { return chinese_ ? "、" : ", "; }
  std::string_view semicolon() const { return chinese_ ? "；" : "; "; }
  std::string in_brackets(std::string_view text) const {
    return chinese_ ? "（" + std::string(text) + "）" : " (" + std::string(text) + ")";
  }

 private:
  bool chinese_;
};

}  // namespace gpm::explain
