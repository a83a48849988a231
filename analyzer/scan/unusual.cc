// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/unusual.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "parsers/text/fields.h"

namespace gpm::scan {
namespace {

constexpr std::size_t template_bytes = 240;

struct AlarmWord {
  std::string_view word;
  int gravity;
};
constexpr std::array words = {
    AlarmWord{"panic", 5},   AlarmWord{"fatal", 5},     AlarmWord{"corrupt", 5},     AlarmWord{"critical", 4}, AlarmWord{"segfault", 4},
    AlarmWord{"abort", 4},   AlarmWord{"exception", 3}, AlarmWord{"unrecover", 4},   AlarmWord{"error", 3},    AlarmWord{"failed", 3},
    AlarmWord{"failure", 3}, AlarmWord{"timed out", 3}, AlarmWord{"unable to", 2},   AlarmWord{"cannot ", 2},  AlarmWord{"denied", 2},
    AlarmWord{"refused", 2}, AlarmWord{"no such", 2},   AlarmWord{"not responding", 3}, AlarmWord{"lost", 1},
    AlarmWord{"not found", 1},     AlarmWord{"could not", 1},  AlarmWord{"couldn't", 1},   AlarmWord{"can't", 1},
    AlarmWord{"invalid", 1},       AlarmWord{"missing", 1},    AlarmWord{"unsupported", 1}, AlarmWord{"not supported", 1},
    AlarmWord{"mismatch", 1},      AlarmWord{"undefined ", 1}, AlarmWord{"incompatib", 1}, AlarmWord{"insufficient", 1},
    AlarmWord{"not available", 1}, AlarmWord{"not loaded", 1}, AlarmWord{"not installed", 1}, AlarmWord{"not enough", 1},
    AlarmWord{"not permitted", 1}, AlarmWord{"stalled", 1},    AlarmWord{"stuck", 1},      AlarmWord{"hung", 1},
    AlarmWord{"crash", 1},         AlarmWord{"illegal", 1},    AlarmWord{"unhealthy", 1},  AlarmWord{"core dumped", 1},
    AlarmWord{"null pointer", 1},  AlarmWord{"timeout", 1},    AlarmWord{"exit code", 1},  AlarmWord{"exhausted", 1},
};

// "0 errors", "errors: 0", "failed=0": a count of nothing; "10 errors" is none.
bool counts_nothing(std::string_view lowered) {
  for (const char* nothing : {"errors: 0", "error: 0", "failed=0", "failed: 0", "no error", "error=0"})
    if (text::contains(lowered, nothing)) return true;
  for (const char* nothing : {"0 error", "0 failed", "0 failure"}) {
    const auto at = lowered.find(nothing);
    // Not "10 failed", and not "0000:01:00.0 failed".
    if (at != std::string_view::npos && (at == 0 || lowered[at - 1] == ' ' || lowered[at - 1] == '(' || lowered[at - 1] == ',')) return true;
  }
  return false;
}

int gravity_of(std::string_view message) {
  const auto lowered = text::lower(message.substr(0, text::max_evidence_bytes));
  int gravity = 0;
  for (const auto& [word, weight] : words)
    if (text::contains(lowered, word)) gravity = std::max(gravity, weight);
  return counts_nothing(lowered) ? 0 : gravity;
}

bool misleads(kb::Role role) {
  return role == kb::Role::benign || role == kb::Role::advice || role == kb::Role::teardown;
}

bool word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

}  // namespace

std::span<const std::string_view> alarm_words() {
  static constexpr auto literals = [] {
    std::array<std::string_view, words.size()> list{};
    std::transform(words.begin(), words.end(), list.begin(), [](const AlarmWord& w) { return w.word; });
    return list;
  }();
  return literals;
}

std::string line_template(std::string_view message) {
  std::string result;
  for (std::size_t i = 0; i < message.size() && result.size() < template_bytes;) {
    std::size_t end = i;
    bool digit = false;
    for (; end < message.size() && word_character(message[end]); ++end) digit |= message[end] >= '0' && message[end] <= '9';
    if (end == i) {
      result += message[i++];
      continue;
    }
    result += digit ? std::string_view("#") : message.substr(i, end - i);
    i = end;
  }
  return result;
}

Unusual* UnusualLines::find(std::string key) {
  if (by_template_.size() >= max_templates) {
    const auto known = by_template_.find(key);
    return known == by_template_.end() ? nullptr : &lines_[known->second].line;
  }
  const auto [entry, is_new] = by_template_.emplace(std::move(key), lines_.size());
  if (is_new) lines_.push_back({&entry->first, {}});
  return &lines_[entry->second].line;
}

// Whether this line is the first one, in order of path and line, not of reading, which depends on the packaging.
bool UnusualLines::comes_first(Unusual& seen, std::string_view document, std::uint64_t line) {
  if (seen.line != 0 && std::tie(document, line) >= std::make_tuple(std::string_view(seen.document), seen.line)) return false;
  if (seen.document != document) seen.last_line = 0;
  seen.document = document;
  seen.line = line;
  return true;
}

void UnusualLines::add(std::string_view document, const text::Line& line, bool understood, std::int64_t times) {
  const int gravity = gravity_of(line.message);
  if (gravity == 0) return;
  auto* const seen = find(line_template(line.message));
  if (seen == nullptr) return;
  seen->count += static_cast<std::uint64_t>(times);
  seen->understood |= understood;
  seen->gravity = gravity;
  if (comes_first(*seen, document, line.number)) seen->text = text::origin(line, line.message).text;
  if (seen->document == document) seen->last_line = std::max(seen->last_line, line.number);
}

void UnusualLines::add(UnusualLines&& others) {
  for (auto& [key, other] : others.lines_) {
    auto* const seen = find(*key);
    if (seen == nullptr) continue;
    seen->count += other.count;
    seen->understood |= other.understood;
    seen->gravity = other.gravity;
    if (comes_first(*seen, other.document, other.line)) seen->text = std::move(other.text);
    if (seen->document == other.document) seen->last_line = std::max(seen->last_line, other.last_line);
  }
}

std::vector<Unusual> UnusualLines::by_gravity() const {
  std::vector<Unusual> all;
  all.reserve(lines_.size());
  for (const auto& line : lines_) all.push_back(line.line);
  std::sort(all.begin(), all.end(), [](const Unusual& a, const Unusual& b) {
    return std::tuple(-a.gravity, a.count, std::string_view(a.document), a.line) < std::tuple(-b.gravity, b.count, std::string_view(b.document), b.line);
  });
  return all;
}

std::vector<Unusual> UnusualLines::complaints(std::size_t most, kb::LineIndex& lines) const {
  std::vector<Unusual> list;
  for (auto& each : by_gravity()) {
    if (list.size() == most) break;
    each.known = lines.find(each.text).line;
    if (each.known == nullptr || each.known->role == kb::Role::candidate || each.known->role == kb::Role::confirmation)
      list.push_back(std::move(each));
  }
  return list;
}

std::vector<Unusual> UnusualLines::list(std::size_t most, kb::LineIndex& lines) const {
  std::vector<Unusual> list, consequences;
  for (auto& each : by_gravity()) {
    if (list.size() == most) break;
    if (each.understood) continue;
    each.known = lines.find(each.text).line;
    if (each.known != nullptr && misleads(each.known->role)) continue;
    const bool follows = each.known != nullptr && each.known->role == kb::Role::consequence;
    (follows ? consequences : list).push_back(std::move(each));
  }
  for (std::size_t i = 0; i < consequences.size() && list.size() < most; ++i) list.push_back(std::move(consequences[i]));
  return list;
}

}  // namespace gpm::scan
