// SPDX-License-Identifier: Apache-2.0
//
// The board's own event log, as ipmitool prints it.
//
//      1 | 08/30/2026 | 02:47:34 | Power Unit #0x41 | Power off/down | Asserted                  ipmitool sel list
//      a | 09/01/2026 | 02:47:34 UTC | Critical Interrupt PCIe Err | Bus Fatal Error | Asserted    ipmitool sel elist
//      4 | Pre-Init  |0000000025| Memory #0x53 | Correctable ECC | Asserted
//
// Gives the event host.sel (attributes record, sensor, state, direction). The BMC's clock has no zone and is often wrong;
// the time is taken as UTC and stated as assumed.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class EventLogParser : public LineParser {
 public:
  std::string_view format() const override { return "ipmi-sel"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::host
