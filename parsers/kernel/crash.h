// SPDX-License-Identifier: Apache-2.0
//
// Programs and kernels that crash or stand still, and host hardware that reports itself.
//
//   python3[1234]: segfault at 0 ip 00007f.. sp 00007f.. error 4 in libnccl.so.2.19.3[7f..+1000] likely on CPU 12 (core
//   6, socket 0) traps: python3[1234] trap invalid opcode ip:.. sp:.. error:0 in ... INFO: task python3:136986 blocked
//   for more than 120 seconds. watchdog: BUG: soft lockup - CPU#18 stuck for 27s! [python3:2254956] mce: [Hardware
//   Error]: CPU 12: Machine Check: 0 Bank 7: 8c00004000010091 EDAC MC0: 1 CE memory read error on
//   CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (...) Kernel panic - not syncing: Fatal exception
//
// Gives `kernel.segfault`, `kernel.trap`, `kernel.hung_task`, `kernel.lockup`, `kernel.mce`, `kernel.panic`,
// `kernel.oops`.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class CrashParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::kernel
