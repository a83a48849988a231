// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/literals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

#include "parsers/text/ascii.h"

#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

namespace gpm::text {
namespace {

constexpr std::size_t window_bytes = 4;
constexpr std::size_t stride = 2;          // windows begin at even offsets of the text
constexpr std::size_t group_bytes = 32;    // whose windows are looked up together
constexpr std::size_t piece_bytes = 4096;  // whose stops are gathered before they are looked at
constexpr std::size_t word_bytes = 8;      // of text and literal, compared at once
constexpr int most_filter_bits = 19;       // 64 KiB
constexpr int few_filter_bits = 16;        // for a few literals, searched for in short texts
constexpr std::size_t few_literals = 512;
constexpr int slot_bits_less = 3;          // than the filter's

constexpr std::uint32_t folded = 0x5f5f5f5fu;

// Four bytes as a number, letters without case. Other bytes fall together too, which the comparison tells apart: each is
// one of 64.
std::uint32_t fold(const char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, window_bytes);
  return word & folded;
}

// Which of these multipliers keeps the windows of a text apart from those of the literals, depends on the text.
constexpr std::array<std::uint32_t, 8> multipliers = {0x9e3779b1u, 0x85ebca6bu, 0xc2b2ae35u, 0x27d4eb2fu, 0x165667b1u, 0xcc9e2d51u, 0x1b873593u, 0xe6546b65u};

std::uint32_t hash(std::uint32_t window, std::uint32_t multiplier, int bits) { return (window * multiplier) >> (32 - bits); }
std::uint32_t slot(std::uint32_t hash) { return hash >> slot_bits_less; }

// How common a byte is in logs, from 0: printable characters in the order of their frequency in the labelled incidents.
constexpr auto commonness = [] {
  constexpr std::string_view common_first = " 0enirota-1:sc2ldpum.f435g69][8bv7h/=k,_xy\"w|()>'<z+qj#%^{}*;@?\\$`~!&";
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < common_first.size(); ++i)
    table[static_cast<unsigned char>(common_first[i])] = static_cast<std::uint8_t>(common_first.size() - i);
  return table;
}();

// How often texts have a window, up to `most` times, in a table fit for so many bytes of them.
template <typename Count, Count most, int most_bits>
class WindowCounts {
 public:
  WindowCounts(std::uint32_t multiplier, std::size_t bytes)
      : multiplier_(multiplier), bits_(std::clamp<int>(std::bit_width(bytes), 1, most_bits)), counts_(std::size_t{1} << bits_) {}

  void add(std::string_view text) {
    for (std::size_t at = 0; at + window_bytes <= text.size(); ++at) {
      auto& count = counts_[index(text.data() + at)];
      count = static_cast<Count>(count + (count < most));
    }
  }
  std::uint32_t of(const char* window) const { return counts_[index(window)]; }

 private:
  std::uint32_t index(const char* window) const { return hash(fold(window), multiplier_, bits_); }

  std::uint32_t multiplier_;
  int bits_;
  std::vector<Count> counts_;
};

using CountsInLiterals = WindowCounts<std::uint8_t, 16, 16>;
using CountsInSample = WindowCounts<std::uint16_t, 0xffff, most_filter_bits>;

// Where the literal is known by: the rarest stretch of two windows, by their scores and then by what is usual.
template <typename Score>
std::size_t rarest(std::string_view literal, const Score& score_of) {
  static_assert(stride == 2);
  constexpr std::size_t size = window_bytes + stride - 1;
  const auto common = [&](std::size_t i) -> std::uint32_t { return commonness[static_cast<unsigned char>(literal[i])]; };
  using Sum = decltype(score_of(literal.data()));
  std::size_t best = 0;
  auto best_score = static_cast<Sum>(-1);
  Sum bytes_score = common(0) + common(1) + common(2) + common(3), window_score = score_of(literal.data());
  for (std::size_t at = 0; at + size <= literal.size(); ++at) {
    bytes_score += common(at + size - 1);
    const auto next_score = score_of(literal.data() + at + 1);
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

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Writes down at which offsets of `text` windows begin whose hashes are in the filter ("stops"); returns how many. Without a
// branch for each window: a processor cannot guess which they are, and each wrong guess costs as much as eight windows.
[[gnu::always_inline]] inline std::size_t find_stops(const std::uint64_t* filter, int filter_bits, std::uint32_t multiplier, const char* text,
                                                     std::size_t groups, std::uint32_t* stops) {
  using Words = std::uint32_t __attribute__((vector_size(32)));
  constexpr std::size_t half = sizeof(Words) / window_bytes;  // of the group: the windows at 0, 4, 8, ...; then those at 2, 6, 10, ...
  struct Found {
    std::uint32_t at, windows;  // a bit for each
  };
  std::array<Found, piece_bytes / group_bytes> found;
  std::size_t count = 0;
  for (std::size_t group = 0; group < groups; ++group, text += group_bytes) {
    alignas(Words) std::array<std::uint32_t, 2 * half> words, bits;
    for (std::size_t i = 0; i < 2; ++i) {
      Words windows;
      std::memcpy(&windows, text + i * stride, sizeof windows);
      const Words hashes = (windows & folded) * multiplier;
      const Words word = hashes >> (32 - filter_bits + 6), bit = hashes >> (32 - filter_bits);
      std::memcpy(words.data() + i * half, &word, sizeof word);
      std::memcpy(bits.data() + i * half, &bit, sizeof bit);
    }
    asm("" : "+m"(words), "+m"(bits));  // from memory: to take them out of registers one by one is slower
    std::uint64_t set = 0;
    for (std::size_t i = 2 * half; i-- > 0;) {
      const auto at = i % 2 * half + i / 2;
      set = set * 2 + ((filter[words[at]] >> (bits[at] % 64)) & 1);
    }
    found[count] = {static_cast<std::uint32_t>(group * group_bytes), static_cast<std::uint32_t>(set)};
    count += set != 0;
  }
  std::size_t stop_count = 0;
  for (std::size_t i = 0; i < count; ++i)
    for (auto windows = found[i].windows; windows != 0; windows &= windows - 1)
      stops[stop_count++] = found[i].at + static_cast<std::uint32_t>(std::countr_zero(windows)) * stride;
  return stop_count;
}

std::size_t find_stops_portably(const std::uint64_t* filter, int filter_bits, std::uint32_t multiplier, const char* text, std::size_t groups,
                                std::uint32_t* stops) {
  return find_stops(filter, filter_bits, multiplier, text, groups, stops);
}

#ifdef __x86_64__
[[gnu::target("avx2,bmi,bmi2")]] std::size_t find_stops_by_avx2(const std::uint64_t* filter, int filter_bits, std::uint32_t multiplier,
                                                                const char* text, std::size_t groups, std::uint32_t* stops) {
  return find_stops(filter, filter_bits, multiplier, text, groups, stops);
}
#endif

auto best_find_stops() {
#ifdef __x86_64__
#ifdef CPU_FEATURE_ACTIVE  // what the loader found out: to ask a virtual processor again takes it 0.1 ms
  const bool has_avx2 = CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI2);
#else
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#endif
  if (has_avx2) return find_stops_by_avx2;
#endif
  return find_stops_portably;
}

}  // namespace

Literals::Literals(std::span<const std::string_view> literals) : multiplier_(multipliers[0]) {
  literals_.reserve(literals.size());
  std::size_t bytes = 0;
  for (const auto literal : literals) {
    literals_.push_back({static_cast<std::uint32_t>(bytes), static_cast<std::uint32_t>(literal.size())});
    bytes += (literal.size() + word_bytes - 1) / word_bytes * word_bytes;
    longest_ = std::max(longest_, literal.size());
  }
  bytes_.resize(bytes);
  care_.resize(bytes);
  for (std::size_t i = 0; i < literals.size(); ++i)
    for (std::size_t at = literals_[i].begin; const char c : literals[i]) {
      bytes_[at] = lower_char(c);
      care_[at++] = is_letter(c) ? '\xdf' : '\xff';
    }
  filter_bits_ = literals_.size() < few_literals ? few_filter_bits : most_filter_bits;
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
  for (std::size_t at = 0; at + window_bytes <= text.size(); at += stride) stops += in_filter(fold(text.data() + at));
  return stops;
}

bool Literals::in_filter(std::uint32_t window) const {
  const auto hashed = hash(window, multiplier_, filter_bits_);
  return (filter_[hashed / 64] >> (hashed % 64)) & 1;
}

void Literals::choose_windows(std::string_view sample) {
  windows_.clear();
  windows_.reserve(stride * literals_.size());
  entries_.clear();
  entries_.reserve(4 * literals_.size());  // two of a literal; more of a short one
  CountsInLiterals in_literals(multiplier_, bytes_.size());
  for (std::uint32_t i = 0; i < literals_.size(); ++i) in_literals.add(literal(i));
  CountsInSample in_sample(multiplier_, sample.size());
  in_sample.add(sample);
  const auto score = [&](const char* window) { return 16 * in_literals.of(window); };
  const auto score_with_sample = [&](const char* window) { return score(window) + (std::uint64_t{in_sample.of(window)} << 16); };
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    const auto text = literal(i);
    if (text.size() < window_bytes + stride - 1) {
      add_short(text, i);
      continue;
    }
    const auto at = sample.empty() ? rarest(text, score) : rarest(text, score_with_sample);
    for (auto from = at; from < at + stride; ++from)
      entries_.push_back({fold(text.data() + from), add_window(i, -static_cast<std::int32_t>(from))});
  }
  index();
}

std::uint32_t Literals::add_window(std::uint32_t literal, std::int32_t shift) {
  const auto& [begin, size] = literals_[literal];
  windows_.push_back({literal, shift, size, word_at(bytes_.data() + begin), word_at(care_.data() + begin)});
  return static_cast<std::uint32_t>(windows_.size() - 1);
}

// Literals of three and four bytes do not hold both windows: what stands beside them may be anything.
void Literals::add_short(std::string_view text, std::uint32_t literal) {
  if (text.size() + 1 < window_bytes) return;
  const auto behind_one = add_window(literal, 1), from_start = add_window(literal, 0);
  for (int any = 0; any < 128; ++any) {
    if ((any & 0x20) != 0) continue;  // folds to one without the bit
    char window[window_bytes] = {static_cast<char>(any), text[0], text[1], text[2]};
    entries_.push_back({fold(window), behind_one});
    if (text.size() == window_bytes) continue;
    std::rotate(window, window + 1, window + window_bytes);
    entries_.push_back({fold(window), from_start});
  }
  if (text.size() == window_bytes) entries_.push_back({fold(text.data()), from_start});
}

void Literals::index() {
  filter_.assign((std::size_t{1} << filter_bits_) / 64, 0);
  slot_begins_.assign((std::size_t{1} << (filter_bits_ - slot_bits_less)) + 1, 0);
  for (const auto& entry : entries_) {
    const auto hashed = hash(entry.bytes, multiplier_, filter_bits_);
    filter_[hashed / 64] |= std::uint64_t{1} << (hashed % 64);
    ++slot_begins_[slot(hashed)];
  }
  std::partial_sum(slot_begins_.begin(), slot_begins_.end(), slot_begins_.begin());  // now they are the ends
  std::vector<Entry> ordered(entries_.size());
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
    ordered[--slot_begins_[slot(hash(entry->bytes, multiplier_, filter_bits_))]] = *entry;
  entries_ = std::move(ordered);
}

// Whether the literal that has this window begins there.
bool Literals::stands_at(std::string_view block, std::size_t begin, const Window& window) const {
  if (begin >= block.size() || window.size > block.size() - begin) return false;  // a negative `begin` is a large one
  const char* const text = block.data() + begin;
  const char* const literal = bytes_.data() + literals_[window.literal].begin;
  const char* const care = care_.data() + literals_[window.literal].begin;
  if (begin + (window.size + word_bytes - 1) / word_bytes * word_bytes > block.size()) {
    for (std::size_t i = 0; i < window.size; ++i)
      if (((text[i] ^ literal[i]) & care[i]) != 0) return false;
    return true;
  }
  if (((word_at(text) ^ window.start) & window.care) != 0) return false;
  for (std::size_t i = word_bytes; i < window.size; i += word_bytes)
    if (((word_at(text + i) ^ word_at(literal + i)) & word_at(care + i)) != 0) return false;
  return true;
}

// False where surely no literal has the window that stands there. Without a branch: it cannot be guessed.
bool Literals::may_stand(std::string_view block, std::size_t at) const {
  const auto bytes = fold(block.data() + at);
  const auto place = slot(hash(bytes, multiplier_, filter_bits_));
  const auto& entry = entries_[slot_begins_[place]];
  const auto& window = windows_[entry.window];
  const bool several = slot_begins_[place + 1] - slot_begins_[place] > 1;
  const bool near_edge = at < longest_ || at + longest_ + word_bytes > block.size();
  const auto begin = std::min(at + static_cast<std::size_t>(window.shift), block.size() - word_bytes);
  const bool stands = (entry.bytes == bytes) & (((word_at(block.data() + begin) ^ window.start) & window.care) == 0);
  return several | near_edge | stands;
}

// The literals that have this window, which stands `at` bytes from the block's start. Whether there was one.
bool Literals::compare(std::string_view block, std::size_t at, std::uint32_t bytes, std::vector<LiteralHit>& hits) const {
  bool found = false;
  const auto place = slot(hash(bytes, multiplier_, filter_bits_));
  for (auto i = slot_begins_[place]; i < slot_begins_[place + 1]; ++i) {
    const auto& window = windows_[entries_[i].window];
    const auto begin = at + static_cast<std::size_t>(window.shift);
    if (entries_[i].bytes != bytes || !stands_at(block, begin, window)) continue;
    const LiteralHit hit{window.literal, static_cast<std::uint32_t>(begin + window.size)};
    found = true;
    hits.push_back(hit);
    // Hits come nearly in order: those that belong behind this one are at most a literal away.
    for (auto behind = hits.end() - 1; behind != hits.begin() && before(hit, *(behind - 1)); --behind) std::swap(*behind, *(behind - 1));
  }
  return found;
}

std::size_t Literals::find(std::string_view block, std::vector<LiteralHit>& hits, Instructions instructions) const {
  hits.clear();
  std::size_t looked_at = 0, found = 0, at = 0;
  std::array<std::uint32_t, piece_bytes / stride> stops;
  const auto find_stops = instructions == Instructions::best ? best_find_stops() : find_stops_portably;
  while (at + group_bytes + window_bytes <= block.size()) {
    const auto groups = std::min(block.size() - window_bytes - at, piece_bytes) / group_bytes;
    const auto count = find_stops(filter_.data(), filter_bits_, multiplier_, block.data() + at, groups, stops.data());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      stops[kept] = static_cast<std::uint32_t>(at + stops[i]);
      kept += may_stand(block, stops[kept]);
    }
    for (std::size_t i = 0; i < kept; ++i) found += compare(block, stops[i], fold(block.data() + stops[i]), hits);
    looked_at += count;
    at += groups * group_bytes;
  }
  const auto look_at = [&](std::uint32_t window) {
    if (in_filter(window)) compare(block, at, window, hits);
  };
  for (; at + window_bytes <= block.size(); at += stride) look_at(fold(block.data() + at));
  for (; at < block.size(); at += stride) {  // windows that reach behind the end
    char end[window_bytes] = {};
    std::copy(block.begin() + static_cast<std::ptrdiff_t>(at), block.end(), end);
    look_at(fold(end));
  }
  return looked_at - found;
}

}  // namespace gpm::text
