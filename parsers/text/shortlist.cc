// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/shortlist.h"

#include <algorithm>
#include <string>

namespace gpm::text {

Shortlist::Shortlist(std::span<const std::unique_ptr<Regex>> patterns) {
  constexpr std::size_t shortest_literal = 3;
  std::vector<std::string> literals;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    auto own = patterns[i]->required().one_of(shortest_literal);
    if (own.empty()) unmarked_.push_back({i, patterns[i]->opening().first()});
    owners_.insert(owners_.end(), own.size(), i);
    literals.insert(literals.end(), own.begin(), own.end());
  }
  literals_ = std::make_unique<Literals>(literals);
}

std::vector<std::size_t> Shortlist::of(std::string_view text) const {
  std::vector<LiteralHit> hits;
  literals_->find(text, hits);
  std::vector<std::size_t> indices;
  for (const auto& [pattern, first] : unmarked_)
    if (text.empty() || first.test(static_cast<unsigned char>(text.front()))) indices.push_back(pattern);
  for (const auto& hit : hits) indices.push_back(owners_[hit.literal]);
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  return indices;
}

}  // namespace gpm::text
