// SPDX-License-Identifier: Apache-2.0
//
// Hash over the bytes of a document, however they come in pieces: not for trust, only to tell whether two runs saw the same
// bytes. Four sums side by side, since each waits for its own multiplication.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gpm::scan {

class ContentHash {
 public:
  void add(std::string_view bytes);
  // Of all bytes so far and their number.
  std::uint64_t value() const;

 private:
  static constexpr std::size_t step = 32;

  void mix(const char* bytes);

  std::array<std::uint64_t, 4> sums_ = {0xcbf29ce484222325ull, 0x9e3779b97f4a7c15ull, 0xff51afd7ed558ccdull, 0xc4ceb9fe1a85ec53ull};
  std::array<char, step> rest_ = {};  // not yet in the sums
  std::uint64_t bytes_ = 0;
};

}  // namespace gpm::scan
