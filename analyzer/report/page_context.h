// SPDX-License-Identifier: Apache-2.0
//
// Where the template finds what it names: in the innermost section that has it, and words of the page ("t.all-causes") in the
// language of the sheet. The library's own context would take a table of all words and cut each such name in two.
#pragma once

#include <kainjow/mustache.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/report/words.h"

namespace gpm::report::html {

class PageContext : public kainjow::mustache::basic_context<std::string> {
 public:
  using Data = kainjow::mustache::data;

  static constexpr const char* language_key = "language";  // of a sheet

  explicit PageContext(const Data& page) { push(&page); }

  void push(const Data* data) override { sections_.push_back(data); }
  void pop() override { sections_.pop_back(); }

  const Data* get(const std::string& name) const override {
    constexpr std::string_view word = "t.";
    return name.starts_with(word) ? word_of(name.substr(word.size())) : get_partial(name);
  }

  const Data* get_partial(const std::string& name) const override {
    if (name == ".") return sections_.back();
    for (auto section = sections_.rbegin(); section != sections_.rend(); ++section)
      if (const auto* found = (*section)->get(name)) return found;
    return nullptr;
  }

 private:
  const Data* word_of(const std::string& id) const {
    const auto* language = get_partial(language_key);
    if (language == nullptr) return nullptr;
    const auto& tag = language->string_value();
    auto [word, is_new] = words_.try_emplace({tag, id});
    if (is_new) word->second = Data(std::string(Words(tag)(id)));
    return &word->second;
  }

  std::vector<const Data*> sections_;  // the innermost last
  mutable std::map<std::pair<std::string, std::string>, Data> words_;  // that were asked for
};

}  // namespace gpm::report::html
