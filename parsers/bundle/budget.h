// SPDX-License-Identifier: Apache-2.0
//
// What the limits still allow.
#pragma once

#include <algorithm>
#include <cstdint>

#include "parsers/bundle/bundle.h"
#include "parsers/bundle/source.h"

namespace gpm::bundle {

// How much one packed stream has grown. A bomb is told from a log that packs well by growing without an end.
struct Growth {
  std::uint64_t packed = 0;
  std::uint64_t unpacked = 0;

  bool too_much(const Limits& limits) const {
    return limits.ratio > 0 && unpacked > limits.ratio_from_bytes && unpacked / limits.ratio > packed;
  }
};

Fault ratio_fault(const Limits& limits);

class Budget {
 public:
  Budget(const Limits& limits, Usage& usage) : limits_(limits), usage_(usage) {}

  const Limits& limits() const { return limits_; }
  Usage& usage() { return usage_; }

  // A total limit was met: nothing more is read.
  bool stopped() const { return stopped_; }
  void stop() { stopped_ = true; }

  // Documents count against total_bytes. What is unpacked and then thrown away (an archive's padding, the middle layers
  // of an archive in an archive) would cost time without being seen, so it has a bound too: no honest bundle meets it
  // before total_bytes. False = met.
  bool unpack(std::uint64_t bytes) {
    unpacked_ += bytes;
    constexpr std::uint64_t kSlack = std::uint64_t{4} << 30;
    const std::uint64_t a_layer = unpacked_ / (static_cast<std::uint64_t>(std::max(limits_.depth, 0)) + 2);
    return a_layer <= limits_.total_bytes || a_layer - limits_.total_bytes <= kSlack;
  }

 private:
  const Limits& limits_;
  Usage& usage_;
  std::uint64_t unpacked_ = 0;
  bool stopped_ = false;
};

Fault total_bytes_fault(const Limits& limits);

}  // namespace gpm::bundle
