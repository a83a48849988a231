// SPDX-License-Identifier: Apache-2.0
//
// The kernel's run-time parameters: `sysctl -a`, `sysctl NAME`, /etc/sysctl.conf and sysctl.d, and files of /proc/sys printed
// with their names.
//
//   vm.overcommit_memory = 2
//   kernel.pid_max = 4194304
//   net.ipv4.conf.eth0.rp_filter = 1
//   sysctl: permission denied on key 'fs.protected_fifos'                    (left out)
//   /proc/sys/kernel/numa_balancing:1                                       grep . /proc/sys/kernel/*
//
// Gives settings of scope sysctl: those that decide about memory, processes, shared memory, files and the network, which is
// some sixty of the thousand that there are.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class KernelParameters : public LineParser {
 public:
  std::string_view format() const override { return "sysctl"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  int facts_left_ = 5'000;
};

}  // namespace gpm::parsers::host
