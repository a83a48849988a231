// SPDX-License-Identifier: Apache-2.0
//
// What nvidia-smi prints in place of its output, or above it, when something is wrong; and the texts of NVML that other
// tools pass on unchanged.
//
//   NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest ...
//   NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that ...
//   Failed to initialize NVML: Driver/library version mismatch
//   NVML library version: 535.288
//   Unable to determine the device handle for GPU0000:CB:00.0: Unknown Error
//   Unable to determine the device handle for GPU1: 0000:34:00.0: GPU is lost.  Reboot the system to recover this GPU
//   WARNING: infoROM is corrupted at gpu 0000:21:00.0
//   No devices were found
//   bash: nvidia-smi: command not found
//   timeout: sending signal TERM to command 'nvidia-smi'
//
// Fact: event nvidia_smi.error with `message`, `state` (a stable word, docs/facts.md), `reason` (what follows the
// address), `library_version`; place.pci and place.gpu_index where the line names them.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class ErrorParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  Reporter reporter_;
  std::optional<facts::Event> mismatch_;  // its second line may give the library's version
};

}  // namespace gpm::nvidia_smi
