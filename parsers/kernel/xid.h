// SPDX-License-Identifier: Apache-2.0
//
// Xid: an error that the NVIDIA driver reports for one GPU; SXid: one that it reports for an NVSwitch.
//
//   NVRM: Xid (0000:03:00): 13, 0003 00000000 ...                                        to about 2013
//   NVRM: Xid (PCI:0000:db:00): 43, pid=3643, Ch 00000010                                450 to 495
//   NVRM: Xid (PCI:0000:41:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.
//   NVRM: Xid (PCI:0000:41:00 GPU-I:03 GPU-CI:00): 31, pid=1, name=a, channel 0x0000000a, intr 00000000. MMU Fault:
//   ENGINE
//         GRAPHICS GPC1 GPCCLIENT_T1_8 faulted @ 0x807a_4be00000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_WRITE
//   NVRM: Xid (PCI:0000:9b:00): 45, pid=7, name=b, Ch 00000001 caused by previous Xid 149
//   nvidia-nvswitch2: SXid (PCI:0000:c1:00.0): 20034, Fatal, Link 30 LTSSM Fault Up
//
// Gives `kernel.xid` and `kernel.sxid`. pid and name are those of the host's PID namespace. The text behind the code is
// not fixed between drivers: only the code decides, the attributes are what could be read of the rest. The lines with
// "Severity .." and "Data {..}" that follow an SXid repeat its code and are left out.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class XidParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::kernel
