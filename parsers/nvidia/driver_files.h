// SPDX-License-Identifier: Apache-2.0
//
// What the driver says of its GPUs and of itself below /proc/driver/nvidia, and the same blocks of `nvidia-container-cli
// info`.
//
//   Model: <tab><tab> NVIDIA H100 80GB HBM3                /proc/driver/nvidia/gpus/0000:00:06.0/information
//   IRQ:   <tab><tab> 41
//   GPU UUID: <tab> GPU-fb9b9614-6b13-c658-36b4-99e3bec40694      GPU-????????-????-... : the GPU never came up
//   Video BIOS: <tab> 96.00.cf.00.01                              ??.??.??.??.??: likewise
//   Bus Location: <tab> 0000:00:06.0
//   Device Minor: <tab> 0
//   GPU Firmware: <tab> 580.159.04                                N/A = no GSP
//   GPU Excluded:<tab> No
//
//   NVRM version:   535.104.12                             nvidia-container-cli info
//   CUDA version:   12.2
//   Device Index:   0
//   Model:          NVIDIA H800
//   GPU UUID:       GPU-0af30765-fe70-d44a-744e-9effa977754d
//   Bus Location:   00000000:18:00.0
//
//   ResmanDebugLevel: 4294967295                           /proc/driver/nvidia/params
//   EnableGpuFirmware: 18
//
// Gives Gpu; event host.gpu_not_initialised; snapshots gpu.minor_number, gpu.gsp_firmware_version, gpu.vbios_version,
// gpu.excluded; settings host.driver_version, host.cuda_version (container-cli), and scope driver_param.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parsers/parser.h"

namespace gpm::nvidia {

class DriverFiles : public parsers::LineParser {
 public:
  std::string_view format() const override { return "proc-driver-nvidia-gpu"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  bool gpu_line(const text::Line& line, facts::Sink& sink);
  void close(facts::Sink& sink);

  std::optional<facts::Gpu> gpu_;
  bool never_came_up_ = false;
  std::vector<facts::Snapshot> held_;
  bool params_ = false;
  int blank_lines_ = 0, facts_left_ = 5000;
};

}  // namespace gpm::nvidia
