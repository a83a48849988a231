// SPDX-License-Identifier: Apache-2.0
//
// Who reads lines: the parsers of the registry and the patterns of a knowledge base, and the gates that call them. To make
// them takes a millisecond and needs no store, which is opened meanwhile. They may serve several threads, each of which has
// parsers of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/scan/gate_search.h"
#include "analyzer/scan/patterns.h"
#include "kb/model.h"
#include "parsers/registry.h"

namespace gpm::scan {

struct GateOwners {
  std::span<const std::uint32_t> parsers, patterns;  // by their places in the registry and in Readers
  bool alarm = false;    // one of unusual.h's words
  bool clock = false;    // store::clock_gates()
  bool piece = false;    // the mark of a line that the container engine cut
  bool section = false;  // the rule between two sections of a bug report
  bool sole = false;     // one parser and nobody else
  bool flood = false;    // its lines may be passed over where they repeat: none of the above but `alarm`, no sample
};

struct Readers {
  Readers(const kb::Knowledge& knowledge, const parsers::LineParsers& parsers);
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  std::deque<Pattern> patterns;
  std::vector<GateOwners> owners;  // by gate
  std::vector<int> samples;        // by gate: Sampling::set_samples()
  std::unique_ptr<GateSearch> gates;

 private:
  void find_samples(const parsers::LineParsers& parsers, const std::vector<std::string_view>& literals);

  std::vector<std::uint32_t> parsers_of_gates_, patterns_of_gates_;  // of the owners
};

}  // namespace gpm::scan
