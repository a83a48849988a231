// SPDX-License-Identifier: Apache-2.0
//
// What nccl-tests print around the NCCL lines.
//
//   # Using devices
//   #  Rank  0 Group  0 Pid  20117 on gpu-a800-09 device  0 [0x3d] NVIDIA A800 80GB PCIe        (no "Group"
//   before 2.13) #  Rank  0 Group  0 Pid   1234 on gpu07 device  0 [0000:18:00] NVIDIA H100 80GB HBM3         (newest)
//   #                                                              out-of-place                       in-place
//   #       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw
//   #wrong #        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s) (GB/s)
//      134217728      33554432     float     sum      -1   690.01  194.51  340.40      0   689.33  194.71  340.74 0
//   # Out of bounds values : 0 OK
//   # Avg bus bandwidth    : 1.29356
//   gpu-a800-09: Test NCCL failure common.cu:1005 'unhandled system error (run with NCCL_DEBUG=INFO for details) / '
//
// The columns differ between versions (root and #wrong are newer, "error" is older), so rows are read by the header.
// Facts: nccl.tests_rank, nccl.result_row, nccl.result_summary, nccl.test_failure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::parsers::nccl {

class ResultTable {
 public:
  enum class Took { nothing, something, first_row };
  Took line(const text::Line& line, facts::Sink& sink);
  // Inside a table or a list of ranks: the next line is wanted whatever it holds.
  bool open() const { return patience_ > 0; }

 private:
  bool rank_row(const text::Line& line, facts::Sink& sink);
  bool header(std::string_view message);
  bool row(const text::Line& line, facts::Sink& sink);
  bool summary(const text::Line& line, facts::Sink& sink);
  bool failure(const text::Line& line, facts::Sink& sink);

  std::vector<std::string> columns_;
  int patience_ = 0;  // lines of something else that are still tolerated
  bool rows_seen_ = false;
};

}  // namespace gpm::parsers::nccl
