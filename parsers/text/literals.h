// SPDX-License-Identifier: Apache-2.0
//
// Many literals searched for in one pass over the bytes, ASCII case ignored, so that a byte costs the same whatever their
// number: the gates of all parsers and of the knowledge base, the marks of the formats.
//
// Each literal is known by two windows of four bytes, one byte apart, where its bytes are rarest; so every second
// position of the text is looked at, by one bit of a table that fits the first caches; the hashes of sixteen positions are
// computed together, by AVX2 where the processor has it. Only where that bit is set, the literals with this window are
// compared. Making the tables for thousands of literals takes less than a millisecond, so
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
  enum class Instructions { best, portable };  // what find() uses: all that the processor has; what every processor has

  // Literals of 3 bytes or more; they may repeat and differ in case. Shorter ones are never found.
  explicit Literals(std::span<const std::string_view> literals);
  explicit Literals(const std::vector<std::string>& literals);
  // The same literals, found fastest in texts like `sample` (some hundred KiB).
  Literals tuned_to(std::string_view sample) const;

  // All hits in `block` (below 4 GiB), ordered by end. Returns how many places were looked at closely for nothing: many of
  // them (a per cent of the bytes) ask for tuned_to(). The hits are the same however the tables are tuned.
  std::size_t find(std::string_view block, std::vector<LiteralHit>& hits, Instructions instructions = Instructions::best) const;

 private:
  struct alignas(32) Window {
    std::uint32_t literal;
    std::int32_t shift;   // from the window's first byte to the literal's
    std::uint32_t size;   // of the literal
    std::uint64_t start;  // the literal's first eight bytes
    std::uint64_t care;   // the bits of them that a text must have
  };
  struct Entry {          // what is found by a hash
    std::uint32_t bytes;  // of the text, folded: see fold() in literals.cc
    std::uint32_t window;
  };
  struct Literal {
    std::uint32_t begin, size;
  };

  void choose_windows(std::string_view sample);
  std::size_t stops_in(std::string_view text) const;
  bool in_filter(std::uint32_t window) const;
  std::uint32_t add_window(std::uint32_t literal, std::int32_t shift);
  void add_short(std::string_view text, std::uint32_t literal);
  void index();
  std::string_view literal(std::uint32_t i) const { return std::string_view(bytes_).substr(literals_[i].begin, literals_[i].size); }
  bool stands_at(std::string_view block, std::size_t begin, const Window& window) const;
  bool may_stand(std::string_view block, std::size_t at) const;
  bool compare(std::string_view block, std::size_t at, std::uint32_t bytes, std::vector<LiteralHit>& hits) const;

  std::string bytes_;                       // the literals in lower case, one behind the other, each filled up to whole words
  std::string care_;                        // for each of these bytes the bits that a text must have in common with it
  std::vector<Literal> literals_;           // in bytes_
  std::size_t longest_ = 0;
  std::uint32_t multiplier_;                // of the hash
  int filter_bits_ = 0;                     // of the hash
  std::vector<std::uint64_t> filter_;       // a bit for each hash of an entry
  std::vector<Window> windows_;
  std::vector<Entry> entries_;              // ordered by slot
  std::vector<std::uint32_t> slot_begins_;  // into entries_
};

}  // namespace gpm::text
