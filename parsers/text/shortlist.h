// SPDX-License-Identifier: Apache-2.0
//
// Many patterns, and the few of them that a text may match: those of whose literals it holds one, found in one pass over the
// text, and those that have none and may begin with its first byte.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/text/literals.h"
#include "parsers/text/regex.h"

namespace gpm::text {

class Shortlist {
 public:
  explicit Shortlist(std::span<const std::unique_ptr<Regex>> patterns);

  // Indices of the patterns, in their order.
  std::vector<std::size_t> of(std::string_view text) const;

 private:
  struct Unmarked {  // has no literal
    std::size_t pattern;
    Opening::Bytes first;
  };

  std::vector<std::size_t> owners_;  // of each literal
  std::vector<Unmarked> unmarked_;
  std::unique_ptr<Literals> literals_;
};

}  // namespace gpm::text
