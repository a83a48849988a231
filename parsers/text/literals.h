// SPDX-License-Identifier: Apache-2.0
//
// Many literals searched for in one pass over the bytes, ASCII case ignored, so that a byte costs the same whatever their
// number: the gates of all parsers and of the knowledge base, the marks of the formats.
//
// Each literal is known by two windows of four bytes, one byte apart, where its bytes are rarest; so every second
// position of the text is looked at, by one bit of a table that fits the first cache. Only where that bit is set, the
// literals with this window are compared. Making the tables for thousands of literals takes less than a millisecond, so
// for a long text they are made again with the windows that are rarest in that text. (Hyperscan, which this replaced, needs
// 50 ms for its tables and is slower from a few hundred literals on.)
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::text {

struct LiteralHit {
  std::uint32_t literal;  // index into the list of literals
  std::uint32_t end;      // offset behind the hit's last byte
};

// The order of hits.
inline bool before(const LiteralHit& a, const LiteralHit& b) { return a.end != b.end ? a.end < b.end : a.literal < b.literal; }

class Literals {
 public:
  // Literals of 3 bytes or more; they may repeat and differ in case. Shorter ones are never found.
  explicit Literals(std::span<const std::string_view> literals);
  explicit Literals(const std::vector<std::string>& literals);
  // The same literals, found fastest in texts like `sample` (some hundred KiB).
  Literals tuned_to(std::string_view sample) const;

  // All hits in `block` (below 4 GiB), ordered by end. Returns how many places were looked at closely for nothing: many of
  // them (a per cent of the bytes) ask for tuned_to(). The hits are the same however the tables are tuned.
  std::size_t find(std::string_view block, std::vector<LiteralHit>& hits) const;

 private:
  struct Window {
    std::uint32_t bytes;   // folded: see fold() in literals.cc
    std::uint32_t literal;
    std::int32_t shift;    // from the window's first byte to the literal's
  };

  void choose_windows(std::string_view sample);
  std::size_t stops_in(std::string_view text) const;
  void add(std::uint32_t bytes, std::uint32_t literal, std::int32_t shift);
  void add_short(std::string_view text, std::uint32_t literal);
  void index();
  std::size_t size() const { return ends_.size(); }
  std::string_view literal(std::uint32_t i) const {
    const auto begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  bool compare(std::string_view block, std::size_t at, std::uint32_t bytes, std::vector<LiteralHit>& hits) const;

  std::string bytes_;                       // the literals in lower case, one behind the other
  std::vector<std::uint32_t> ends_;         // of each, in bytes_
  std::uint32_t multiplier_;                // of the hash
  std::vector<std::uint64_t> filter_;       // a bit for each hash of a window
  std::vector<Window> windows_;             // ordered by slot
  std::vector<std::uint32_t> slot_begins_;  // into windows_
};

}  // namespace gpm::text
