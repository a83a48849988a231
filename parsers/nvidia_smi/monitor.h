// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi dmon` and `pmon`: one row a GPU (or process) and second.
//
//   # gpu    pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk        dmon, 535 on
//   # Idx      W      C      C      %      %      %      %      %      %    MHz    MHz
//       0    121     38     36    100      0      0      0      0      0   2619   1980
//   #Date       Time        gpu   pwr gtemp ...                                                   -o DT
//    20261121   22:49:33      0    69    32 ...
//   # gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command                 pmon
//   # Idx           #    C/G      %      %      %      %      %      %    name
//       0        594     C     99      0      -      -      -      -    python
//
// Columns come from the head line, which repeats. "-" is not available or nobody. Facts: snapshots gpu.power_w,
// gpu.temperature_c, gpu.memory_temperature_c, gpu.utilization_percent, gpu.clock_memory_mhz, gpu.clock_sm_mhz,
// gpu.memory_used_mib (fb), nvidia_smi.process for pmon's rows (once a process).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class MonitorParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-dmon"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool head(std::string_view message);
  bool row(const text::Line& line, facts::Sink& sink);

  Reporter reporter_;
  std::vector<std::string> columns_;  // empty outside a table
  bool processes_ = false;
  std::set<std::string> told_;
};

}  // namespace gpm::nvidia_smi
