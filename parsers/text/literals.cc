// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/literals.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

constexpr std::size_t window_bytes = 4;
constexpr std::size_t stride = 2;  // windows begin at even offsets of the text
constexpr int filter_bits = 17;    // 16 KiB: half of a first cache
constexpr int slot_bits = 13;

// Four bytes as a number, letters without case. Some other bytes fall together, which the comparison tells apart.
std::uint32_t fold(const char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, window_bytes);
  return word | 0x20202020u;
}

std::uint32_t hash(std::uint32_t window) { return (window * 0x9e3779b1u) >> (32 - filter_bits); }
std::uint32_t slot(std::uint32_t window) { return hash(window) >> (filter_bits - slot_bits); }

// How common a byte is in logs, from 0: printable characters in the order of their frequency in the labelled incidents.
constexpr auto commonness = [] {
  constexpr std::string_view common_first = " 0enirota-1:sc2ldpum.f435g69][8bv7h/=k,_xy\"w|()>'<z+qj#%^{}*;@?\\$`~!&";
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < common_first.size(); ++i)
    table[static_cast<unsigned char>(common_first[i])] = static_cast<std::uint8_t>(common_first.size() - i);
  return table;
}();

// How often the literals themselves have a window: what many have ("nccl", "erro") is common in texts too.
class WindowCounts {
 public:
  explicit WindowCounts(const std::vector<std::string>& literals) : counts_(std::size_t{1} << filter_bits) {
    for (const auto& literal : literals)
      for (std::size_t at = 0; at + window_bytes <= literal.size(); ++at) {
        auto& count = counts_[hash(fold(literal.data() + at))];
        count += count < 255;
      }
  }
  unsigned of(const char* window) const { return counts_[hash(fold(window))]; }

 private:
  std::vector<std::uint8_t> counts_;
};

// Where the literal is known by: the rarest stretch of two windows.
std::size_t rarest(std::string_view literal, const WindowCounts& counts) {
  constexpr std::size_t size = window_bytes + stride - 1;
  std::size_t best = 0;
  unsigned best_score = ~0u;
  for (std::size_t at = 0; at + size <= literal.size(); ++at) {
    unsigned score = 0;
    for (const char c : literal.substr(at, size)) score += commonness[static_cast<unsigned char>(c)];
    for (std::size_t i = at; i < at + stride; ++i) score += 16 * std::min(counts.of(literal.data() + i), 16u);
    if (score >= best_score) continue;
    best = at;
    best_score = score;
  }
  return best;
}

bool before(const LiteralHit& a, const LiteralHit& b) { return a.end != b.end ? a.end < b.end : a.literal < b.literal; }

bool equal_without_case(const char* text, std::string_view lower) {
  for (const char expected : lower) {
    const char c = *text++;
    if (c != expected && !(c >= 'A' && c <= 'Z' && (c | 0x20) == expected)) return false;
  }
  return true;
}

}  // namespace

Literals::Literals(const std::vector<std::string>& literals) : filter_((std::size_t{1} << filter_bits) / 64) {
  for (const auto& literal : literals) literals_.push_back(lower(literal));
  const WindowCounts counts(literals_);
  for (std::uint32_t literal = 0; literal < literals_.size(); ++literal) {
    const std::string_view text = literals_[literal];
    if (text.size() < window_bytes + stride - 1) {
      add_short(text, literal);
      continue;
    }
    const auto at = rarest(text, counts);
    for (std::size_t i = at; i < at + stride; ++i) add(fold(text.data() + i), literal, -static_cast<std::int32_t>(i));
  }
  index();
}

void Literals::add(std::uint32_t bytes, std::uint32_t literal, std::int32_t shift) {
  filter_[hash(bytes) / 64] |= std::uint64_t{1} << (hash(bytes) % 64);
  windows_.push_back({bytes, literal, shift});
}

// Literals of three and four bytes do not hold both windows: what stands beside them may be anything.
void Literals::add_short(std::string_view text, std::uint32_t literal) {
  if (text.size() + 1 < window_bytes) return;
  for (int any = 0; any < 256; ++any) {
    if ((any & 0x20) == 0) continue;  // folds to one that has the bit
    const auto beside = static_cast<char>(any);
    const auto before = std::string(1, beside) + std::string(text.substr(0, window_bytes - 1));
    add(fold(before.data()), literal, 1);
    const auto behind = std::string(text) + beside;
    if (text.size() < window_bytes) add(fold(behind.data()), literal, 0);
  }
  if (text.size() == window_bytes) add(fold(text.data()), literal, 0);
}

void Literals::index() {
  slot_begins_.assign((std::size_t{1} << slot_bits) + 1, 0);
  for (const auto& window : windows_) ++slot_begins_[slot(window.bytes) + 1];
  for (std::size_t i = 1; i < slot_begins_.size(); ++i) slot_begins_[i] += slot_begins_[i - 1];
  auto next = slot_begins_;
  std::vector<Window> ordered(windows_.size());
  for (const auto& window : windows_) ordered[next[slot(window.bytes)]++] = window;
  windows_ = std::move(ordered);
}

// The literals that have this window, which stands `at` bytes from the block's start.
void Literals::compare(std::string_view block, std::size_t at, std::uint32_t bytes, std::vector<LiteralHit>& hits) const {
  for (auto i = slot_begins_[slot(bytes)]; i < slot_begins_[slot(bytes) + 1]; ++i) {
    const auto& window = windows_[i];
    if (window.bytes != bytes) continue;
    const auto begin = static_cast<std::int64_t>(at) + window.shift;
    const std::string_view literal = literals_[window.literal];
    if (begin < 0 || static_cast<std::size_t>(begin) + literal.size() > block.size()) continue;
    if (!equal_without_case(block.data() + begin, literal)) continue;
    // Hits come nearly in order: those that belong behind this one are at most a literal away.
    const LiteralHit hit{window.literal, static_cast<std::uint32_t>(static_cast<std::size_t>(begin) + literal.size())};
    auto place = hits.end();
    while (place != hits.begin() && before(hit, *(place - 1))) --place;
    hits.insert(place, hit);
  }
}

void Literals::find(std::string_view block, std::vector<LiteralHit>& hits) const {
  hits.clear();
  const auto is_set = [filter = filter_.data()](std::uint32_t bytes) { return (filter[hash(bytes) / 64] >> (hash(bytes) % 64)) & 1; };
  constexpr std::size_t at_once = 8;  // windows; one branch for all
  std::size_t at = 0;
  for (; at + at_once * stride + window_bytes <= block.size(); at += at_once * stride) {
    std::uint64_t set = 0;
    for (std::size_t i = 0; i < at_once; ++i) set |= is_set(fold(block.data() + at + i * stride)) << i;
    for (; set != 0; set &= set - 1) {
      const auto window = at + static_cast<std::size_t>(__builtin_ctzll(set)) * stride;
      compare(block, window, fold(block.data() + window), hits);
    }
  }
  for (; at < block.size(); at += stride) {  // windows may reach behind the end
    char end[window_bytes] = {};
    std::memcpy(end, block.data() + at, std::min(window_bytes, block.size() - at));
    if (is_set(fold(end))) compare(block, at, fold(end), hits);
  }
}

}  // namespace gpm::text
