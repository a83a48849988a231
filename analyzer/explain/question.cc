// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/question.h"

#include <algorithm>
#include <optional>

#include "kb/lookup.h"
#include "parsers/text/fields.h"

namespace gpm::explain {
namespace {

bool same_name(std::string_view a, std::string_view b) { return a.size() == b.size() && text::lower(a) == text::lower(b); }

bool has_name(const kb::Code& code, std::string_view name) {
  return std::any_of(code.names.begin(), code.names.end(), [&](std::string_view each) { return same_name(each, name); });
}

// Decimal with or without sign, or hexadecimal behind 0x; at most 16 characters.
std::optional<std::int64_t> number_of(std::string_view word) {
  if (word.starts_with('#')) word.remove_prefix(1);
  if (word.empty() || word.size() > 16) return std::nullopt;
  if (word.starts_with("0x") || word.starts_with("0X")) {
    const auto value = text::hexadecimal(word.substr(2));
    if (!value || *value > 0xffffffffu) return std::nullopt;
    return static_cast<std::int64_t>(*value);
  }
  return text::integer(word);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words that people put between family and number: "exit code 137", "CUDA error: 802".
bool is_filler(std::string_view word) {
  for (const std::string_view each : {"code", "error", "status", "number"})
    if (same_name(word, each) || same_name(word, std::string(each) + ":")) return true;
  return false;
}

// The family that a word names, "" if none. "Xid:" counts as "xid".
std::string family_of(std::string_view word, const kb::Knowledge& knowledge) {
  while (word.ends_with(':') || word.ends_with('=')) word.remove_suffix(1);
  const auto name = text::lower(word);
  return find_family(knowledge, name) ? name : std::string();
}

std::string families(const kb::Knowledge& knowledge) {
  std::string list;
  for (const auto& family : knowledge.families) list += (list.empty() ? "" : ", ") + std::string(family.id);
  return list;
}

class Asker {
 public:
  explicit Asker(const kb::Knowledge& knowledge) : knowledge_(knowledge) {}

  Question ask(const std::vector<std::string>& words) {
    std::string whole;
    for (const auto& word : words) whole += (whole.empty() ? "" : " ") + word;
    if (text::trim(whole).empty()) return unknown("nothing to explain was given");
    if (whole.size() > max_line_bytes) return unknown("the line is longer than 65536 bytes");
    std::vector<std::string_view> parts;
    if (whole.size() <= 200) parts = text::words(whole);
    if (parts.size() == 3 && is_filler(parts[1])) parts.erase(parts.begin() + 1);
    if (parts.size() == 2)
      if (const auto family = family_of(parts[0], knowledge_); !family.empty()) return code(family, parts[1]);
    if (parts.size() == 1) return one_word(parts[0], whole);
    return line(whole);
  }

 private:
  static Question unknown(std::string reason) {
    Question question;
    question.reason = std::move(reason);
    return question;
  }
  static Question line(std::string text) {
    Question question;
    question.kind = Question::Kind::line;
    question.line = std::move(text);
    return question;
  }
  static Question of(std::vector<CodeHit> codes) {
    Question question;
    question.kind = Question::Kind::codes;
    question.codes = std::move(codes);
    return question;
  }

  Question code(const std::string& family, std::string_view word) {
    if (family == "rm-init" && word.find(':') != std::string_view::npos) return rm_init(word);
    const auto number = number_of(word);
    if (number && family == "exit") {
      if (auto hits = exit_status(knowledge_, *number); !hits.empty()) return of(std::move(hits));
    } else if (number) {
      if (auto hits = numbered(family, *number); !hits.empty()) return of(std::move(hits));
    } else if (const auto* named = find_code(knowledge_, family, word)) {
      return of({{named}});
    }
    return unknown("no " + family + " code '" + std::string(word) + "' is known");
  }

  std::vector<CodeHit> numbered(const std::string& family, std::int64_t number) {
    std::vector<CodeHit> hits;
    if (const auto* code = find_code(knowledge_, family, number)) hits.push_back({code});
    for (const auto& code : knowledge_.codes)
      if (code.family == family && code.old_number == number) hits.push_back({&code, CodeHit::How::old_number, number});
    return hits;
  }

  // "(0x26:0x56:1463)": step, NV_STATUS, line of the source.
  Question rm_init(std::string_view word) {
    while (word.starts_with('(')) word.remove_prefix(1);
    while (word.ends_with(')')) word.remove_suffix(1);
    std::vector<CodeHit> hits;
    const auto parts = text::split(word, ':');
    const std::string_view kinds[] = {"rm-init", "nv-status"};
    for (std::size_t i = 0; i < std::min<std::size_t>(parts.size(), 2); ++i)
      if (const auto number = number_of(parts[i]))
        if (const auto* code = find_code(knowledge_, kinds[i], *number)) hits.push_back({code});
    if (hits.empty()) return unknown("no rm-init code '" + std::string(word) + "' is known");
    return of(std::move(hits));
  }

  Question one_word(std::string_view word, const std::string& whole) {
    Question question;
    if ((question.cause = find_cause(knowledge_, word))) {
      question.kind = Question::Kind::cause;
      return question;
    }
    if ((question.signal = find_signal(knowledge_, word))) {
      question.kind = Question::Kind::signal;
      return question;
    }
    std::vector<CodeHit> named;
    for (const auto& code : knowledge_.codes)
      if (has_name(code, word)) named.push_back({&code});
    if (!named.empty()) return of(std::move(named));
    if (!family_of(word, knowledge_).empty())
      return unknown("which one? Give a number or a name, as in: explain " + text::lower(word) + " NUMBER");
    // xid79, xid:79, sxid-20034
    const auto digit = static_cast<std::size_t>(std::find_if(word.begin(), word.end(), is_digit) - word.begin());
    auto stem = word.substr(0, digit);
    while (stem.ends_with('-') || stem.ends_with('.') || stem.ends_with('#')) stem.remove_suffix(1);
    if (digit > 0 && digit < word.size())
      if (const auto family = family_of(stem, knowledge_); !family.empty()) return code(family, word.substr(digit));
    if (number_of(word)) return unknown("say what kind of number " + std::string(word) + " is: " + families(knowledge_));
    const bool is_a_name = std::all_of(word.begin(), word.end(), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
    });
    if (is_a_name) {
      auto question = unknown("'" + std::string(word) + "' is no code, cause or signal that is known");
      question.maybe_line = true;
      question.line = whole;
      return question;
    }
    return line(whole);
  }

  const kb::Knowledge& knowledge_;
};

}  // namespace

const kb::Code* find_code(const kb::Knowledge& knowledge, std::string_view family, std::int64_t number) {
  for (const auto& code : knowledge.codes)
    if (code.number == number && code.family == family) return &code;
  return nullptr;
}

const kb::Code* find_code(const kb::Knowledge& knowledge, std::string_view family, std::string_view name) {
  for (const auto& code : knowledge.codes)
    if (code.family == family && has_name(code, name)) return &code;
  return nullptr;
}

std::vector<CodeHit> exit_status(const kb::Knowledge& knowledge, std::int64_t status) {
  std::vector<CodeHit> hits;
  if (const auto* code = find_code(knowledge, "exit", status)) hits.push_back({code});
  const std::int64_t signal = status < 0 && status >= -64 ? -status : status > 128 && status <= 192 ? status - 128 : 0;
  if (signal != 0)
    if (const auto* code = find_code(knowledge, "signal", signal)) hits.push_back({code, CodeHit::How::ending_signal, status});
  return hits;
}

Question ask(const std::vector<std::string>& words, const kb::Knowledge& knowledge) { return Asker(knowledge).ask(words); }

}  // namespace gpm::explain
