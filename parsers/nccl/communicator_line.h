// SPDX-License-Identifier: Apache-2.0
//
// The INFO texts that tell how far a rank has come, read one at a time.
//
//   comm 0x7fb290000fa0 rank 0 nranks 2 cudaDev 0 busId 1a000 - Init COMPLETE                                    2.5
//   - 2.15 ncclCommInitRankConfig comm 0x1d0c0f80 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 60 commId 0xc8283 - Init
//   START  2.18.3 - ncclCommSplit comm 0x55 rank 0 nranks 4 cudaDev 0 nvmlDev 0 busId 3d000 parent 0x44 splitCount 1
//   color 0 key 0- Init START [Rank 3] ncclCommInitRank comm 0x55 rank 3 nranks 8 ... - Init START 2.29 - comm
//   0x1d0c0f80 rank 0 nRanks 2 nNodes 1 localRanks 2 localRank 0 MNNVL 0                                    2.20 -
//   AllReduce: opCount 7 sendbuff 0x.. recvbuff 0x.. count 4 datatype 7 op 0 root 0 comm 0x55 [nranks=2] stream 0x..
//   Trees [0] 1/-1/-1->0->-1 [1] ...            the middle number is the rank that prints
//   Channel 00/24 : 0 1 2 3                     rank 0 only; as many numbers as there are ranks
//   Channel 00/0 : 7[7] -> 8[0] [send] via NET/IB/0/GDRDMA      "Ring 00 : ..." before 2.7
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::parsers::nccl {

inline constexpr std::int64_t max_ranks = 1'000'000;

enum class Stage { init_start, init_complete, graphs_exchanged, destroyed, aborted };

struct CommunicatorLine {
  Stage stage = Stage::init_start;
  std::string_view function;  // ncclCommInitRank ...; empty before 2.21
  std::string_view pointer;   // "0x55..."
  std::optional<std::int64_t> rank, nranks, cuda_dev, nvml_dev, color, split_count;
  std::string_view bus_id, comm_id, parent;  // as printed; empty where missing
};
// Nothing if the text is no such line.
std::optional<CommunicatorLine> read_communicator_line(std::string_view text);

struct CollectiveLine {
  std::string_view operation;  // AllReduce
  std::optional<std::uint64_t> op_count;
  std::string_view count, datatype, pointer;
};
std::optional<CollectiveLine> read_collective_line(std::string_view text);

struct TransportLine {
  std::int64_t from = 0, to = 0;
  std::string_view channel;    // "00", "00/0"
  std::string_view direction;  // send, receive or empty
  std::string_view transport;  // "NET/IB/0/GDRDMA"
  std::string_view kind;       // p2p shm net-ib net-socket net-other
  std::int64_t printed_by = 0;
};
std::optional<TransportLine> read_transport_line(std::string_view text);

// The phase that any other INFO text proves.
struct PhaseLine {
  facts::RankPhase phase = facts::RankPhase::seen;
  bool of_process = false;  // printed once a process, not once a communicator
  bool only_in_init = true;
  std::optional<std::int64_t> rank, nranks;  // where the text gives them away
};
std::optional<PhaseLine> read_phase_line(std::string_view text);

}  // namespace gpm::parsers::nccl
