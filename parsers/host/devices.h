// SPDX-License-Identifier: Apache-2.0
//
// The driver's traces on a host: its modules and its device nodes.
//
//   Module                  Size  Used by                          lsmod
//   nvidia              54063104  40 nvidia_uvm,nvidia_modeset
//   nvidia_uvm 1830912 - - Live 0xffffffffc080c000 (O)             /proc/modules
//   crw-rw-rw- 1 root root 195, 255 Nov 21 22:49 /dev/nvidiactl    ls -l /dev/nvidia*
//   ls: cannot access '/dev/nvidia*': No such file or directory
//
// Gives settings kernel_module.<name> = present (only modules that matter to GPUs, RDMA and IPMI; `lsmod` = complete
// where the whole list stands there), host.device_node:<name> = "crw-rw-rw- root root 195:255", and
// `host.device_nodes_missing`.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class DevicesParser : public LineParser {
 public:
  std::string_view format() const override { return "devices"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::host
