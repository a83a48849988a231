// SPDX-License-Identifier: Apache-2.0
//
// The search for gates in the bytes of documents, by whichever thread comes to it first. It learns: where its tables stop
// too often for nothing, they are made anew for the text at hand (text::Literals::tuned_to), which changes no hit.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/text/literals.h"

namespace gpm::scan {

class GateSearch {
 public:
  explicit GateSearch(std::span<const std::string_view> gates);

  // All hits in `text`, ordered by end. From any thread.
  void find(std::string_view text, std::vector<text::LiteralHit>& hits) const;

  std::size_t longest() const { return longest_; }  // of the gates, in bytes
  std::size_t size_of(std::uint32_t gate) const { return sizes_[gate]; }

 private:
  void learn(std::string_view text, std::size_t in_vain) const;

  std::vector<std::size_t> sizes_;
  std::size_t longest_ = 1;
  mutable std::mutex mutex_;  // of the following
  mutable std::shared_ptr<const text::Literals> literals_;
  mutable std::size_t searched_bytes_ = 0, in_vain_ = 0, patience_bytes_;
};

}  // namespace gpm::scan
