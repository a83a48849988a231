// SPDX-License-Identifier: Apache-2.0
#include "kb/alternatives.h"

#include <algorithm>
#include <optional>

namespace gpm::kb {
namespace {

constexpr std::size_t most_alternatives = 256;
constexpr std::size_t most_bytes = 16'384;

std::size_t skip_escape(std::string_view pattern, std::size_t at) {
  if (pattern.substr(at, 2) == "\\Q") {
    const std::size_t end = pattern.find("\\E", at + 2);
    return end == std::string_view::npos ? pattern.size() : end + 2;
  }
  return std::min(at + 2, pattern.size());
}

std::size_t skip_class(std::string_view pattern, std::size_t at) {
  ++at;
  if (at < pattern.size() && pattern[at] == '^') {
    ++at;
  }
  bool first = true;  // a ']' in first place is itself
  while (at < pattern.size()) {
    if (pattern[at] == ']' && !first) {
      return at + 1;
    }
    first = false;
    if (pattern[at] == '\\') {
      at = skip_escape(pattern, at);
    } else if (pattern.substr(at, 2) == "[:") {
      const std::size_t end = pattern.find(":]", at + 2);
      at = end == std::string_view::npos ? at + 1 : end + 2;
    } else {
      ++at;
    }
  }
  return at;
}

// End of the escape, class or character that starts here; of "(" and ")" just that character.
std::size_t skip_atom(std::string_view pattern, std::size_t at) {
  switch (pattern[at]) {
    case '\\':
      return skip_escape(pattern, at);
    case '[':
      return skip_class(pattern, at);
    default:
      return at + 1;
  }
}

// Position after the ")" that closes the "(" at `at`.
std::size_t skip_group(std::string_view pattern, std::size_t at) {
  std::size_t depth = 0;
  while (at < pattern.size()) {
    const char c = pattern[at];
    at = skip_atom(pattern, at);
    if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return at;
    }
  }
  return at;
}

// At the "|" that are in no group.
std::vector<std::string_view> split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < pattern.size()) {
    if (pattern[at] == '|') {
      parts.push_back(pattern.substr(start, at - start));
      start = at + 1;
    }
    at = pattern[at] == '(' ? skip_group(pattern, at) : skip_atom(pattern, at);
  }
  parts.push_back(pattern.substr(start));
  return parts;
}

// "x+" as "xx*": RE2 forgets what a repetition starts with.
std::string with_plus_unrolled(std::string_view pattern) {
  std::string result;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const std::size_t end = skip_atom(pattern, at);
    const std::string_view atom = pattern.substr(at, end - at);
    const bool one_character = std::string_view("()^$|*+?{}").find(atom.front()) == std::string_view::npos &&
                               atom.substr(0, 2) != "\\Q" && atom.substr(0, 2) != "\\p" && atom.substr(0, 2) != "\\x";
    result += atom;
    at = end;
    if (one_character && at < pattern.size() && pattern[at] == '+') {
      result += atom;
      result += '*';
      ++at;
    }
  }
  return result;
}

struct Group {
  std::size_t begin, end;  // with its quantifier
  std::string_view body;   // without "(?:" or "(?P<name>"
  bool optional;
};

// Text between "(" (at `begin`) and ")", without "?:", "?i:" or "?P<name>". Nothing for "(?i)", which only sets flags.
std::optional<std::string_view> body_of(std::string_view group) {
  std::string_view body = group.substr(1, group.size() - 2);
  if (!body.starts_with("?")) {
    return body;
  }
  const std::size_t end = body.find_first_of(body.starts_with("?P<") ? ">" : ":");
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  return body.substr(end + 1);
}

// The first group that is worth taking apart: with alternatives inside, or optional, and not repeated.
std::optional<Group> first_choice(std::string_view pattern) {
  std::size_t at = 0;
  while (at < pattern.size()) {
    if (pattern[at] != '(') {
      at = skip_atom(pattern, at);
      continue;
    }
    std::size_t end = skip_group(pattern, at);
    const auto body = body_of(pattern.substr(at, end - at));
    const char next = end < pattern.size() ? pattern[end] : '\0';
    const bool repeated = next == '*' || next == '+' || next == '{';
    const bool optional = next == '?';
    if (body && !repeated && (optional || body->find('|') != std::string_view::npos)) {
      end += optional ? 1 : 0;
      end += optional && end < pattern.size() && pattern[end] == '?' ? 1 : 0;
      return Group{at, end, *body, optional};
    }
    at = end;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> alternatives(std::string_view pattern) {
  std::vector<std::string> open;
  std::vector<std::string> done;
  for (const std::string_view part : split(pattern)) {
    open.emplace_back(part);
  }
  while (!open.empty()) {
    if (open.size() + done.size() > most_alternatives || open.back().size() > most_bytes) {
      return {std::string(pattern)};
    }
    const std::string current = std::move(open.back());
    open.pop_back();
    const auto group = first_choice(current);
    if (!group) {
      done.push_back(with_plus_unrolled(current));
      continue;
    }
    std::vector<std::string_view> choices = split(group->body);
    if (group->optional) {
      choices.emplace_back();
    }
    for (const std::string_view choice : choices) {
      open.push_back(current.substr(0, group->begin) + std::string(choice) + current.substr(group->end));
    }
  }
  return done;
}

}  // namespace gpm::kb
