// SPDX-License-Identifier: Apache-2.0
//
// Answers of NCCL's RAS service: `ncclras`, `ncclras -v`, `echo verbose status | nc localhost 28028` (NCCL 2.24 and later),
// and `ncclras -f json` (2.28.7 and later, one key a line as the service writes it).
//
//   Group     Comms     Nodes     Ranks     Ranks     Ranks    Status  Errors
//       #  in group  per comm  per node  per comm  in group
//       0         1         4       7-8        32        32   RUNNING  INCOMPLETE
//
//   Errors
//   ======
//
//   INCOMPLETE
//     Missing communicator data from 1 job process
//     Process 3487984 on node 172.16.64.213 managing GPU 5
//
//   #0-0 (cf264af53edbe986) INCOMPLETE
//     Missing communicator data from 1 rank
//     The missing rank: 21                                                             to 2.25
//     Rank 21 -- GPU 5 managed by process 3487984 on node 172.16.64.213                2.26 and later
//
//   DEAD
//     1 job process is considered dead (unreachable via the RAS network)
//
//   #0-0 (27a079b828ff1a75) MISMATCH
//     Communicator ranks have different AllReduce operation counts
//     31 ranks have launched up to operation 6650
//     Rank 7 has launched up to operation 6649 -- GPU 7 managed by process 483079 on node 172.16.64.210
//
// Gives, for each line that names somebody:
// - nccl.ras_communicators: a row of the table; attributes communicators, nodes, ranks (each of one communicator), status, errors
// - nccl.ras_process: state = missing or dead; gpus; place has host and pid
// - nccl.ras_rank: communicator (its commId, 0x...), communicator_rank, state = missing, unresponsive, dead, status, operations or
//   error; value (RUNNING; 6649, 0 = none; "System error"), operation (AllReduce) and most (operations that most ranks have
//   launched) where they are told; place has host, pid, GPU
// Only outliers are named by the service, so the other ranks are those that are as they should be.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::nccl {

class RasParser : public LineParser {
 public:
  std::string_view format() const override { return "nccl-ras"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  struct Section {
    std::string communicator;          // empty: about the job's processes
    std::string state, value, operation;  // of the ranks that follow
    std::string most;  // operations that the largest group has launched
    std::int64_t most_ranks = 0;
  };
  struct Member {  // of a JSON answer: the rank whose keys are being read
    std::string communicator, host;
    std::optional<std::int64_t> rank, pid, gpu;
    bool missing = false;
  };
  bool head(std::string_view text);
  bool table(const text::Line& line, std::string_view text, facts::Sink& sink);
  bool named(const text::Line& line, std::string_view text, facts::Sink& sink);
  void group(std::string_view text);
  bool json(const text::Line& line, std::string_view text, facts::Sink& sink);
  void add(facts::Event event, facts::Sink& sink);

  Section section_;
  Member member_;
  bool in_table_ = false, in_json_ = false;
  int blank_lines_ = 0, facts_left_ = 20'000;
};

}  // namespace gpm::parsers::nccl
