// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/floods.h"

#include <algorithm>
#include <utility>

namespace gpm::scan {
namespace {

constexpr std::size_t max_floods = 1024, max_values = 1 << 17, max_repeats = 8192;
constexpr std::uint64_t rare = 16;  // lines: what is no flood so far

}  // namespace

bool Floods::Values::holds(std::uint64_t hash) const {
  if (table_.empty()) return false;
  const auto mask = table_.size() - 1;
  for (auto at = hash & mask; table_[at] != 0; at = (at + 1) & mask)
    if (table_[at] == hash) return true;
  return false;
}

void Floods::Values::insert(std::uint64_t hash) {
  if ((size_ + 1) * 2 > table_.size()) {
    const auto former = std::exchange(table_, std::vector<std::uint64_t>(std::max<std::size_t>(4, table_.size() * 2)));
    size_ = 0;
    for (const auto known : former)
      if (known != 0) insert(known);
  }
  const auto mask = table_.size() - 1;
  auto at = hash & mask;
  while (table_[at] != 0) at = (at + 1) & mask;
  table_[at] = hash;
  ++size_;
}

void Floods::begin_document() {
  floods_.clear();
  repeats_.clear();
  values_ = misses_ = 0;
  flood_ = nullptr;
}

void Floods::hold(Held& held, std::string_view raw, std::uint64_t line) {
  held.raw.assign(raw);
  held.line = line;
  ++held.times;
}

// Forgets those of which fewer lines were read, to make room.
void Floods::forget(std::uint64_t read) {
  std::erase_if(floods_, [&](const auto& entry) {
    const auto& flood = entry.second;
    if (flood.read >= read || &flood == flood_) return false;
    for (const auto& place : flood.places) values_ -= place.values.size();
    return true;
  });
}

// A new one where there is room; null otherwise.
Floods::Flood* Floods::flood_of(std::uint64_t key) {
  if (const auto known = floods_.find(key); known != floods_.end()) return &known->second;
  if (floods_.size() >= max_floods && misses_++ % max_floods == 0) forget(rare);
  return floods_.size() >= max_floods ? nullptr : &floods_[key];
}

std::uint64_t Floods::combination(const Flood& flood) const {
  auto hash = key_;
  for (std::size_t i = 0; i < skeleton_.count; ++i)
    if (flood.places[i].counts()) hash = joined(hash, skeleton_.values[i].hash + i);
  return hash;
}

bool Floods::seen(const Flood& flood) const {
  for (std::size_t i = 0; i < skeleton_.count; ++i)
    if (flood.places[i].counts() && !flood.places[i].values.holds(skeleton_.values[i].hash)) return false;
  return true;
}

bool Floods::pass_over(std::string_view raw, std::uint64_t line, const text::LiteralHit* first, const text::LiteralHit* last) {
  flood_ = nullptr;
  stands_for_ = 1;
  if (raw.size() > max_line_bytes || !skeleton_.read(raw)) return false;
  key_ = joined(skeleton_.letters, skeleton_.count);
  for (auto* hit = first; hit != last; ++hit) key_ = joined(key_, hit->literal);
  raw_ = raw;
  flood_ = flood_of(key_);
  if (flood_ == nullptr || flood_->never || flood_->read < read_first) return false;
  if (const auto repeat = repeats_.find(combination(*flood_)); repeat != repeats_.end()) {
    hold(repeat->second, raw, line);
    return true;
  }
  if (flood_->full < full_for || !seen(*flood_)) return false;
  auto& rest = flood_->rest;
  if (rest.times + 1 < read_one_of) {
    hold(rest, raw, line);
    return true;
  }
  stands_for_ += std::exchange(rest.times, 0);
  return false;
}

void Floods::learn(Flood& flood) {
  for (std::size_t i = 0; i < skeleton_.count; ++i) {
    auto& place = flood.places[i];
    if (!place.counts() || place.values.holds(skeleton_.values[i].hash)) continue;
    if (values_ >= max_values) forget(read_first);
    if (values_ >= max_values) {
      flood.never = true;
      return;
    }
    place.values.insert(skeleton_.values[i].hash);
    ++values_;
    if (place.values.size() <= most_values) continue;
    values_ -= place.values.size();
    place.values.clear();
    place.free = true;
  }
}

void Floods::was_read(const Outcome& outcome) {
  if (flood_ == nullptr || flood_->never) return;
  auto& flood = *flood_;
  if (!outcome.alone) {
    flood.never = true;
    return;
  }
  if (flood.read == 0) {
    flood.places.resize(skeleton_.count);
    for (std::size_t i = 0; i < skeleton_.count; ++i)
      flood.places[i].clock = skeleton_.values[i].end <= outcome.prefix && Skeleton::is_clock(raw_, skeleton_.values[i]);
  }
  ++flood.read;
  flood.full = outcome.news || outcome.room ? 0 : flood.full + 1;
  learn(flood);
  if (!flood.never && flood.read >= read_first && repeats_.size() < max_repeats) repeats_.try_emplace(combination(flood));
}

std::vector<Floods::Held> Floods::take_held() {
  std::vector<Held> lines;
  const auto take = [&](Held& held) {
    if (held.times > 0) lines.push_back(std::exchange(held, {}));
  };
  for (auto& [key, flood] : floods_) take(flood.rest);
  for (auto& [key, held] : repeats_) take(held);
  std::sort(lines.begin(), lines.end(), [](const Held& a, const Held& b) { return a.line < b.line; });
  return lines;
}

}  // namespace gpm::scan
