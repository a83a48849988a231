// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/context.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "parsers/text/wrapper.h"

namespace gpm::compose {
namespace {

constexpr std::size_t text_bytes = 500;  // of a context line; it is looked at, not quoted

struct Near {
  std::uint64_t line = 0;
  std::string text;
};

// The lines of `wanted` documents that stated something, each once, by line.
std::map<std::string, std::vector<Near>> lines_with_facts(store::Store& store, const std::map<std::string, std::set<std::uint64_t>>& wanted) {
  std::map<std::string, std::map<std::uint64_t, std::string>> found;
  store::Statement documents(store.database().get(), "SELECT id, path FROM documents");
  std::map<std::int64_t, const std::pair<const std::string, std::set<std::uint64_t>>*> by_id;
  while (documents.step())
    if (const auto at = wanted.find(documents.text(1)); at != wanted.end()) by_id.emplace(documents.integer(0), &*at);
  store::Statement s(store.database().get(),
                     "SELECT document_id, line, text FROM events UNION ALL SELECT document_id, line, text FROM settings UNION ALL SELECT document_id, line, text FROM snapshots");
  while (s.step()) {
    const auto document = by_id.find(s.integer(0));
    if (document == by_id.end() || s.integer(1) <= 0) continue;
    const auto line = static_cast<std::uint64_t>(s.integer(1));
    const auto& quotes = document->second->second;
    const auto next = quotes.lower_bound(line > context_reach ? line - context_reach : 1);
    if (next == quotes.end() || *next > line + context_reach) continue;
    found[document->second->first].emplace(line, s.text(2).substr(0, text_bytes));
  }
  std::map<std::string, std::vector<Near>> lines;
  for (auto& [path, by_line] : found)
    for (auto& [line, text] : by_line) lines[path].push_back({line, std::move(text)});
  return lines;
}

bool same_ignoring_case(char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); }

std::string_view find_ignoring_case(std::string_view line, std::string_view part) {
  const auto at = std::search(line.begin(), line.end(), part.begin(), part.end(), same_ignoring_case);
  return at == line.end() ? std::string_view() : line.substr(static_cast<std::size_t>(at - line.begin()), part.size());
}

std::string of_xid(std::string_view line) {
  static const text::Regex pattern(R"((S?Xid \(PCI:[^)]*\): \d+))");
  re2::StringPiece part;
  return text::Regex::PartialMatch(text::piece(line), pattern, &part) ? std::string(text::view(part)) : std::string();
}

// 'Driver/library version mismatch' of "... text LIKE '%Driver/library version mismatch%'".
std::string of_literals(std::string_view query, std::string_view line) {
  constexpr std::size_t shortest = 3;
  std::string_view best;
  for (std::size_t from = query.find('\''); from != std::string_view::npos; from = query.find('\'', from + 1)) {
    const auto end = query.find('\'', from + 1);
    if (end == std::string_view::npos) break;
    auto literal = query.substr(from + 1, end - from - 1);
    from = end;
    while (!literal.empty() && literal.front() == '%') literal.remove_prefix(1);
    while (!literal.empty() && literal.back() == '%') literal.remove_suffix(1);
    if (literal.size() < shortest || literal.size() <= best.size()) continue;
    if (const auto part = find_ignoring_case(line, literal); !part.empty()) best = part;
  }
  return std::string(best);
}

}  // namespace

std::string MatchingPart::of(std::string_view line) const {
  if (signal_.pattern.empty()) {
    if (signal_.query.find("xid") != std::string_view::npos)
      if (auto xid = of_xid(line); !xid.empty()) return xid;
    return of_literals(signal_.query, line);
  }
  std::string scratch;
  const auto message = text::unwrap(1, line, scratch).message;
  const auto* const pattern = pattern_.needed_for(message);
  re2::StringPiece part;
  if (pattern == nullptr || !pattern->ok() || !pattern->Match(text::piece(message), 0, message.size(), re2::RE2::UNANCHORED, &part, 1)) return {};
  return std::string(text::view(part));
}

MatchingParts::MatchingParts(const signals::Findings& findings, const std::vector<report::Cause>& causes, scan::Worker& worker) {
  std::vector<std::pair<const kb::Signal*, std::string>> lines;
  for (const auto& cause : causes)
    for (const auto& e : cause.evidence) {
      const auto* present = findings.find(e.signal);
      lines.emplace_back(present == nullptr ? nullptr : present->signal, e.text);
    }
  if (lines.empty()) return;
  found_ = worker.run([lines = std::move(lines)] {
    std::map<const kb::Signal*, MatchingPart> of_signal;
    std::vector<std::string> found;
    for (const auto& [signal, line] : lines) found.push_back(signal == nullptr ? std::string() : of_signal.try_emplace(signal, *signal).first->second.of(line));
    return found;
  });
}

void MatchingParts::put_in(std::vector<report::Cause>& causes) {
  if (!found_.asked()) return;
  auto found = found_.get();
  auto next = found.begin();
  for (auto& cause : causes)
    for (auto& e : cause.evidence) e.match = std::move(*next++);
}

void add_context(store::Store& store, report::Result& result) {
  std::map<std::string, std::set<std::uint64_t>> wanted;
  for (const auto& cause : result.causes)
    for (const auto& e : cause.evidence)
      if (e.line > 0) wanted[e.document].insert(e.line);
  const auto lines = lines_with_facts(store, wanted);
  for (auto& cause : result.causes)
    for (auto& e : cause.evidence) {
      const auto around = lines.find(e.document);
      if (e.line == 0 || around == lines.end()) continue;
      const auto& list = around->second;
      const auto at = std::lower_bound(list.begin(), list.end(), e.line, [](const Near& near, std::uint64_t line) { return near.line < line; });
      auto from = at, to = at;
      for (std::size_t n = 0; n < context_each_side && from != list.begin() && std::prev(from)->line + context_reach >= e.line; ++n) --from;
      if (to != list.end() && to->line == e.line) ++to;
      for (std::size_t n = 0; n < context_each_side && to != list.end() && to->line <= e.line + context_reach; ++n) ++to;
      for (auto near = from; near != to; ++near)
        if (near->line != e.line) e.context.push_back({near->line, near->text});
    }
}

}  // namespace gpm::compose
