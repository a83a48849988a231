// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/redactor.h"

#include <algorithm>
#include <stdexcept>

#include "analyzer/redact/keyed_name.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::redact {
namespace {

constexpr std::size_t shortest_known = 4, shortest_host = 2, shortest_line = 16;
constexpr std::size_t longest_clean = 256, most_clean = 10'000;  // texts that are remembered

re2::RE2::Options quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // log text need not be UTF-8
  options.set_max_mem(64 << 20);
  return options;
}

bool word_byte(char c) { return text::is_letter(c) || text::is_digit(c) || c == '_'; }

bool ends_word(std::string_view text, std::size_t at) { return at >= text.size() || at == 0 || !word_byte(text[at]) || !word_byte(text[at - 1]); }

std::size_t start_of(std::string_view two) { return static_cast<std::size_t>(static_cast<unsigned char>(two[0])) << 8 | static_cast<unsigned char>(two[1]); }

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0, begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at)
    if (at == text.size() || text[at] == ' ') {
      longest = std::max(longest, at - begin);
      begin = at + 1;
    }
  return longest;
}

// A name that an analysis gave: a report may be analysed again, and a text may be shown twice.
bool is_pseudonym(std::string_view text) {
  for (const auto kind : all_kinds) {
    const auto name = name_of(kind);
    if (!text.starts_with(name) || text.size() < name.size() + 2 || text[name.size()] != '-') continue;
    const auto rest = text.substr(name.size() + 1);
    if (rest.size() < 10 && rest.find_first_not_of("0123456789") == std::string_view::npos) return true;
    if (rest.size() == keyed_name_bytes && rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string_view::npos) return true;
  }
  return false;
}

// How long the domain behind a host's short name is: ".rack3.example.com". No ending of a file's name.
std::size_t domain_size(std::string_view rest) {
  static const re2::RE2 domain(R"(^((?:\.[A-Za-z0-9_-]{1,63}){1,8}\.([A-Za-z]{2,24}))(?:[^A-Za-z0-9_.-]|\.?$|\.[^A-Za-z0-9_-]))", quiet());
  re2::StringPiece whole, last;
  if (rest.empty() || rest[0] != '.' || !re2::RE2::PartialMatch(text::piece(rest), domain, &whole, &last)) return 0;
  const auto ending = text::lower(text::view(last));
  for (const char* file : {"log", "txt", "gz", "tgz", "xz", "zst", "bz", "tar", "zip", "json", "jsonl", "yaml", "yml", "xml", "html", "csv", "out", "err", "md", "conf", "service"})
    if (ending == file) return 0;
  return whole.size();
}

}  // namespace

Redactor::~Redactor() = default;

Redactor::Redactor(const std::vector<std::string>& also, std::string key) : rules_(rules().begin(), rules().end()), key_(std::move(key)) {
  constexpr auto latin1 = re2::RE2::Latin1;  // log text need not be UTF-8
  for (const auto& rule : rules_) patterns_.push_back(std::make_unique<text::Regex>(rule.pattern, latin1));
  for (const auto& pattern : also) {
    const re2::RE2 compiled(pattern, quiet());
    if (!compiled.ok()) throw std::invalid_argument(pattern + ": " + compiled.error());
    if (re2::RE2::FullMatch("", compiled)) throw std::invalid_argument(pattern + ": matches the empty text");
    patterns_.push_back(std::make_unique<text::Regex>(pattern, latin1));
    rules_.push_back({Kind::custom, {}});
  }
  shortlist_ = std::make_unique<text::Shortlist>(patterns_);
}

void Redactor::know(std::string_view value, Kind kind) {
  if (value.find('\n') != std::string_view::npos) {
    for (auto line : text::split(value, '\n'))
      if (line = text::trim(line); line.size() >= shortest_line) know(line, kind);
    return;
  }
  if (value.size() < (kind == Kind::host ? shortest_host : shortest_known)) return;
  clean_.clear();
  const auto lowered = text::lower(value);
  const auto [begin, end] = known_.equal_range(lowered);
  for (auto it = begin; it != end; ++it)
    if (it->second.value == value || it->second.kind == Kind::host) return;
  known_.emplace(lowered, Known{std::string(value), kind});
  known_sizes_.insert(lowered.size());
  known_starts_.set(start_of(lowered));
}

std::string Redactor::name(std::string_view value, Kind kind, std::uint64_t number) const {
  const auto kind_name = std::string(name_of(kind)) + "-";
  return key_.empty() ? kind_name + std::to_string(number) : kind_name + keyed_name(key_, kind == Kind::host ? text::lower(value) : std::string(value));
}

std::string_view Redactor::pseudonym(std::string_view value, Kind kind) {
  auto& count = counts_[kind];
  count.kind = kind;
  ++count.places;
  if (const auto found = pseudonyms_.find(value); found != pseudonyms_.end()) return found->second;
  // A host of the bundle may be called host-3 itself.
  ++count.values;
  auto given = name(value, kind, ++numbers_[kind]);
  while (key_.empty() && known_.contains(given)) given = name(value, kind, ++numbers_[kind]);
  return pseudonyms_.emplace(value, std::move(given)).first->second;
}

// The longest known text that begins here.
Redactor::Found Redactor::known_at(std::string_view text, std::string_view lowered, std::size_t at) const {
  for (const auto size : known_sizes_) {
    if (size > text.size() - at || !ends_word(text, at + size)) continue;
    const auto [begin, end] = known_.equal_range(std::string(lowered.substr(at, size)));
    for (auto it = begin; it != end; ++it) {
      const auto& known = it->second;
      if (known.kind == Kind::host) return {&known, size + domain_size(text.substr(at + size))};
      if (text.substr(at, size) == known.value) return {&known, size};
    }
  }
  return {};
}

// In one pass: a pseudonym that was put in is never looked at again.
void Redactor::replace_known(std::string& text) {
  if (known_.empty() || text.size() < shortest_host) return;
  const auto lowered = text::lower(text);
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = 0; at + 1 < text.size();) {
    if (!known_starts_.test(start_of(std::string_view(lowered).substr(at, 2))) || !ends_word(text, at)) {
      ++at;
      continue;
    }
    const auto found = known_at(text, lowered, at);
    if (found.known == nullptr) {
      ++at;
      continue;
    }
    result.append(text, done, at - done);
    result += pseudonym(found.known->value, found.known->kind);
    done = at += found.size;
  }
  if (done == 0) return;
  result.append(text, done);
  text = std::move(result);
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
    if (is_pseudonym(value) || (rules_[rule].meant && !rules_[rule].meant(text, value))) continue;
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
  if (text.empty() || clean_.contains(original)) return text;
  replace_known(text);
  std::vector<std::size_t> matching;  // now, not after the first of them put pseudonyms in
  const auto word_bytes = longest_word(text);
  const auto may_match = [&](const Rule& rule) {
    return word_bytes >= rule.word_bytes && (rule.marks == 0 || static_cast<std::size_t>(std::count(text.begin(), text.end(), rule.mark)) >= rule.marks);
  };
  for (const auto rule : shortlist_->of(text))
    if (may_match(rules_[rule]) && text::Regex::PartialMatch(text::piece(text), *patterns_[rule])) matching.push_back(rule);
  for (const auto rule : matching) replace_matches(text, rule);
  if (text.size() <= longest_clean && clean_.size() < most_clean && text == original) clean_.insert(text);
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
