// SPDX-License-Identifier: Apache-2.0
//
// The first lines of a boot, which say what machine this is and how its kernel was started.
//
//   Linux version 5.15.0-91-generic (buildd@lcy02) (gcc ...) #101-Ubuntu SMP ...
//   Command line: BOOT_IMAGE=/boot/vmlinuz-5.15.0-91-generic root=UUID=... ro intel_iommu=on iommu=pt
//   BOOT_IMAGE=/boot/vmlinuz-5.13.0-48-generic root=UUID=... ro quiet splash                       /proc/cmdline itself
//   Hypervisor detected: KVM                    DMI: LENOVO 30E0S0XX00/1046, BIOS S07KT50A 05/22/2023
//   systemd[1]: Hostname set to <gpu-a100-01>.      systemd[1]: Set hostname to <gpu-a100-01>.     (before systemd 249)
//
// Gives `kernel.boot` and the settings host.kernel, host.virtualization, host.product and kernel_cmdline.<parameter>
// and, from systemd, the document's host (value empty where the parameter has none; a parameter given twice gives two settings).
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class BootParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  void command_line(const text::Line& line, std::string_view parameters, facts::Sink& sink);

  std::string last_command_line_;  // a boot prints it twice
};

}  // namespace gpm::parsers::kernel
