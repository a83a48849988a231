// SPDX-License-Identifier: Apache-2.0
//
// What machine, what system, what driver: one-line answers of several tools.
//
//   Linux aihost01 6.8.0-87-generic #88-Ubuntu SMP PREEMPT_DYNAMIC Sat Oct 11 ... x86_64 GNU/Linux          uname -a
//   PRETTY_NAME="Ubuntu 22.04.4 LTS"                                                                        /etc/os-release
//   Socket(s):                          2                                                                   lscpu
//   NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.195.03  Release Build                      /proc/driver/nvidia/version
//    Static hostname: gpu07                                                                                 hostnamectl
//             Kernel: Linux 5.15.0-25-generic
//
// Gives settings of scope host: kernel, os, hostname, cpu_model, virtualization, driver_version, driver_flavour;
// snapshots host.sockets and numa.nodes; and the document's host. A host name that is only hexadecimal digits is a
// container's id.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class MachineParser : public LineParser {
 public:
  std::string_view format() const override { return "host"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::host
