// SPDX-License-Identifier: Apache-2.0
//
// Who reads lines: the parsers of the registry and the patterns of a knowledge base, and the gates that call them. To make
// them takes a millisecond and needs no store, which is opened meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "analyzer/scan/gate_search.h"
#include "analyzer/scan/patterns.h"
#include "kb/model.h"
#include "parsers/parser.h"

namespace gpm::scan {

struct Slot {  // one line parser of the registry
  std::unique_ptr<parsers::LineParser> parser;
  bool awake = false;  // asked for the next line
  bool due = false;    // the current line holds one of its gates
  bool used = false;   // has seen a line of this document
  bool muted = false;  // a tree parser of the same format is going to read the document
  std::int64_t facts = 0;
};

struct GateOwners {
  std::vector<std::uint32_t> slots, patterns;
  bool alarm = false;    // one of unusual.h's words
  bool clock = false;    // store::clock_gates()
  bool piece = false;    // the mark of a line that the container engine cut
  bool section = false;  // the rule between two sections of a bug report
  bool sole = false;     // one parser and nobody else
  bool flood = false;    // its lines may be passed over where they repeat: none of the above but `alarm`, no sample
};

struct Readers {
  explicit Readers(const kb::Knowledge& knowledge);

  std::vector<Slot> slots;
  std::vector<Pattern> patterns;
  std::vector<GateOwners> owners;  // by gate
  std::vector<int> samples;        // by gate: Sampling::set_samples()
  std::unique_ptr<GateSearch> gates;

 private:
  void find_samples(const std::vector<std::string_view>& literals);
};

}  // namespace gpm::scan
