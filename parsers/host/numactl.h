// SPDX-License-Identifier: Apache-2.0
//
// numactl: the machine's NUMA nodes, and launches that bind to them.
//
//   available: 2 nodes (0-1)
//   node 0 cpus: 0 1 2 3 4 5 6 7
//   node 0 size: 515840 MB
//   node 0 free: 499000 MB
//   node distances:
//
//   numactl --cpunodebind=0 --membind=0 python train.py          also -N 0 -m 0, -C 0-31, --interleave=all
//
// Gives numa.nodes, numa.cpus (number = how many), numa.memory_mib, numa.memory_free_mib with the node as subject, and
// settings of scope numactl.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class NumactlParser : public LineParser {
 public:
  std::string_view format() const override { return "numactl"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::host
