// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi -q` (also `-a`, and any part of it by `-d`): sections by indentation, "key : value" lines.
//
//   ==============NVSMI LOG==============
//
//   Timestamp                                              : Sat Nov 21 22:49:32 2026
//   Driver Version                                         : 580.159.04
//   CUDA Version                                           : 13.0
//
//   Attached GPUs                                          : 2
//   GPU 00000000:00:06.0
//       Product Name                                       : NVIDIA H100 80GB HBM3
//       ECC Errors
//           Volatile
//               SRAM Correctable                           : 0
//       Processes
//           Process ID                        : 2266
//               Type                          : C
//
// The colon stands in column 43 up to branch 575, in 56 from 580, elsewhere for -d; the process block keeps the narrow
// form. So a line is read by its indentation and its first " : ". A key with a value may have keys below it (HW Slowdown,
// Process ID). Which fields are read: gpu_fields.cc, gpu_report.cc.
//
// Facts besides those: settings host.driver_version, host.cuda_version; snapshot gpu.attached.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/nvidia_smi/gpu_report.h"
#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class QueryParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  struct Section {
    std::size_t indent;
    std::string name;
  };

  bool top_level(const text::Line& line, std::string_view key, std::string_view value, facts::Sink& sink);
  std::string path_of(std::size_t indent, std::string_view key);

  Reporter reporter_;
  bool inside_ = false;
  std::size_t base_indent_ = 0;  // of the lines that begin a GPU
  std::optional<facts::Time> time_;
  std::optional<GpuReport> gpu_;
  std::vector<Section> sections_;
  int foreign_lines_ = 0;
};

}  // namespace gpm::nvidia_smi
