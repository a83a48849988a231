// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/redactor.h"

#include <algorithm>
#include <stdexcept>

#include "parsers/text/regex.h"

namespace gpm::redact {
namespace {

constexpr std::size_t shortest_known = 4;

re2::RE2::Options quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // log text need not be UTF-8
  return options;
}

bool word_byte(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool whole_word(std::string_view text, std::size_t at, std::size_t size) {
  return (at == 0 || !word_byte(text[at - 1]) || !word_byte(text[at])) &&
         (at + size == text.size() || !word_byte(text[at + size]) || !word_byte(text[at + size - 1]));
}

}  // namespace

Redactor::~Redactor() = default;

Redactor::Redactor(const std::vector<std::string>& also) : rules_(rules().begin(), rules().end()) {
  constexpr auto latin1 = re2::RE2::Latin1;  // log text need not be UTF-8
  for (const auto& rule : rules_) patterns_.push_back(std::make_unique<text::Regex>(rule.pattern, latin1));
  for (const auto& pattern : also) {
    const re2::RE2 compiled(pattern, quiet());
    if (!compiled.ok()) throw std::invalid_argument(pattern + ": " + compiled.error());
    if (re2::RE2::FullMatch("", compiled)) throw std::invalid_argument(pattern + ": matches the empty text");
    patterns_.push_back(std::make_unique<text::Regex>(pattern, latin1));
    rules_.push_back({Kind::custom, {}});
  }
}

void Redactor::know(std::string_view value, Kind kind) {
  if (value.size() >= shortest_known) known_.emplace(value, kind);
}

std::string_view Redactor::pseudonym(std::string_view value, Kind kind) {
  const auto found = pseudonyms_.find(value);
  auto& count = counts_[kind];
  count.kind = kind;
  ++count.places;
  if (found != pseudonyms_.end()) return found->second;
  return pseudonyms_.emplace(value, std::string(name_of(kind)) + "-" + std::to_string(++count.values)).first->second;
}

void Redactor::replace_known(std::string& text) {
  for (const auto& [value, kind] : known_)
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
      if (!whole_word(text, at, value.size())) {
        at += value.size();
        continue;
      }
      const auto name = pseudonym(value, kind);
      text.replace(at, value.size(), name);
      at += name.size();
    }
}

void Redactor::replace_matches(std::string& text, std::size_t rule) {
  const auto* const pattern = patterns_[rule]->needed_for(text);
  if (pattern == nullptr) return;
  const int groups = pattern->NumberOfCapturingGroups() > 0 ? 2 : 1;
  std::string result;
  std::size_t done = 0, from = 0;
  re2::StringPiece found[2];
  while (from < text.size() && pattern->Match(text, from, text.size(), re2::RE2::UNANCHORED, found, groups)) {
    const auto value = text::view(found[groups - 1]);
    if (value.empty()) {  // an optional group of the user's
      from = static_cast<std::size_t>(found[0].data() - text.data()) + std::max<std::size_t>(found[0].size(), 1);
      continue;
    }
    const auto at = static_cast<std::size_t>(value.data() - text.data());
    from = at + value.size();  // what ended this match may begin the next
    const bool replaced_before = std::any_of(std::begin(all_kinds), std::end(all_kinds), [&](Kind kind) {
      return value.size() < 16 && value.starts_with(std::string(name_of(kind)) + "-");
    });
    if (replaced_before || (rules_[rule].meant && !rules_[rule].meant(text, value))) continue;
    result.append(text, done, at - done);
    result += pseudonym(value, rules_[rule].kind);
    done = from;
  }
  if (done == 0) return;
  result.append(text, done);
  text = std::move(result);
}

std::string Redactor::apply(std::string_view original) {
  std::string text(original);
  if (text.empty()) return text;
  replace_known(text);
  std::vector<std::size_t> matching;  // now, not after the first of them put pseudonyms in
  for (std::size_t rule = 0; rule < patterns_.size(); ++rule)
    if (text::Regex::PartialMatch(text::piece(text), *patterns_[rule])) matching.push_back(rule);
  for (const auto rule : matching) replace_matches(text, rule);
  return text;
}

std::vector<Count> Redactor::counts() const {
  std::vector<Count> list;
  for (const auto& [kind, count] : counts_) list.push_back(count);
  return list;
}

std::vector<std::pair<std::string, std::string>> Redactor::map() const {
  std::vector<std::pair<std::string, std::string>> list;
  for (const auto& [value, name] : pseudonyms_) list.emplace_back(name, value);
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace gpm::redact
