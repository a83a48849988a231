// SPDX-License-Identifier: Apache-2.0
#include "kb/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <set>
#include <sstream>

#include "kb/utf8.h"

namespace gpm::kb {
namespace {

// Ends yaml-cpp's parse from within an event; caught in parse_yaml.
struct Refused {
  int line;
  std::string reason;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Node& root, const YamlLimits& limits) : root_(root), limits_(limits) {}

  bool has_document() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Refused{line_of(mark), "more than one YAML document"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    if (!take_key(mark, "")) {
      place(mark, Node::Kind::null);
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{line_of(mark), "YAML aliases are not taken"};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    if (value.find('\0') != std::string::npos || !is_utf8(value)) {
      throw Refused{line_of(mark), "a string with NUL or a character that is none"};
    }
    if (take_key(mark, value)) {
      return;
    }
    const bool plain = tag == "?";
    if (plain && (value == "true" || value == "false")) {
      place(mark, Node::Kind::boolean).flag = value == "true";
    } else {
      place(mark, Node::Kind::string).text = value;
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, Node::Kind::list);
  }
  void OnSequenceEnd() override { stack_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, Node::Kind::map);
  }
  void OnMapEnd() override { stack_.pop_back(); }

 private:
  // A list or map that is still open. Its node stays where it is: only the innermost open node grows.
  struct Open {
    Node* node;
    std::optional<std::string> key;  // of a map: read, its value not yet
    std::set<std::string> keys;
  };

  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      throw Refused{line_of(mark), "YAML anchors are not taken"};
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Refused{line_of(mark), "YAML tags are not taken"};
    }
  }

  // True if the scalar was the key of the innermost map.
  bool take_key(const YAML::Mark& mark, const std::string& value) {
    if (stack_.empty() || stack_.back().node->kind != Node::Kind::map || stack_.back().key) {
      return false;
    }
    if (value.empty() || value.size() > limits_.key_bytes) {
      throw Refused{line_of(mark), "a key that is empty or too long"};
    }
    if (!stack_.back().keys.insert(value).second) {
      throw Refused{line_of(mark), "key " + quote(value) + " is given twice"};
    }
    stack_.back().key = value;
    return true;
  }

  Node& place(const YAML::Mark& mark, Node::Kind kind) {
    if (++nodes_ > limits_.nodes) {
      throw Refused{line_of(mark), "more than " + std::to_string(limits_.nodes) + " values in one file"};
    }
    Node* node = &root_;
    if (!stack_.empty()) {
      Open& parent = stack_.back();
      node = &parent.node->items.emplace_back();
      if (parent.key) {
        node->key = std::move(*parent.key);
        parent.key.reset();
      }
    }
    node->kind = kind;
    node->line = line_of(mark);
    return *node;
  }

  void open(const YAML::Mark& mark, Node::Kind kind) {
    if (!stack_.empty() && stack_.back().node->kind == Node::Kind::map && !stack_.back().key) {
      throw Refused{line_of(mark), "a key that is a list or a map"};
    }
    if (stack_.size() >= static_cast<std::size_t>(limits_.depth)) {
      throw Refused{line_of(mark), "nested deeper than " + std::to_string(limits_.depth) + " levels"};
    }
    Node& node = place(mark, kind);
    stack_.push_back({&node, std::nullopt, {}});
  }

  Node& root_;
  const YamlLimits& limits_;
  std::vector<Open> stack_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

const Node* Node::get(std::string_view name) const {
  if (kind == Kind::map) {
    for (const Node& item : items) {
      if (item.key == name) {
        return &item;
      }
    }
  }
  return nullptr;
}

std::string_view Node::text_of(std::string_view name) const {
  const Node* member = get(name);
  return member != nullptr ? std::string_view(member->text) : std::string_view();
}

const std::vector<Node>& Node::items_of(std::string_view name) const {
  static const std::vector<Node> none;
  const Node* member = get(name);
  return member != nullptr ? member->items : none;
}

std::optional<Node> parse_yaml(std::string_view text, const std::string& file, Problems& problems,
                               const YamlLimits& limits) {
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    add(problems, {.file = file, .reason = "is not UTF-8 text"});
    return std::nullopt;
  }
  Node root;
  TreeBuilder builder(root, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    if (builder.has_document()) {
      return root;
    }
    add(problems, {.file = file, .reason = "is empty"});
  } catch (const Refused& refused) {
    add(problems, {.file = file, .line = refused.line, .reason = refused.reason});
  } catch (const YAML::Exception& error) {
    add(problems, {.file = file, .line = error.mark.line + 1, .reason = "no YAML: " + error.msg});
  } catch (const std::exception& error) {
    add(problems, {.file = file, .reason = std::string("no YAML: ") + error.what()});
  }
  return std::nullopt;
}

}  // namespace gpm::kb
