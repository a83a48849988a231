// SPDX-License-Identifier: Apache-2.0
//
// The table that plain `nvidia-smi` prints (also `nvidia-smi -l`, `watch nvidia-smi`, a table pasted into a ticket).
//
//   Sat Nov 21 22:49:31 2026
//   +-----------------------------------------------------------------------------------------+
//   | NVIDIA-SMI 580.159.04             Driver Version: 580.159.04     CUDA Version: 13.0     |
//   +-----------------------------------------+------------------------+----------------------+
//   | GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
//   | Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
//   |                                         |                        |               MIG M. |
//   |=========================================+========================+======================|
//   |   0  NVIDIA H100 80GB HBM3          On  |   00000000:00:06.0 Off |                    0 |
//   | N/A   32C    P0            104W /  700W |       0MiB /  81559MiB |      0%      Default |
//   |                                         |                        |             Disabled |
//   +-----------------------------------------+------------------------+----------------------+
//   | Processes:                                                                              |
//   |  GPU   GI   CI              PID   Type   Process name                        GPU Memory |
//   |        ID   ID                                                               Usage      |
//   |=========================================================================================|
//   |    0   N/A  N/A            2998      C   /usr/local/bin/serve                   7454MiB |
//   +-----------------------------------------------------------------------------------------+
//
// Layouts: two lines a GPU and no CUDA version to 396; CUDA version from 410; the third line (MIG) from 450; 79, 89 and
// 91 columns wide from 530 and 550; "KMD Version" and "CUDA UMD Version" from 610. Cells overflow ("Unknown Error",
// 171216MiB), so rows are split at '|' and read by pattern, never by column. Windows prints WDDM or TCC for persistence.
//
// Facts: settings host.driver_version, host.cuda_version, host.nvml_version (the tool's own); Gpu rows; snapshots
// gpu.memory_*, gpu.utilization_percent, gpu.power_w, gpu.power_limit_w, gpu.temperature_c, gpu.performance_state,
// gpu.compute_mode, gpu.mig_mode, gpu.persistence_mode, gpu.ecc_uncorrectable_volatile, gpu.ecc_mode, gpu.error_cell,
// gpu.process_memory_used_mib; events nvidia_smi.process, nvidia_smi.no_processes, nvidia_smi.mig_device,
// nvidia_smi.no_mig_devices. The date above the table is their time (Line::before).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class TableParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  enum class Part { outside, gpus, mig_devices, processes };
  using Cells = std::vector<std::string_view>;

  bool head(const text::Line& line, facts::Sink& sink);
  bool banner(const text::Line& line, facts::Sink& sink);
  bool row(const text::Line& line, facts::Sink& sink);
  bool gpu_identity(const text::Line& line, const Cells& cells, facts::Sink& sink);
  bool gpu_state(const text::Line& line, const Cells& cells, facts::Sink& sink);
  bool gpu_mig_mode(const text::Line& line, const Cells& cells, facts::Sink& sink);
  bool mig_device(const text::Line& line, const Cells& cells, facts::Sink& sink);
  bool process(const text::Line& line, std::string_view row, facts::Sink& sink);

  void end_of_rows(const text::Line& line, facts::Sink& sink);

  // Reports a cell of the current GPU: as `metric`, or as gpu.error_cell, or not at all.
  void cell(const text::Line& line, std::string_view metric, std::string_view value, bool number, facts::Sink& sink);
  void snapshot(const text::Line& line, std::string_view metric, std::string_view subject, std::optional<double> number,
                std::string_view value, facts::Sink& sink);
  void event(const text::Line& line, std::string_view kind, facts::Place place, facts::Attributes attributes,
             facts::Sink& sink);

  Reporter reporter_;
  Part part_ = Part::outside;
  std::optional<facts::Time> time_;   // of the table that is being read
  std::uint64_t time_line_ = 0;       // the last line that belongs to it
  std::optional<facts::Place> gpu_;   // whose rows are being read
  int rows_ = 0;                      // since the last rule
  bool under_head_rule_ = false;      // in the list of processes
  int foreign_lines_ = 0;             // in a row that are no part of a table
};

}  // namespace gpm::nvidia_smi
