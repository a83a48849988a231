// SPDX-License-Identifier: Apache-2.0
//
// Limits of a process, as the shell or /proc tells them.
//
//   max locked memory           (kbytes, -l) 8192
//   open files                          (-n) 1024
//   Max locked memory         67108864             67108864             bytes
//   $ ulimit -l
//   unlimited
//
// ulimit -a (other shells do not pad the names); /proc/PID/limits, of which the soft limit is taken; one limit asked for,
// with the answer on the next line.
//
// Gives settings of scope limit: memlock and stack in KiB, nofile, nproc, core in blocks; "unlimited" as it stands.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class LimitsParser : public LineParser {
 public:
  std::string_view format() const override { return "ulimit"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::string asked_;  // the limit that the line before asked for
};

}  // namespace gpm::parsers::host
