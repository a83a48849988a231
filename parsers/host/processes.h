// SPDX-License-Identifier: Apache-2.0
//
// Processes that hold GPUs, hang, or are dead without having gone.
//
//   USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND            ps aux; ps -ef, ps -o, top
//   likewise root       41837  0.0  0.0      0     0 ?        Zl   08:20   0:04 [python3] <defunct>
//                        USER        PID ACCESS COMMAND                                    fuser -v /dev/nvidia*
//   /dev/nvidia0:        root       1234 F...m python3
//   python3 1234 root  mem    CHR  195,0          500 /dev/nvidia0                        lsof /dev/nvidia*
//
// Gives `host.process_zombie`, `host.process_uninterruptible` (state D; kernel threads left out), `host.device_holder`
// (once a process), `host.mps_process` (attribute role = control or server). The state column is found by the table's
// header.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class ProcessesParser : public LineParser {
 public:
  std::string_view format() const override { return "ps"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  struct Columns {
    int pid = -1, state = -1, command = -1;
  };
  bool read_header(const std::vector<std::string_view>& words);
  bool read_row(const text::Line& line, const std::vector<std::string_view>& words, facts::Sink& sink);
  bool read_holder(const text::Line& line, const std::vector<std::string_view>& words, facts::Sink& sink);
  void add(const text::Line& line, const char* kind, std::int64_t pid, std::string_view process,
           facts::Attributes attributes, facts::Sink& sink);

  Columns columns_;     // of the table being read; pid < 0 outside
  bool fuser_ = false;  // inside fuser's table
  std::string device_;  // the device whose holders fuser lists
  std::set<std::pair<std::string, std::int64_t>> told_;
};

}  // namespace gpm::parsers::host
