// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi mig -lgi` and `-lci`.
//
//   +-------------------------------------------------------+
//   | GPU instances:                                        |
//   | GPU   Name             Profile  Instance   Placement  |
//   |                          ID       ID       Start:Size |
//   |=======================================================|
//   |   0  MIG 3g.20gb          9        1          4:4     |
//
//   | Compute instances:                                                 |
//   | GPU     GPU       Name             Profile   Instance   Placement  |
//   |       Instance                       ID        ID       Start:Size |
//   |         ID                                                         |
//   |   0      1       MIG 3g.20gb          2         0          0:3     |
//
//   No MIG-enabled devices found.          No GPU instances found: Not Found
//
// Facts: events nvidia_smi.mig_instance (attributes kind = gpu or compute, profile, gpu_instance, compute_instance) and
// nvidia_smi.mig_instances_absent (message).
#pragma once

#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class MigParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-mig"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  enum class Table { none, gpu, compute };
  Table table_ = Table::none;
};

}  // namespace gpm::nvidia_smi
