// SPDX-License-Identifier: Apache-2.0
//
// PCIe: errors, containment, links that went down or came up narrow, and address space that was not found.
//
//   nvidia 0000:3b:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)
//   nvidia 0000:3b:00.0: AER: can't recover (no error_detected callback)
//   pcieport 0000:3a:00.0: DPC: containment event, status:0x1f01 source:0x0000
//   pcieport 0000:3a:00.0: pciehp: Slot(12): Link Down
//   pci 0000:3b:00.0: 31.504 Gb/s available PCIe bandwidth, limited by 8.0 GT/s PCIe x4 link at 0000:3a:00.0 (capable
//   of ...) pci 0000:3b:00.0: BAR 1: no space for [mem size 0x1000000000 64bit pref]
//
// Gives `kernel.pcie_aer` (place.pci = the device named by the report), `kernel.pcie_aer_unrecovered`,
// `kernel.pcie_dpc`, `kernel.pcie_hotplug`, `kernel.pcie_limited`, `kernel.pcie_no_space`, `kernel.pcie_inaccessible`.
// "PCIeHotplug PME AER", "AER: enabled with IRQ 30" and "DPC: error containment capabilities" are of every boot and
// give nothing.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class PcieParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::kernel
