// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <memory>
#include <streambuf>

#include "parsers/container/tree.h"

namespace gpm::container {
namespace {

// Anchored values are kept twice; more than this is no compose file.
constexpr std::size_t max_anchored_nodes = 50'000;

struct Refused {};  // thrown through yaml-cpp, which offers no other way out; caught in read_yaml

struct Size {
  std::size_t nodes = 0, depth = 0;
};

Size size_of(const Node& node) {  // recursion is bounded by max_depth: the builder made the node
  Size size{1, 1};
  const auto add = [&](const Node& child) {
    const auto inner = size_of(child);
    size.nodes += inner.nodes;
    size.depth = std::max(size.depth, inner.depth + 1);
  };
  for (const auto& item : node.items) add(item);
  for (const auto& entry : node.entries) add(entry.value);
  return size;
}

class YamlEvents : public YAML::EventHandler {
 public:
  explicit YamlEvents(std::uint64_t first_line) : first_line_(first_line) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    require(builder.scalar({}, at(mark), true));
    keep(anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      // An alias to a value that is still open (a cycle) or was not kept.
      require(builder.scalar({}, at(mark), true));
      return;
    }
    require(builder.copy(found->second.node, found->second.size.nodes, found->second.size.depth, at(mark)));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const bool null = tag == "?" && (value == "~" || value == "null" || value == "Null" || value == "NULL");
    require(builder.scalar(value, at(mark), null));
    keep(anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    require(builder.begin(Node::Kind::sequence, at(mark)));
    open_anchors_.push_back(anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    require(builder.begin(Node::Kind::mapping, at(mark)));
    open_anchors_.push_back(anchor);
  }
  void OnMapEnd() override { close(); }

  TreeBuilder builder;

 private:
  struct Anchored {
    Node node;
    Size size;
  };

  Mark at(const YAML::Mark& mark) const {
    return {first_line_ + static_cast<std::uint64_t>(std::max(mark.line, 0)),
            static_cast<std::uint32_t>(std::max(mark.column, 0))};
  }
  void require(bool accepted) {
    if (!accepted) throw Refused{};
  }
  void close() {
    builder.end();
    if (open_anchors_.empty()) return;
    const auto anchor = open_anchors_.back();
    open_anchors_.pop_back();
    keep(anchor);
  }
  void keep(YAML::anchor_t anchor) {
    if (anchor == 0 || builder.last() == nullptr || anchored_nodes_ >= max_anchored_nodes) return;
    const auto size = size_of(*builder.last());
    anchored_nodes_ += size.nodes;
    if (anchored_nodes_ > max_anchored_nodes) return;
    anchored_[anchor] = {*builder.last(), size};
  }

  std::uint64_t first_line_;
  std::vector<YAML::anchor_t> open_anchors_;
  std::map<YAML::anchor_t, Anchored> anchored_;
  std::size_t anchored_nodes_ = 0;
};

// A stream over a view, without copying 4 MiB.
struct ViewBuffer : std::streambuf {
  explicit ViewBuffer(std::string_view text) {
    auto* begin = const_cast<char*>(text.data());  // only read from
    setg(begin, begin, begin + text.size());
  }
};

bool opens_block_scalar(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  const auto bar = line.find_last_of(" ");
  const auto head = bar == std::string_view::npos ? line : line.substr(bar + 1);
  if (head.empty() || head.size() > 3 || (head[0] != '|' && head[0] != '>')) return false;
  for (char c : head.substr(1))
    if (c != '+' && c != '-' && (c < '1' || c > '9')) return false;
  return true;
}

// Depth of nesting, line by line. Indentation counts one level for each open indent, a compact `- ` or `? ` one, a
// bracket one. Brackets count only where a value begins with one: those in plain text and in block scalars mean nothing.
class NestingScan {
 public:
  void line(std::string_view line) {
    std::size_t indent = 0;
    while (indent < line.size() && line[indent] == ' ') ++indent;
    if (indent == line.size() || line[indent] == '\r') return;
    if (in_block_scalar_ && indent > block_indent_) return;
    in_block_scalar_ = false;
    auto rest = line.substr(indent);
    if (flow_ == 0) {
      while (!indents_.empty() && indents_.back() >= indent) indents_.pop_back();
      indents_.push_back(indent);
      std::size_t markers = 0;
      while (rest.size() > 1 && (rest[0] == '-' || rest[0] == '?') && rest[1] == ' ') {
        rest.remove_prefix(2);
        ++markers;
      }
      note(indents_.size() + markers);
      if (opens_block_scalar(rest)) {
        in_block_scalar_ = true;
        block_indent_ = indent;
        return;
      }
      if (const auto colon = rest.find(": "); colon != std::string_view::npos) rest = rest.substr(colon + 2);
      while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
      if (rest.empty() || (rest[0] != '[' && rest[0] != '{')) return;
    }
    flow(rest);
  }
  std::size_t deepest() const { return deepest_; }

 private:
  void note(std::size_t depth) { deepest_ = std::max(deepest_, depth); }
  void flow(std::string_view text) {
    char previous = ' ';
    for (char c : text) {
      if (quote_ != 0) {
        if (c == quote_ && !(quote_ == '"' && escaped_)) quote_ = 0;
        escaped_ = c == '\\' && !escaped_;
      } else if ((c == '"' || c == '\'') && (previous == ' ' || previous == ',' || previous == '[' || previous == '{')) {
        quote_ = c;
        escaped_ = false;
      } else if (c == '[' || c == '{') {
        note(indents_.size() + ++flow_);
      } else if ((c == ']' || c == '}') && flow_ > 0 && --flow_ == 0) {
        return;
      }
      previous = c;
    }
  }

  std::vector<std::size_t> indents_;
  std::size_t flow_ = 0, deepest_ = 0, block_indent_ = 0;
  bool in_block_scalar_ = false, escaped_ = false;
  char quote_ = 0;
};

}  // namespace

bool yaml_nests_too_deep(std::string_view text) {
  NestingScan scan;
  while (!text.empty() && scan.deepest() <= max_depth) {
    const auto end = text.find('\n');
    scan.line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return scan.deepest() > max_depth;
}

Tree read_yaml(std::string_view text, std::uint64_t first_line) {
  Tree tree;
  if (yaml_nests_too_deep(text)) {
    tree.error = "YAML is nested too deeply";
    return tree;
  }
  YamlEvents events(first_line);
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(events);
  } catch (const Refused&) {
    tree.error = events.builder.refusal() == "too many values" ? "YAML has too many values"
                                                               : "YAML is refused: " + events.builder.refusal();
  } catch (const YAML::Exception& error) {
    tree.error = "YAML is damaged here";
    if (error.mark.line >= 0) tree.error_line = first_line + static_cast<std::uint64_t>(error.mark.line);
  } catch (const std::exception&) {
    tree.error = "YAML cannot be read";
  }
  tree.root = events.builder.take();
  return tree;
}

}  // namespace gpm::container
