// SPDX-License-Identifier: Apache-2.0
//
// YAML of the knowledge base -> a small tree that remembers lines.
//
// Only what knowledge needs is taken: maps with plain keys, lists, strings, `true`, `false` and null. Numbers and dates
// stay strings. Anchors, aliases, tags, a second document, repeated keys, NUL, and bytes that are not UTF-8 are
// refused. yaml-cpp gives events and no tree: the first event past a limit ends the parse, so nothing grows or recurses
// with hostile input.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/problem.h"

namespace gpm::kb {

struct Node {
  enum class Kind { null, boolean, string, list, map };

  Kind kind = Kind::null;
  int line = 0;             // 1-based
  std::string key;          // in a map
  std::string text;         // of a string
  bool flag = false;        // of a boolean
  std::vector<Node> items;  // of a list or a map, as written

  // Member of a map; nullptr if there is none or this is no map.
  const Node* get(std::string_view name) const;
  // Text of the member `name`; empty if there is none.
  std::string_view text_of(std::string_view name) const;
  // Items of the member `name`; empty if there is none.
  const std::vector<Node>& items_of(std::string_view name) const;
};

struct YamlLimits {
  int depth = 16;
  std::size_t nodes = 100'000;
  std::size_t key_bytes = 256;
};

// On failure adds one problem for `file`.
std::optional<Node> parse_yaml(std::string_view text, const std::string& file, Problems& problems,
                               const YamlLimits& limits = {});

}  // namespace gpm::kb
