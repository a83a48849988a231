// SPDX-License-Identifier: Apache-2.0
//
// CSV of `nvidia-smi --query-gpu=...`, `--query-compute-apps=...` and `--query-remapped-rows=...`.
//
//   timestamp, index, name, uuid, pci.bus_id, driver_version, utilization.gpu [%], memory.used [MiB], compute_mode
//   2026/11/21 22:49:33.064, 0, NVIDIA H100 80GB HBM3, GPU-fb9b9614-..., 00000000:00:06.0, 580.159.04, 0 %, 0 MiB, Default
//
//   gpu_uuid, remapped_rows.correctable, remapped_rows.uncorrectable, remapped_rows.pending, remapped_rows.failure
//   GPU-fb9b9614-6b13-c658-36b4-99e3bec40694, 0, 0, No, No
//
// Columns come from the head line, or (for --format=csv,noheader) from the command line above the rows:
//
//   $ nvidia-smi --query-gpu=index,name,driver_version,memory.used,memory.total --format=csv,noheader
//   0, NVIDIA H100 80GB HBM3, 575.57.08, 2 MiB, 81559 MiB
//
// Both names of a column are known (clocks_throttle_reasons.active to 530, clocks_event_reasons.active from 535); unknown
// columns are skipped. A row belongs to the block if it has as many cells as there are columns and the cells fit them.
//
// mig.mode.current beside mig.mode.pending gives gpu.mig_mode_change_pending (they differ until the GPU is reset).
//
// Facts: Gpu, the metrics of docs/facts.md, setting host.driver_version, gpu.clock_event from the mask, events
// nvidia_smi.process and nvidia_smi.no_processes, gpu.error_cell for [Unknown Error], [GPU is lost], [GPU requires reset].
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

struct CsvColumn;  // csv.cc

class CsvParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-csv"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  bool head(const text::Line& line);
  bool command(std::string_view message);
  bool row(const text::Line& line, facts::Sink& sink);
  void cell(const CsvColumn& column, std::string_view value, const facts::Place& place, const text::Line& line, facts::Sink& sink);
  void clock_events(std::string_view mask, const facts::Place& place, const text::Line& line, facts::Sink& sink);
  void process(const std::vector<std::string_view>& cells, const text::Line& line, facts::Place place, facts::Sink& sink);
  void snapshot(std::string_view metric, std::string_view subject, std::optional<double> number, std::string_view value,
                const facts::Place& place, const text::Line& line, facts::Sink& sink);

  Reporter reporter_;
  std::vector<const CsvColumn*> columns_;  // null for unknown ones; empty = outside a block
  bool processes_ = false;                 // the rows are processes, not GPUs
  bool from_command_ = false;              // no head line seen yet
  std::optional<facts::Time> time_;        // of the row that is being read
  std::optional<facts::Event> no_rows_;    // reported if a list of processes ends without any
};

}  // namespace gpm::nvidia_smi
