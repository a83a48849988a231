// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/values.h"

#include <algorithm>
#include <bit>

#include "parsers/text/fields.h"

namespace gpm::parsers::torch {
namespace {

// Enough for the ranks of a group of 100,000; names, paths and shapes are short.
constexpr std::size_t max_text = 1 << 20;
constexpr int length_bits = 24;

}  // namespace

Values::Id Values::add(Kind kind, std::int64_t payload, std::uint32_t line) {
  if (all_.size() > max_values) {
    full_ = true;
    return none;
  }
  all_.push_back({payload, line, kind});
  return static_cast<Id>(all_.size() - 1);
}

Values::Id Values::add_real(double value, std::uint32_t line) {
  return add(Kind::real, std::bit_cast<std::int64_t>(value), line);
}

Values::Id Values::add_text(std::string_view value, std::uint32_t line) {
  value = value.substr(0, max_text);
  const auto id = add(Kind::text, static_cast<std::int64_t>(texts_.size() << length_bits | value.size()), line);
  if (id != none) texts_ += value;
  return id;
}

Values::Id Values::add_collection(Kind kind, std::uint32_t line) {
  const auto id = add(kind, static_cast<std::int64_t>(collections_.size()), line);
  if (id != none) collections_.emplace_back();
  return id;
}

void Values::append(Id collection, Id item) {
  const auto& value = all_[collection];
  if (value.kind == Kind::list || value.kind == Kind::map)
    collections_[static_cast<std::size_t>(value.payload)].push_back(item);
}

std::string_view Values::text(Id value) const {
  if (all_[value].kind != Kind::text) return {};
  const auto packed = static_cast<std::uint64_t>(all_[value].payload);
  return std::string_view(texts_).substr(packed >> length_bits, packed & ((1u << length_bits) - 1));
}

std::optional<std::int64_t> Values::integer(Id value) const {
  if (all_[value].kind == Kind::integer) return all_[value].payload;
  return all_[value].kind == Kind::text ? text::integer(text(value)) : std::nullopt;
}

bool Values::is_true(Id value) const { return all_[value].kind == Kind::boolean && all_[value].payload != 0; }

std::span<const Values::Id> Values::items(Id value) const {
  if (all_[value].kind != Kind::list && all_[value].kind != Kind::map) return {};
  return collections_[static_cast<std::size_t>(all_[value].payload)];
}

Values::Id Values::find(Id map, std::string_view key) const {
  if (all_[map].kind != Kind::map) return none;
  const auto pairs = items(map);
  for (std::size_t i = 0; i + 1 < std::min(pairs.size(), 2 * max_keys); i += 2)
    if (all_[pairs[i]].kind == Kind::text && text(pairs[i]) == key) return pairs[i + 1];
  return none;
}

}  // namespace gpm::parsers::torch
