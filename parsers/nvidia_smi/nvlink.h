// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi nvlink -s` (speed), `-e` (error counters), `-p` and `-R` (what the links lead to).
//
//   GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-fb9b9614-6b13-c658-36b4-99e3bec40694)
//   	 Link 0: 26.562 GB/s
//   	 Link 4: <inactive>
//
//   GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-41b66cd0-6b13-c658-36b4-99e3bec40694)
//   	 Link 0: Replay Errors: 0
//   	 Link 0: Recovery Errors: 0
//   	 Link 0: CRC Errors: 0
//
// From NVLink5 on other counters (Malformed packet Errors, Effective BER ...). "FEC Errors - 0" counts good blocks and
// is not read. With no link up: "NVML: Unable to retrieve NVLink information as all links are inActive".
//
// Facts: snapshots nvlink.speed_gbps (GB/s; an inactive link is 0 and "<inactive>"), nvlink.<counter>, nvlink.remote;
// event nvidia_smi.error with state nvlink-inactive. Subject = link number.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class NvlinkParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-nvlink"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool link(const text::Line& line, facts::Sink& sink);
  void snapshot(const text::Line& line, std::string_view metric, std::string_view link, std::optional<double> number,
                std::string_view value, facts::Sink& sink);

  Reporter reporter_;
  std::optional<facts::Place> gpu_;
  int foreign_lines_ = 0;
};

}  // namespace gpm::nvidia_smi
