// SPDX-License-Identifier: Apache-2.0
//
// lspci -v, -vv, -vvv (also -nn, also -D with domains).
//
//   41:00.0 3D controller: NVIDIA Corporation GH100 [H100 SXM5 80GB] (rev a1)
//   	Region 1: Memory at <unassigned> (64-bit, prefetchable)
//   		LnkCap:	Port #0, Speed 32GT/s, Width x16, ASPM not supported
//   		LnkSta:	Speed 2.5GT/s (downgraded), Width x16 (ok)
//   	Kernel driver in use: nvidia
//   40:01.1 PCI bridge: Intel Corporation Device 352a (rev 30)
//   		ACSCtl:	SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
//   03:00.0 VGA compatible controller: NVIDIA Corporation GP102 [GeForce GTX 1080 Ti] (rev ff) (prog-if ff)
//   	!!! Unknown header type 7f
//
// Gives, for NVIDIA devices: `host.lspci_gpu` (display controllers), `host.lspci_dead_device`,
// `host.lspci_bar_unassigned`, `host.pcie_link` (speed, width; speed_state and width_state = ok or downgraded, from the
// words or by LnkCap), and setting host.pci_driver. For every bridge: snapshot acs.redirect. An idle GPU runs at low
// speed: width tells more.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class LspciParser : public LineParser {
 public:
  std::string_view format() const override { return "lspci"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool read_header(const text::Line& line, facts::Sink& sink);
  void read_detail(const text::Line& line, std::string_view detail, facts::Sink& sink);
  void read_link(const text::Line& line, std::string_view detail, facts::Sink& sink);

  std::string pci_;  // the device whose lines follow; empty outside
  bool nvidia_ = false;
  bool dead_ = false;  // has been told
  std::string cap_speed_, cap_width_;
};

}  // namespace gpm::parsers::host
