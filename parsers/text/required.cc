// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/required.h"

#include <algorithm>
#include <utility>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

constexpr int deepest = 16;
constexpr std::size_t shortest_bytes = 2;

// A letter, a digit or a usual mark by itself is in nearly every line.
bool is_rare(char c) { return std::string_view("@~|$#%&<>;!?*").find(c) != std::string_view::npos; }

}  // namespace

// A recursive descent over RE2's syntax, as far as it is needed to see which characters must be there.
class Required::Reader {
 public:
  Reader(std::string_view pattern, std::vector<Node>& nodes) : rest_(pattern), nodes_(nodes) {}

  // Nothing if there is something in it that this reader does not know.
  Node read() {
    auto node = alternatives(0);
    return sure_ && rest_.empty() ? node : Node{};
  }

  bool ignores_case() const { return ignores_case_; }

 private:
  Node alternatives(int depth) {
    Node node{Node::any, {}, {}};
    bool one_requires_nothing = false;
    for (;;) {
      auto part = sequence(depth);
      one_requires_nothing |= part.kind == Node::nothing;
      node.of.push_back(keep(std::move(part)));
      if (!sure_ || !rest_.starts_with('|')) break;
      rest_.remove_prefix(1);
    }
    if (one_requires_nothing) return {};
    return node.of.size() == 1 ? std::move(nodes_[node.of.front()]) : node;
  }

  // Up to '|', ')' or the end.
  Node sequence(int depth) {
    Node node{Node::all, {}, {}};
    std::string run;
    const auto end_run = [&] {
      if (run.size() >= shortest_bytes || (run.size() == 1 && is_rare(run[0]))) node.of.push_back(keep({Node::literal, run, {}}));
      run.clear();
    };
    while (sure_ && !rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      if (rest_[0] == '(') {
        end_run();
        auto inner = group(depth);
        if (!may_be_absent() && inner.kind != Node::nothing) node.of.push_back(keep(std::move(inner)));
        skip_quantifier();
        continue;
      }
      const auto [character, is_literal] = atom();
      const bool optional = may_be_absent();
      if (is_literal && !optional) run += character;
      const bool repeated = skip_quantifier();
      if (!is_literal || optional || repeated) end_run();
    }
    end_run();
    if (node.of.empty()) return {};
    return node.of.size() == 1 ? std::move(nodes_[node.of.front()]) : node;
  }

  Node group(int depth) {
    rest_.remove_prefix(1);
    if (depth == deepest) sure_ = false;
    if (rest_.starts_with('?')) {
      const bool named = rest_.starts_with("?P<") || rest_.starts_with("?<");
      const auto end = rest_.find_first_of(named ? ">" : ":)");
      if (end == std::string_view::npos) sure_ = false;
      if (!sure_) return {};
      const bool only_flags = rest_[end] == ')';
      ignores_case_ |= !named && rest_.substr(0, end).find('i') != std::string_view::npos;
      rest_.remove_prefix(end + 1);
      if (only_flags) return {};
    }
    if (!sure_) return {};
    auto node = alternatives(depth + 1);
    if (!rest_.starts_with(')')) sure_ = false;
    else rest_.remove_prefix(1);
    return node;
  }

  // One character, class or escape; whether it stands for exactly that character.
  std::pair<char, bool> atom() {
    const char c = rest_[0];
    if (c == '[') {
      skip_class();
      return {' ', false};
    }
    rest_.remove_prefix(1);
    if (c == '.' || c == '^' || c == '$') return {' ', false};
    if (c != '\\') return {c, static_cast<unsigned char>(c) < 0x80};  // (?i) knows cases beyond ASCII
    if (rest_.empty()) {
      sure_ = false;
      return {' ', false};
    }
    const char escaped = rest_[0];
    rest_.remove_prefix(1);
    if (!is_letter(escaped) && !is_digit(escaped)) return {escaped, true};
    constexpr std::string_view classes = "dDwWsSbBAz";
    if (classes.find(escaped) == std::string_view::npos && escaped != 'n' && escaped != 't' && escaped != 'r') sure_ = false;
    return {' ', false};
  }

  void skip_class() {
    std::size_t at = 1;
    if (rest_.substr(at).starts_with('^')) ++at;
    for (bool first = true; at < rest_.size() && (first || rest_[at] != ']'); first = false) {
      if (rest_.substr(at).starts_with("[:")) {
        const auto end = rest_.find(":]", at);
        at = end == std::string_view::npos ? rest_.size() : end + 2;
      } else {
        at += rest_[at] == '\\' ? 2 : 1;
      }
    }
    if (at >= rest_.size()) sure_ = false;
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
  }

  bool may_be_absent() const { return rest_.starts_with('?') || rest_.starts_with('*') || is_count(); }

  // "{3}", "{0,80}"; any other '{' is a character. RE2 knows no "{,80}".
  bool is_count() const {
    if (!rest_.starts_with('{') || rest_.size() < 2 || !is_digit(rest_[1])) return false;
    const auto end = rest_.find_first_not_of("0123456789,", 1);
    return end != std::string_view::npos && rest_[end] == '}';
  }

  bool skip_quantifier() {
    if (is_count()) rest_.remove_prefix(rest_.find('}') + 1);
    else if (rest_.starts_with('?') || rest_.starts_with('*') || rest_.starts_with('+')) rest_.remove_prefix(1);
    else return false;
    if (rest_.starts_with('?')) rest_.remove_prefix(1);
    return true;
  }

  std::uint32_t keep(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  std::string_view rest_;
  std::vector<Node>& nodes_;
  bool sure_ = true, ignores_case_ = false;
};

Required::Required(std::string_view pattern) : nodes_(1) {
  Reader reader(pattern, nodes_);
  auto root = reader.read();
  nodes_[0] = std::move(root);
  ignores_case_ = reader.ignores_case();
  if (ignores_case_)
    for (auto& node : nodes_) node.text = lower(node.text);
}

bool Required::in(std::string_view text) const {
  return ignores_case_ && nodes_[0].kind != Node::nothing ? holds(0, lower(text)) : holds(0, text);
}

bool Required::holds(std::uint32_t index, std::string_view text) const {
  const auto& node = nodes_[index];
  const auto holds_it = [&](std::uint32_t i) { return holds(i, text); };
  switch (node.kind) {
    case Node::nothing: return true;
    case Node::literal: return contains(text, node.text);
    case Node::all: return std::all_of(node.of.begin(), node.of.end(), holds_it);
    case Node::any: return std::any_of(node.of.begin(), node.of.end(), holds_it);
  }
  return true;
}

std::vector<std::string> Required::one_of(std::uint32_t index, std::size_t shortest) const {
  const auto& node = nodes_[index];
  if (node.kind == Node::literal && node.text.size() >= shortest) return {lower(node.text)};
  std::vector<std::string> best;
  for (const auto i : node.of) {
    auto more = one_of(i, shortest);
    if (node.kind == Node::any) {
      if (more.empty()) return {};
      best.insert(best.end(), more.begin(), more.end());
    } else if (best.empty() || (!more.empty() && more.size() < best.size())) {
      best = std::move(more);
    }
  }
  return best;
}

std::string Required::shown(std::uint32_t index) const {
  const auto& node = nodes_[index];
  if (node.kind == Node::nothing) return {};
  if (node.kind == Node::literal) return std::string("\"").append(node.text).append("\"");
  std::string text;
  for (const auto i : node.of) text += (text.empty() ? "" : node.kind == Node::all ? " & " : " | ") + shown(i);
  return "(" + text + ")";
}

}  // namespace gpm::text
