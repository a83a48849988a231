// SPDX-License-Identifier: Apache-2.0
//
// The skeleton of a line: what stays when its values - words that hold a digit - are left out.
//
//   [13436.424411] NVRM: Xid (PCI:0000:20:00): 45, pid=7727, name=python3, Ch 00000008
//   [     .      ] NVRM: Xid (PCI:    :  :  ):   , pid=    , name=       , Ch            values: 13436, 424411, 0000, 20 ...
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gpm::scan {

// A hash of what `hash` stands for and `part` behind it.
constexpr std::uint64_t joined(std::uint64_t hash, std::uint64_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15ull;
  return hash ^ hash >> 32;
}

struct Skeleton {
  static constexpr std::size_t max_values = 64;

  struct Value {
    std::uint32_t begin = 0, end = 0;
    std::uint64_t hash = 0;  // never 0
  };
  std::uint64_t letters = 0;  // hash of all between the values and of their number
  std::size_t count = 0;
  std::array<Value, max_values> values;

  // False where the line has more values than that.
  bool read(std::string_view raw);

  // Whether the value is part of a stamp: 13436.424411, 2024-11-20T10:33:21,123.
  static bool is_clock(std::string_view raw, const Value& value);
};

}  // namespace gpm::scan
