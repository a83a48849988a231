// SPDX-License-Identifier: Apache-2.0
//
// /proc/interrupts: what a machine check or an overheated CPU leaves behind without a line in any log.
//
//              CPU0       CPU1
//    82:          0         12   PCI-MSIX-0000:1b:00.0   0-edge      nvidia
//   NMI:        331        330   Non-maskable interrupts
//   TRM:          0          0   Thermal event interrupts
//   MCE:          0          0   Machine check exceptions
//
// Gives host.interrupts (subject = NMI, TRM, THR, DFR, MCE, ERR; sum over all CPUs).
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class InterruptsParser : public LineParser {
 public:
  std::string_view format() const override { return "interrupts"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::host
