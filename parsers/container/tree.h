// SPDX-License-Identifier: Apache-2.0
//
// One small tree for YAML and JSON, so that a pod spec is walked by the same code whichever way it was printed.
//
// Every value and every key knows where it stands, because every setting is reported with the line of its key. Both
// readers keep what they had read when the input broke off: the first half of a truncated dump is good evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::container {

// Deeper than any Kubernetes object; what nests deeper is an attack on a recursive parser.
inline constexpr std::size_t max_depth = 64;
// Values in one tree; a node takes about 100 bytes.
inline constexpr std::size_t max_nodes = 600'000;

struct Mark {
  std::uint64_t line = 0;    // 1-based, in the document
  std::uint32_t column = 0;  // 0-based byte in that line; a hint for quoting long lines
};

struct Entry;

struct Node {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  Mark at;
  std::string scalar;          // as written, without quotes
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping, in order, duplicates kept

  bool is_mapping() const { return kind == Kind::mapping; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_scalar() const { return kind == Kind::scalar; }

  // The entry of this key; of duplicates the last, as YAML and JSON readers do. YAML's merge key `<<` is looked through.
  const Entry* find(std::string_view key) const;
  // Value of the key, or a null node.
  const Node& operator[](std::string_view key) const;
  // Scalar value of the key, empty where there is none.
  std::string_view text(std::string_view key) const;
};

struct Entry {
  std::string key;
  Mark at;
  Node value;
};

struct Tree {
  Node root;
  std::string error;             // empty if the whole text was read; else one sentence, lower case, no full stop
  std::uint64_t error_line = 0;  // 0 = unknown
};

// Places parsed values into a tree: begin/end of collections, keys and scalars in document order. Refuses what is too
// deep or too much by returning false; the tree so far stays usable.
class TreeBuilder {
 public:
  bool begin(Node::Kind kind, Mark at);
  bool end();
  bool key(std::string_view key, Mark at);
  bool scalar(std::string_view value, Mark at, bool null = false);
  bool copy(const Node& node, std::size_t nodes, std::size_t depth, Mark at);  // of `nodes` nodes, `depth` levels
  const std::string& refusal() const { return refusal_; }
  std::size_t depth() const { return open_.size(); }
  std::size_t nodes() const { return nodes_; }
  // The value that was completed last; nothing if that was a key. Valid until the next call.
  const Node* last() const { return last_; }
  // Closes what is open and gives the tree.
  Node take();

 private:
  Node* place(Node node);

  Node root_;
  bool has_root_ = false;
  std::vector<Node*> open_;  // stable: a collection does not grow while one of its values is open
  Entry pending_;
  std::vector<bool> have_key_;
  const Node* last_ = nullptr;
  std::size_t nodes_ = 0;
  std::string refusal_;
};

// `first_line` is the line of the document on which `text` begins. One YAML document, without its `---`.
Tree read_yaml(std::string_view text, std::uint64_t first_line);
Tree read_json(std::string_view text, std::uint64_t first_line);

// Whether YAML nests deeper than max_depth by indentation, compact lists (`- - -`) or brackets. Looks at each byte once
// and builds nothing.
bool yaml_nests_too_deep(std::string_view text);

}  // namespace gpm::container
