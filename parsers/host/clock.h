// SPDX-License-Identifier: Apache-2.0
//
// How long the host has been up, how loaded it is, and whether its clock is right.
//
//    08:38:19 up 15:34,  1 user,  load average: 6.49, 7.16, 7.32                 uptime; first line of top with "top - "
//    09:12:44 up 1 day,  2:03,  3 users,  load average: 1.02, 0.88, 0.61
//   Reference ID    : 0A2A000A (ntp-1)                                          chronyc tracking
//   System time     : 0.000094732 seconds fast of NTP time
//   Leap status     : Normal                                                    "Not synchronised" = nobody sets the clock
//
// Gives snapshots host.uptime_s (to the minute), host.load (1 minute), host.clock_offset_s (positive = fast),
// host.clock_state.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class ClockParser : public LineParser {
 public:
  std::string_view format() const override { return "uptime"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool chronyc_ = false;
};

}  // namespace gpm::parsers::host
