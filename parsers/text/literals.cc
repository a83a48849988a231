// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/literals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "parsers/text/ascii.h"

namespace gpm::text {
namespace {

constexpr std::size_t window_bytes = 4;
constexpr std::size_t stride = 2;  // windows begin at even offsets of the text
constexpr int filter_bits = 19;    // 64 KiB
constexpr int slot_bits = 13;

// Four bytes as a number, letters without case. Other bytes fall together too, which the comparison tells apart: each is
// one of 64.
std::uint32_t fold(const char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, window_bytes);
  return word & 0x5f5f5f5fu;
}

// Which of these multipliers keeps the windows of a text apart from those of the literals, depends on the text.
constexpr std::array<std::uint32_t, 8> multipliers = {0x9e3779b1u, 0x85ebca6bu, 0xc2b2ae35u, 0x27d4eb2fu, 0x165667b1u, 0xcc9e2d51u, 0x1b873593u, 0xe6546b65u};

std::uint32_t hash(std::uint32_t window, std::uint32_t multiplier) { return (window * multiplier) >> (32 - filter_bits); }
std::uint32_t slot(std::uint32_t hash) { return hash >> (filter_bits - slot_bits); }

// How common a byte is in logs, from 0: printable characters in the order of their frequency in the labelled incidents.
constexpr auto commonness = [] {
  constexpr std::string_view common_first = " 0enirota-1:sc2ldpum.f435g69][8bv7h/=k,_xy\"w|()>'<z+qj#%^{}*;@?\\$`~!&";
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < common_first.size(); ++i)
    table[static_cast<unsigned char>(common_first[i])] = static_cast<std::uint8_t>(common_first.size() - i);
  return table;
}();

// How often texts have a window, in a table fit for so many bytes of them.
class WindowCounts {
 public:
  WindowCounts(std::uint32_t multiplier, std::size_t bytes)
      : multiplier_(multiplier), shift_(filter_bits - std::min<int>(filter_bits, std::bit_width(bytes))), counts_(std::size_t{1} << (filter_bits - shift_)) {}

  void add(std::string_view text) {
    for (std::size_t at = 0; at + window_bytes <= text.size(); ++at) {
      auto& count = counts_[index(text.data() + at)];
      count = static_cast<std::uint16_t>(count + (count < 0xffff));
    }
  }
  unsigned of(const char* window) const { return counts_[index(window)]; }

 private:
  std::uint32_t index(const char* window) const { return hash(fold(window), multiplier_) >> shift_; }

  std::uint32_t multiplier_;
  int shift_;  // from the filter's hash to the table's
  std::vector<std::uint16_t> counts_;
};

// Where the literal is known by: the rarest stretch of two windows, in the sample (if any) and then by what is usual.
std::size_t rarest(std::string_view literal, const WindowCounts& in_literals, const WindowCounts* in_sample) {
  static_assert(stride == 2);
  constexpr std::size_t size = window_bytes + stride - 1;
  const auto common = [&](std::size_t i) -> std::uint64_t { return commonness[static_cast<unsigned char>(literal[i])]; };
  const auto score_of = [&](std::size_t window) {
    const char* const bytes = literal.data() + window;
    return 16 * std::uint64_t{std::min(in_literals.of(bytes), 16u)} + (in_sample ? std::uint64_t{in_sample->of(bytes)} << 16 : 0);
  };
  std::size_t best = 0;
  std::uint64_t best_score = ~std::uint64_t{0};
  auto bytes_score = common(0) + common(1) + common(2) + common(3), window_score = score_of(0);
  for (std::size_t at = 0; at + size <= literal.size(); ++at) {
    bytes_score += common(at + size - 1);
    const auto next_score = score_of(at + 1);
    const auto score = bytes_score + window_score + next_score;
    if (score < best_score) {
      best = at;
      best_score = score;
    }
    bytes_score -= common(at);
    window_score = next_score;
  }
  return best;
}

bool equal_without_case(const char* text, std::string_view lower) {
  for (const char expected : lower) {
    const char c = *text++;
    if (c != expected && !(c >= 'A' && c <= 'Z' && (c | 0x20) == expected)) return false;
  }
  return true;
}

}  // namespace

Literals::Literals(std::span<const std::string_view> literals) : multiplier_(multipliers[0]) {
  ends_.reserve(literals.size());
  for (const auto literal : literals) {
    bytes_ += literal;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  for (char& c : bytes_) c = lower_char(c);
  choose_windows({});
}

Literals::Literals(const std::vector<std::string>& literals) : Literals(std::vector<std::string_view>(literals.begin(), literals.end())) {}

Literals Literals::tuned_to(std::string_view sample) const {
  auto best = *this;
  auto best_stops = ~std::size_t{0};
  for (const auto multiplier : multipliers) {
    auto tuned = *this;
    tuned.multiplier_ = multiplier;
    tuned.choose_windows(sample);
    const auto stops = tuned.stops_in(sample);
    if (stops >= best_stops) continue;
    best = std::move(tuned);
    best_stops = stops;
  }
  return best;
}

// Places that find() would look at closely.
std::size_t Literals::stops_in(std::string_view text) const {
  std::size_t stops = 0;
  for (std::size_t at = 0; at + window_bytes <= text.size(); at += stride) {
    const auto hashed = hash(fold(text.data() + at), multiplier_);
    stops += (filter_[hashed / 64] >> (hashed % 64)) & 1;
  }
  return stops;
}

void Literals::choose_windows(std::string_view sample) {
  filter_.assign((std::size_t{1} << filter_bits) / 64, 0);
  windows_.clear();
  windows_.reserve(3 * size());  // two of a literal; more of a short one
  WindowCounts in_literals(multiplier_, bytes_.size()), in_sample(multiplier_, sample.size());
  for (std::uint32_t i = 0; i < size(); ++i) in_literals.add(literal(i));
  in_sample.add(sample);
  for (std::uint32_t i = 0; i < size(); ++i) {
    const auto text = literal(i);
    if (text.size() < window_bytes + stride - 1) {
      add_short(text, i);
      continue;
    }
    const auto at = rarest(text, in_literals, sample.empty() ? nullptr : &in_sample);
    for (auto from = at; from < at + stride; ++from) add(fold(text.data() + from), i, -static_cast<std::int32_t>(from));
  }
  index();
}

void Literals::add(std::uint32_t bytes, std::uint32_t literal, std::int32_t shift) {
  const auto hashed = hash(bytes, multiplier_);
  filter_[hashed / 64] |= std::uint64_t{1} << (hashed % 64);
  windows_.push_back({bytes, literal, shift});
}

// Literals of three and four bytes do not hold both windows: what stands beside them may be anything.
void Literals::add_short(std::string_view text, std::uint32_t literal) {
  if (text.size() + 1 < window_bytes) return;
  for (int any = 0; any < 128; ++any) {
    if ((any & 0x20) != 0) continue;  // folds to one without the bit
    char window[window_bytes] = {static_cast<char>(any), text[0], text[1], text[2]};
    add(fold(window), literal, 1);
    if (text.size() == window_bytes) continue;
    std::rotate(window, window + 1, window + window_bytes);
    add(fold(window), literal, 0);
  }
  if (text.size() == window_bytes) add(fold(text.data()), literal, 0);
}

void Literals::index() {
  slot_begins_.assign((std::size_t{1} << slot_bits) + 1, 0);
  for (const auto& window : windows_) ++slot_begins_[slot(hash(window.bytes, multiplier_)) + 1];
  for (std::size_t i = 1; i < slot_begins_.size(); ++i) slot_begins_[i] += slot_begins_[i - 1];
  auto next = slot_begins_;
  std::vector<Window> ordered(windows_.size());
  for (const auto& window : windows_) ordered[next[slot(hash(window.bytes, multiplier_))]++] = window;
  windows_ = std::move(ordered);
}

// The literals that have this window, which stands `at` bytes from the block's start. Whether there was one.
bool Literals::compare(std::string_view block, std::size_t at, std::uint32_t bytes, std::vector<LiteralHit>& hits) const {
  bool found = false;
  const auto place = slot(hash(bytes, multiplier_));
  for (auto i = slot_begins_[place]; i < slot_begins_[place + 1]; ++i) {
    const auto& window = windows_[i];
    if (window.bytes != bytes) continue;
    const auto begin = static_cast<std::int64_t>(at) + window.shift;
    const auto literal = this->literal(window.literal);
    if (begin < 0 || static_cast<std::size_t>(begin) + literal.size() > block.size()) continue;
    if (!equal_without_case(block.data() + begin, literal)) continue;
    // Hits come nearly in order: those that belong behind this one are at most a literal away.
    const LiteralHit hit{window.literal, static_cast<std::uint32_t>(static_cast<std::size_t>(begin) + literal.size())};
    auto behind = hits.end();
    while (behind != hits.begin() && before(hit, *(behind - 1))) --behind;
    hits.insert(behind, hit);
    found = true;
  }
  return found;
}

std::size_t Literals::find(std::string_view block, std::vector<LiteralHit>& hits) const {
  hits.clear();
  std::size_t in_vain = 0;
  // Its lowest bit tells whether a literal may have the window.
  const auto word_of = [filter = filter_.data(), multiplier = multiplier_](std::uint32_t bytes) {
    const auto hashed = hash(bytes, multiplier);
    return filter[hashed / 64] >> (hashed % 64);
  };
  constexpr std::size_t at_once = 8;  // windows; one branch for all
  std::size_t at = 0;
  for (; at + at_once * stride + window_bytes <= block.size(); at += at_once * stride) {
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < at_once; ++i) any |= word_of(fold(block.data() + at + i * stride));
    if ((any & 1) == 0) continue;
    for (std::size_t i = 0; i < at_once; ++i) {
      const auto bytes = fold(block.data() + at + i * stride);
      if (word_of(bytes) & 1) in_vain += !compare(block, at + i * stride, bytes, hits);
    }
  }
  for (; at < block.size(); at += stride) {  // windows may reach behind the end
    char end[window_bytes] = {};
    std::memcpy(end, block.data() + at, std::min(window_bytes, block.size() - at));
    if (word_of(fold(end)) & 1) compare(block, at, fold(end), hits);
  }
  return in_vain;
}

}  // namespace gpm::text
