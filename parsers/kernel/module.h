// SPDX-License-Identifier: Apache-2.0
//
// Modules around the driver: whether they were taken, refused, or fit each other; and the sleep that they may not
// survive.
//
//   nvidia: module verification failed: signature and/or required key missing - tainting kernel    (a warning only)
//   Loading of unsigned module is rejected              Lockdown: modprobe: unsigned module loading is restricted; ...
//   nvidia: version magic '5.15.0-91-generic SMP' should be '6.2.0-39-generic SMP'
//   nouveau 0000:01:00.0: NVIDIA GP104 (134000a1)
//   nvidia-nvlink: Nvlink Core is being initialized, major device number 240
//   nvidia-nvswitch: Version mismatch, kernel version 550.54 user version 550.90
//   nvidia-uvm: Loaded the UVM driver, major device number 510.
//   PM: suspend entry (deep)
//
// Gives `kernel.module_unsigned`, `kernel.module_refused`, `kernel.module_mismatch`, `kernel.nouveau`,
// `kernel.nvlink_core`, `kernel.nvidia_version_mismatch`, `kernel.uvm`, `kernel.suspend`.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class ModuleParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::kernel
