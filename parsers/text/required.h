// SPDX-License-Identifier: Apache-2.0
//
// What a text must hold for a regular expression to match, found out by reading the expression, which is a hundred times
// cheaper than to compile it:
//
//   GPU (\d+) (?:is lost|fell off)   ->   "GPU " and ("is lost" or "fell off")
//
// Good for saying no: a text that lacks them cannot match; one that has them may. Where a pattern ignores case anywhere,
// ASCII case is ignored throughout, which is on the safe side. (K and s stand for their ASCII forms only, as in the gates.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::text {

class Required {
 public:
  // What cannot be read with certainty (\Q...\E, nesting beyond 16) requires nothing.
  explicit Required(std::string_view pattern);

  // Whether `text` holds what is required.
  bool in(std::string_view text) const;
  // Whether asking costs about as much as to let RE2 decide.
  bool is_costly() const { return ignores_case_ || nodes_.size() > 8; }
  // Literals, in lower case, of which each text that may match holds one; none where it is not known or there is none of
  // `shortest` bytes.
  std::vector<std::string> one_of(std::size_t shortest) const { return one_of(0, shortest); }
  // In words, for tests: ("GPU " & ("is lost" | "fell off")); "" = nothing.
  std::string shown() const { return shown(0); }

 private:
  // A program reads hundreds of patterns at its start: one buffer holds all their literals, one vector their nodes.
  struct Node {
    enum Kind : std::uint8_t { nothing, literal, all, any } kind = nothing;
    std::uint32_t begin = 0, end = 0;  // of a literal: in characters_
    std::uint32_t first = 0;           // of `all` and `any`: a node; the others follow by their `next`
    std::uint32_t next = 0;            // 0 = none, as the root follows nobody
  };
  class Reader;

  std::string_view literal(const Node& node) const { return std::string_view(characters_).substr(node.begin, node.end - node.begin); }
  bool holds(std::uint32_t node, std::string_view text) const;
  std::vector<std::string> one_of(std::uint32_t node, std::size_t shortest) const;
  std::string shown(std::uint32_t node) const;

  std::string characters_;
  std::vector<Node> nodes_;  // the first is the root
  bool ignores_case_ = false;
};

}  // namespace gpm::text
