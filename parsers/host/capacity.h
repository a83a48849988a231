// SPDX-License-Identifier: Apache-2.0
//
// Room on file systems and in memory.
//
//   Filesystem      Size  Used Avail Use% Mounted on         df -h; df and df -m with 1K-blocks, 1M-blocks
//   shm              64M   64M     0 100% /dev/shm
//                  total        used        free      shared  buff/cache   available         free, free -m, -g, -h
//   Mem:            2015          97        1411           1         506        1908
//   MemTotal:       263998464 kB                             /proc/meminfo
//
// Gives host.shm_total_mib and host.shm_used_mib (subject = mount) for /dev/shm, host.disk_use_percent for every mount,
// host.memory_total_mib, host.memory_available_mib. `free` does not print its unit: the command above it says it, else
// the size decides (GiB below 4,096, MiB below 4,200,000, KiB above).
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class CapacityParser : public LineParser {
 public:
  std::string_view format() const override { return "df-free"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool read_mount(const text::Line& line, facts::Sink& sink);
  bool read_free(const text::Line& line, facts::Sink& sink);

  double block_mib_ = 0;    // df's unit, from its header; 0 outside a table
  char free_unit_ = 0;      // 'k' 'm' 'g' as the command line of free said; 0 unknown
  bool available_ = false;  // free's header has the column
};

}  // namespace gpm::parsers::host
