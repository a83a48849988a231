// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/gate_search.h"

#include <algorithm>

namespace gpm::scan {
namespace {

constexpr std::size_t first_patience_bytes = std::size_t{512} << 10;
constexpr std::size_t patience_bytes = std::size_t{64} << 20;  // new tables cost as much as searching 16 MiB
constexpr std::size_t too_often = 50;                          // bytes for each stop
constexpr std::size_t sample_bytes = std::size_t{256} << 10;

}  // namespace

GateSearch::GateSearch(std::span<const std::string_view> gates)
    : literals_(std::make_shared<const text::Literals>(gates)), patience_bytes_(first_patience_bytes) {
  for (const auto gate : gates) {
    sizes_.push_back(gate.size());
    longest_ = std::max(longest_, gate.size());
  }
}

void GateSearch::find(std::string_view text, std::vector<text::LiteralHit>& hits) const {
  std::shared_ptr<const text::Literals> literals;
  {
    const std::lock_guard lock(mutex_);
    literals = literals_;
  }
  learn(text, literals->find(text, hits));
}

void GateSearch::learn(std::string_view text, std::size_t in_vain) const {
  const std::lock_guard lock(mutex_);
  searched_bytes_ += text.size();
  in_vain_ += in_vain;
  if (searched_bytes_ < patience_bytes_) return;
  if (in_vain_ > searched_bytes_ / too_often) literals_ = std::make_shared<const text::Literals>(literals_->tuned_to(text.substr(0, sample_bytes)));
  searched_bytes_ = in_vain_ = 0;
  patience_bytes_ = patience_bytes;
}

}  // namespace gpm::scan
