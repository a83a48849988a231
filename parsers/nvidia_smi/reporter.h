// SPDX-License-Identifier: Apache-2.0
//
// What one parser reports of one document, kept within bounds.
//
// `nvidia-smi -l` and `watch` write the same block every second for days. The first samples are kept whole; after that
// measurements (memory, load, power, clocks) of a thing are no longer kept, and states (ECC counts, modes, error cells)
// only where they change, so that what happens at the end of a long log is still seen. Identities and settings are
// given once. A note says so when anything is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::nvidia_smi {

class Reporter {
 public:
  static constexpr std::uint32_t whole_samples = 200;  // of one value of one GPU, or of one event
  static constexpr std::size_t max_things = 50'000;    // different (metric, GPU, subject) that are remembered
  static constexpr std::size_t max_facts = 200'000;

  void add(facts::Snapshot snapshot, facts::Sink& sink);
  void add(facts::Event event, facts::Sink& sink);
  void add(facts::Gpu gpu, facts::Sink& sink);
  void add(facts::Setting setting, facts::Sink& sink);

 private:
  struct Seen {
    std::uint32_t count = 0;
    std::string last;
  };
  // Null when there is no room for another thing.
  Seen* seen(std::string key);
  void leave_out(std::uint64_t line, facts::Sink& sink);

  std::map<std::string, Seen> seen_;
  std::size_t facts_ = 0;
  bool noted_ = false;
};

}  // namespace gpm::nvidia_smi
