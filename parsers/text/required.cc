// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/required.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

constexpr int deepest = 16;
constexpr std::size_t shortest_bytes = 2;

// A letter, a digit or a usual mark by itself is in nearly every line.
bool is_rare(char c) { return std::string_view("@~|$#%&<>;!?*").find(c) != std::string_view::npos; }
// A usual mark is better than nothing.
bool is_mark(char c) { return !is_letter(c) && !is_digit(c) && c != ' '; }

}  // namespace

// A recursive descent over RE2's syntax, as far as it is needed to see which characters must be there.
class Required::Reader {
 public:
  Reader(std::string_view pattern, std::string& characters, std::vector<Node>& nodes) : rest_(pattern), characters_(characters), nodes_(nodes) {}

  // Nothing if there is something in it that this reader does not know.
  Node read() {
    auto node = alternatives(0);
    return sure_ && rest_.empty() ? node : Node{};
  }

  bool ignores_case() const { return ignores_case_; }

 private:
  Node alternatives(int depth) {
    Members members;
    bool one_requires_nothing = false;
    for (;;) {
      const auto part = sequence(depth);
      one_requires_nothing |= part.kind == Node::nothing;
      add(members, part);
      if (!sure_ || !rest_.starts_with('|')) break;
      rest_.remove_prefix(1);
    }
    return one_requires_nothing ? Node{} : together(Node::any, members);
  }

  // Up to '|', ')' or the end.
  Node sequence(int depth) {
    Members members;
    std::optional<char> mark;
    auto run = size();
    const auto end_run = [&] {
      const auto bytes = size() - run;
      if (bytes == 1 && is_mark(characters_.back())) mark = characters_.back();
      if (bytes >= shortest_bytes || (bytes == 1 && is_rare(characters_.back()))) add(members, {Node::literal, run, size()});
      else characters_.resize(run);
      run = size();
    };
    while (sure_ && !rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      if (rest_[0] == '(') {
        end_run();
        const auto inner = group(depth);
        if (!may_be_absent() && inner.kind != Node::nothing) add(members, inner);
        skip_quantifier();
        run = size();
        continue;
      }
      const auto [character, is_literal] = atom();
      const bool optional = may_be_absent();
      if (is_literal && !optional) characters_.push_back(character);
      const bool repeated = skip_quantifier();
      if (!is_literal || optional || repeated) end_run();
    }
    end_run();
    if (members.count == 0 && mark && depth == 0) {
      characters_.push_back(*mark);
      add(members, {Node::literal, run, size()});
    }
    return together(Node::all, members);
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

  bool may_be_absent() const {
    const char c = rest_.empty() ? ' ' : rest_[0];
    return c == '?' || c == '*' || (c == '{' && is_count());
  }

  // "{3}", "{0,80}"; any other '{' is a character. RE2 knows no "{,80}".
  bool is_count() const {
    if (!rest_.starts_with('{') || rest_.size() < 2 || !is_digit(rest_[1])) return false;
    const auto end = rest_.find_first_not_of("0123456789,", 1);
    return end != std::string_view::npos && rest_[end] == '}';
  }

  bool skip_quantifier() {
    const char c = rest_.empty() ? ' ' : rest_[0];
    if (c == '{' && is_count()) rest_.remove_prefix(rest_.find('}') + 1);
    else if (c == '?' || c == '*' || c == '+') rest_.remove_prefix(1);
    else return false;
    if (rest_.starts_with('?')) rest_.remove_prefix(1);
    return true;
  }

  struct Members {
    std::uint32_t first = 0, last = 0, count = 0;
  };

  void add(Members& members, const Node& node) {
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back(node);
    if (members.count++ == 0) members.first = index;
    else nodes_[members.last].next = index;
    members.last = index;
  }

  Node together(Node::Kind kind, const Members& members) const {
    if (members.count == 0) return {};
    return members.count == 1 ? nodes_[members.first] : Node{kind, 0, 0, members.first};
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(characters_.size()); }

  std::string_view rest_;
  std::string& characters_;
  std::vector<Node>& nodes_;
  bool sure_ = true, ignores_case_ = false;
};

Required::Required(std::string_view pattern) {
  constexpr std::size_t usual_nodes = 16;
  characters_.reserve(pattern.size());
  nodes_.reserve(usual_nodes);
  nodes_.emplace_back();
  Reader reader(pattern, characters_, nodes_);
  nodes_[0] = reader.read();
  ignores_case_ = reader.ignores_case();
  if (ignores_case_) std::transform(characters_.begin(), characters_.end(), characters_.begin(), lower_char);
}

bool Required::in(std::string_view text) const {
  return ignores_case_ && nodes_[0].kind != Node::nothing ? holds(0, lower(text)) : holds(0, text);
}

bool Required::holds(std::uint32_t index, std::string_view text) const {
  const auto& node = nodes_[index];
  if (node.kind == Node::nothing) return true;
  if (node.kind == Node::literal) return contains(text, literal(node));
  const bool all = node.kind == Node::all;
  for (auto i = node.first; i != 0; i = nodes_[i].next)
    if (holds(i, text) != all) return !all;
  return all;
}

std::vector<std::string> Required::one_of(std::uint32_t index, std::size_t shortest) const {
  const auto& node = nodes_[index];
  if (node.kind == Node::literal && node.end - node.begin >= shortest) return {lower(literal(node))};
  std::vector<std::string> best;
  for (auto i = node.first; i != 0; i = nodes_[i].next) {
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
  if (node.kind == Node::literal) return std::string("\"").append(literal(node)).append("\"");
  std::string text;
  for (auto i = node.first; i != 0; i = nodes_[i].next) text += (text.empty() ? "" : node.kind == Node::all ? " & " : " | ") + shown(i);
  return "(" + text + ")";
}

}  // namespace gpm::text
