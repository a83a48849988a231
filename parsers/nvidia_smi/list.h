// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi -L`, and the same line wherever another command or tool prints it (`nvidia-smi nvlink -s`).
//
//   GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
//     MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)               470 on
//     MIG 1g.10gb     Device  0: (UUID: MIG-GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77/7/0)       450 to 465
//
// Facts: Gpu (index, name, UUID); event nvidia_smi.mig_device (profile, device, mig_uuid) placed on its GPU.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

// Reads "GPU 0: NAME (UUID: GPU-...)" into place and name; false for any other line.
bool read_gpu_line(std::string_view message, facts::Place& place, std::string& name);

class ListParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-list"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  Reporter reporter_;
  std::optional<facts::Place> gpu_;  // whose MIG devices follow
  std::uint64_t last_line_ = 0;      // of the list
};

}  // namespace gpm::nvidia_smi
