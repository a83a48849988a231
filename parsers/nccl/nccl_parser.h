// SPDX-License-Identifier: Apache-2.0
//
// NCCL's own log lines (NCCL_DEBUG=VERSION, WARN or INFO; 2.4 to 2.30) and the output of nccl-tests.
//
//   NCCL version 2.14.3+cuda11.8
//   gpu-a800-09:20117:20117 [0] NCCL INFO Bootstrap : Using ens20f0:10.18.2.109<0>
//   gpu-a800-09:20117:20131 [0] NCCL INFO NCCL_P2P_DISABLE set by environment to 1
//   gpu-a800-09:20117:20131 [0] NCCL INFO Using network IB
//   gpu-a800-09:20117:20131 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] [send] via NET/IB/0
//   gpu-a800-09:20117:20139 [0] misc/ibvwrap.cc:278 NCCL WARN Call to ibv_reg_mr_iova2 failed with error Cannot
//   allocate memory gpu-a800-09:20117:20139 [0] NCCL INFO transport/net_ib.cc:814 -> 2 gpu-a800-09:20117:20131 [0] NCCL
//   INFO group.cc:64 -> 2 [Async thread]
//
// Where a record can stand and how it differs between versions: record.h; how far ranks have come: rank_progress.h; the
// result tables: result_table.h. Facts: nccl.version, nccl.warn, nccl.env (also a setting), nccl.bootstrap_interface,
// nccl.network, nccl.transport, nccl.return, nccl.duplicate_gpu, nccl.init_timings, nccl.bootstrap_timings, nccl.last_collective and
// RankMilestones.
//
// nccl.transport is told once for each (from, to, kind, direction, GPUDirect RDMA) of a document, 4096 at most: a job
// with 24 channels prints thousands of such lines.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "parsers/nccl/rank_progress.h"
#include "parsers/nccl/record.h"
#include "parsers/nccl/result_table.h"
#include "parsers/parser.h"

namespace gpm::parsers::nccl {

class NcclParser : public LineParser {
 public:
  std::string_view format() const override { return "nccl"; }
  std::span<const std::string_view> gates() const override;
  bool said_before(std::string_view raw) const override;
  bool reads_alone(std::string_view raw) const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  bool record(const Record& record, const text::Line& line, facts::Sink& sink);  // false: it is known already
  void info(const Record& record, const Sighting& seen, facts::Sink& sink);
  void warn(const Record& record, const Sighting& seen, facts::Sink& sink);
  bool environment(std::string_view text, const Sighting& seen, facts::Sink& sink);
  void transport(const TransportLine& via, const Sighting& seen, facts::Sink& sink);

  RecordReader reader_;
  RankProgress progress_;
  ResultTable table_;
  std::unordered_set<std::uint64_t> links_;
  std::unordered_set<std::uint64_t> said_;  // channels that told nothing, since the last record that told something
};

}  // namespace gpm::parsers::nccl
