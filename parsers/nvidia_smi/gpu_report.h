// SPDX-License-Identifier: Apache-2.0
//
// One GPU of `nvidia-smi -q` or `nvidia-smi -q -x`: the same fields under two spellings, turned into the same facts.
//
// A field is a path of snake-case names below the GPU and its value as printed:
//
//   -q      ecc_errors/volatile/dram_uncorrectable                     fb_memory_usage/used            pci/replays_since_reset
//   -q -x   ecc_errors/volatile/dram_uncorrectable                     fb_memory_usage/used            pci/replay_counter
//
// Fields that differ between driver branches (Clocks Throttle Reasons to 530, Clocks Event Reasons from 535; Power
// Readings / GPU Power Readings; GPU Reset Status / GPU Recovery Action; the three forms of the ECC block) are all known;
// which one is there says nothing. Unknown fields are skipped, unless they show an error: that is a gpu.error_cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/text/line.h"

namespace gpm::nvidia_smi {

class GpuReport {
 public:
  // `header` is the line that begins the GPU; `pci` as printed there.
  GpuReport(Reporter& reporter, const text::Line& header, std::string_view pci, std::optional<facts::Time> time);

  void field(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink);
  // The GPU is over: sums, the last process and the identity are reported.
  void finish(facts::Sink& sink);

 private:
  // A sum of counters, and the line of the largest of them.
  struct Sum {
    double total = 0, largest = -1;
    facts::Origin at;
  };
  struct Counts {
    Sum sram, dram, printed;  // `printed`: the "Total" of the oldest form
  };
  struct Process {
    std::optional<std::int64_t> pid;
    std::string type, name, memory;
    facts::Origin at;
  };

  bool identity(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink);
  bool clock_reason(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink);
  bool ecc_count(std::string_view path, std::string_view value, const text::Line& line);
  bool process(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink);
  bool mapped(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink);
  void mig_pending(std::string_view pending, const text::Line& line, facts::Sink& sink);
  void finish_process(facts::Sink& sink);
  void finish_counts(const Counts& counts, std::string_view metric, facts::Sink& sink);
  void snapshot(std::string_view metric, std::string_view subject, std::optional<double> number, std::string_view value,
                facts::Origin at, facts::Sink& sink);

  Reporter& reporter_;
  facts::Place place_;
  facts::Time time_;
  facts::Origin header_;
  std::string name_, serial_, mig_current_;
  Counts volatile_correctable_, volatile_uncorrectable_, aggregate_correctable_, aggregate_uncorrectable_;
  std::optional<Process> process_;
};

}  // namespace gpm::nvidia_smi
