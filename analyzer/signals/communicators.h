// SPDX-License-Identifier: Apache-2.0
//
// The communicators of an incident as one table each: which ranks were seen, on which host, and how far each came.
//
// The store has one row for each (communicator, rank). Where NCCL prints no common id (before 2.16, or where a rank stopped
// before START) every rank has a communicator of its own there ("0x55d@n1:81", "@n1:81"); these pieces are put together
// here: the k-th piece of each process with the same number of ranks belongs to one communicator; where two processes then
// claim one rank, hosts that hold whole groups by themselves are taken apart, else the later one opens another communicator.
//
// Everything is bounded by what the store keeps (DocumentFacts::max_rank_rows): no number that a log states is ever allocated for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

// facts::RankPhase as ranks.phase_order counts it; 0 = nothing but an abort was seen.
enum PhaseOrder : int {
  order_seen = 1,
  order_bootstrap,
  order_start,
  order_network,
  order_joined,
  order_topology,
  order_channels,
  order_connecting,
  order_connected,
  order_complete,
  order_collective,
  order_destroyed,
};

struct RankState {
  std::int64_t row = 0;   // ranks.id; its line is read when it is quoted
  std::int64_t rank = 0;  // in this communicator
  std::string host, pod, pci, phase;
  std::optional<int> gpu_index;
  std::optional<std::int64_t> pid, nranks, utc_ns;
  std::int64_t document_id = 0, line = 0;
  int order = 0;

  // The machine, as far as it has a name: the host, else the pod.
  const std::string& machine() const { return host.empty() ? pod : host; }
};

struct CommunicatorState {
  std::string key;  // as the store has it; of pieces the first one's
  std::optional<std::int64_t> nranks;
  std::vector<RankState> ranks;  // by rank; each once

  int furthest() const;
  bool whole() const { return nranks && static_cast<std::int64_t>(ranks.size()) >= *nranks; }
  std::size_t machines() const;
};

// By key.
std::vector<CommunicatorState> read_communicators(store::Store& store);

// The ranks below nranks that were not seen, at most `limit` of them; `total` says how many there are.
struct Absent {
  std::vector<std::int64_t> ranks;
  std::int64_t total = 0;
};
Absent absent_ranks(const CommunicatorState& communicator, std::size_t limit);

// The machine that a rank runs on, seen or not: launchers give each host a block of consecutive ranks. Empty where the ranks
// that were seen are not laid out so, or none of the rank's block was seen.
class BlockLayout {
 public:
  explicit BlockLayout(const CommunicatorState& communicator);
  const RankState* neighbour(std::int64_t rank) const;  // a rank that was seen on the same machine

 private:
  std::int64_t per_machine_ = 0;
  std::map<std::int64_t, const RankState*> machine_of_block_;
};

// The rank's number in the job (its largest communicator), by process or GPU; its own number where that is not known.
class JobRanks {
 public:
  explicit JobRanks(const std::vector<CommunicatorState>& communicators);
  std::int64_t of(const CommunicatorState& communicator, const RankState& rank) const;
  // Also of ranks that nobody saw, where those that were seen lie at equal distances.
  std::optional<std::int64_t> of_absent(const CommunicatorState& communicator, std::int64_t rank) const;

 private:
  const CommunicatorState* largest_ = nullptr;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> by_process_;
};

// The line of a rank's furthest phase as evidence, with the rank's place (its number in the job).
Observation observe(store::Store& store, const RankState& rank, std::int64_t job_rank);

// Which machines work together: equal numbers = one job. A machine that no communicator names belongs to the job with the
// most machines, unless a communicator lies wholly on it.
class Jobs {
 public:
  explicit Jobs(const std::vector<CommunicatorState>& communicators);
  int of(const std::string& machine) const;
  // Machines that share a communicator with another.
  bool spans_machines(const std::string& machine) const;

 private:
  std::map<std::string, int> job_;
  std::map<int, int> size_;
  int largest_ = 0;
};

}  // namespace gpm::signals
