// SPDX-License-Identifier: Apache-2.0
//
// Sections of nvidia-bug-report.log. Each is led in by 44 underscores, a blank line and a title:
//
//   ____________________________________________
//
//   *** /proc/driver/nvidia/./params
//   *** ls: -r--r--r-- 1 root root 0 2026-10-09 02:47:34.149470090 +0000 /proc/driver/nvidia/./params
//   ResmanDebugLevel: 4294967295
//
// Titles are `*** PATH` (also "... does not exist", "... is not readable"), a command line, `base64 "PATH"`, "Skipping X",
// or words: "Scanning kernel log files for NVIDIA kernel messages:", below which an indented `  PATH:` or
// `  journalctl -b -1:` leads in each log. The same kernel line stands in up to eight of these: each log is a view of the
// machine's one kernel, and what two views show is one event.
//
// A script that hung leaves no "End of NVIDIA bug report log file."; its last section is as long as it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parsers/formats/parts.h"

namespace gpm::formats {

class BugReport {
 public:
  static constexpr std::string_view separator = "____________________________________________";
  static bool starts(std::string_view head);

  // Lines in order; those without the separator may be left out while wants_next() is false.
  // True: what follows is another view.
  bool line(std::uint64_t number, std::string_view raw);
  bool wants_next() const { return awaits_title_ || in_kernel_logs_; }
  // Inside a section that holds nothing to read (base64).
  bool skips() const { return skips_; }
  // All sections, the last one ending on `last_line`.
  std::vector<Part> finish(std::uint64_t last_line);

 private:
  void open(std::uint64_t number, std::string_view title);

  std::vector<Part> parts_;
  bool awaits_title_ = false, in_kernel_logs_ = false, skips_ = false;
};

}  // namespace gpm::formats
