// SPDX-License-Identifier: Apache-2.0
//
// PyTorch distributed: the NCCL watchdog, NCCL errors as exceptions, stores and rendezvous, torchrun's report.
//
//   [rank0]:[E1121 22:53:08.534655302 ProcessGroupNCCL.cpp:689] [Rank 0] Watchdog caught collective operation timeout:
//     WorkNCCL(SeqNum=2, OpType=ALLREDUCE, NumelIn=4194304, NumelOut=4194304, Timeout(ms)=20000) ran for 20039
//     milliseconds before timing out.                                                          2.1 and later
//   [PG 0 Rank 3] Timeout at NCCL work: 7, last enqueued NCCL work: 9, last completed NCCL work: 6.           2.2, 2.3
//   [PG 0 (default_pg) Rank 3] Exception (either an error or timeout) detected by watchdog at work: 7, last
//     enqueued NCCL work: 9, last completed NCCL work: 6.                                      2.4, 2.5
//   [PG ID 0 PG GUID 0(default_pg) Rank 0]  failure detected by watchdog at work sequence id: 2 PG status: last
//     enqueued work: 2, last completed work: 1                                                 2.6 and later
//   Received a dump signal due to a collective timeout from  rank 0 and we will try our best to dump the debug info.
//     Last enqueued NCCL work: 31, last completed NCCL work: 31.
//   torch.distributed.DistBackendError: NCCL error in: ../ProcessGroupNCCL.cpp:1333, unhandled system error (run with
//     NCCL_DEBUG=INFO for details), NCCL version 2.18.6
//   ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.
//   Last error:
//   XML Import Channel : dev 1 not found.
//   E0125 10:35:14.982000 118 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -6) local_rank: 2
//     (pid: 1184026) of binary: /usr/bin/python
//
// One line each where they stand. Facts: torch.watchdog_timeout (once for each rank, group and sequence number: the
// text comes again when the process is taken down), torch.work_status, torch.heartbeat_timeout, torch.dist_error,
// torch.store_timeout, torch.elastic_failure, torch.collective_mismatch, torch.lagging_ranks, torch.dump_written.
//
// place.rank is the wrapper's ([rank3]:, global) or, without one, the "[Rank 3]" of the message: the rank in its group.
#pragma once

#include <map>
#include <set>
#include <string>

#include "parsers/parser.h"
#include "parsers/torch/child_report.h"

namespace gpm::parsers::torch {

class TorchParser : public LineParser {
 public:
  std::string_view format() const override { return "torch"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  // A dist_error whose "Last error:" may still come; lines of other ranks can stand between.
  struct OpenError {
    facts::Event event;
    bool last_error_next = false;
    int patience = 0;
  };

  bool watchdog(const text::Line& line, facts::Sink& sink);
  bool work_status(const text::Line& line, facts::Sink& sink);
  bool dump_written(const text::Line& line, facts::Sink& sink);
  bool dist_error(const text::Line& line, facts::Sink& sink);
  bool continues(const text::Line& line, facts::Sink& sink);
  bool store(const text::Line& line, facts::Sink& sink);

  std::map<std::string, OpenError> open_;
  std::set<std::string> told_;  // timeouts and unreachable addresses, at most max_told
  ChildReport report_;
};

}  // namespace gpm::parsers::torch
