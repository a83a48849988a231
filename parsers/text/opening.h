// SPDX-License-Identifier: Apache-2.0
//
// Which bytes a text must begin with for a regular expression that begins with '^' to match, found out by reading the
// expression, which is a hundred times cheaper than to compile it:
//
//   ^(ii|rc)[ RH] *\S+   ->   [ir] [ic] [ RH]
//
// Good for saying no, as text::Required is: a text that begins with other bytes cannot match.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::text {

class Opening {
 public:
  using Bytes = std::bitset<256>;
  static constexpr std::size_t longest = 4;  // bytes that are looked at

  // What cannot be read with certainty (flags, escapes of rare kinds, nesting beyond 16) and what is not bound to the text's
  // start opens with anything.
  explicit Opening(std::string_view pattern);

  bool fits(std::string_view text) const {
    if (text.size() < bytes_.size()) return false;
    for (std::size_t i = 0; i < bytes_.size(); ++i)
      if (!bytes_[i].test(static_cast<unsigned char>(text[i]))) return false;
    return true;
  }

  // Bytes known; 0 = anything may come.
  std::size_t size() const { return bytes_.size(); }
  // What the first of them may be.
  Bytes first() const { return bytes_.empty() ? ~Bytes() : bytes_.front(); }

 private:
  std::vector<Bytes> bytes_;  // by place
};

}  // namespace gpm::text
