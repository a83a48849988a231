// SPDX-License-Identifier: Apache-2.0
//
// Who is which rank of which communicator, and how far it has come: the state behind RankMilestones.
//
// A line names its communicator only at START and COMPLETE. All other lines are attributed by address: to the
// communicator that the same thread is setting up, else to the process's (where it holds one rank). Before 2.18.3 there
// is no START, so the lines of an init wait until its COMPLETE; what still waits at the document's end is a rank that
// stopped there, and is told under "@HOST:PID" if a line gave its rank away. Each (communicator, rank, phase) is told
// once.
//
// Everything kept is capped; beyond the caps lines are no longer attributed, and a Note says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/fact_of_line.h"
#include "parsers/facts/facts.h"
#include "parsers/nccl/communicator_line.h"
#include "parsers/nccl/record.h"

namespace gpm::parsers::nccl {

// Where and when a record stands, as facts carry it.
struct Sighting {
  facts::Place place;
  facts::Time time;
  facts::Origin at;
};

using parsers::event_of;
inline facts::Event event_of(const Sighting& seen, std::string_view kind) {
  facts::Event event;
  event.kind = std::string(kind);
  event.place = seen.place;
  event.time = seen.time;
  event.at = seen.at;
  return event;
}

class RankProgress {
 public:
  // Takes what the record says about progress. `seen.place.rank` is set only if a wrapper of the line said so.
  void record(const Record& record, const Sighting& seen, facts::Sink& sink);
  // Whether such a line would say nothing new.
  bool knows(const Record& record, const TransportLine& line);
  // A result row: every communicator of the document that is set up has done a collective.
  void collective_finished(const Sighting& seen, facts::Sink& sink);
  // Of the record's process; of the document where there is no record (the bare line of rank 0 up to 2.21).
  void version(const Record* record, std::string_view version);
  // The rank of whoever printed the record, in the largest communicator of its process; nothing if not known (yet).
  std::optional<int> rank_of(const Record& record) const;
  void end(facts::Sink& sink);

 private:
  struct Communicator {
    std::string id;
    int rank = 0;
    std::optional<int> nranks;
    std::uint32_t told = 0;  // bit per phase
    facts::Place place;
    bool has_start = false;
    std::int64_t splits = 0;
    facts::Attributes last_collective;
    Sighting last_collective_at;
  };
  struct Waiting {  // a milestone whose communicator is not known yet
    facts::RankPhase phase;
    Sighting seen;
  };
  struct Thread {
    std::size_t current = none;
    std::vector<Waiting> waiting;
    std::optional<std::int64_t> rank, nranks;
  };
  struct Process {
    std::vector<Waiting> waiting;
    std::size_t latest = none;
    std::map<int, std::pair<int, int>> ranks;  // CUDA device -> (nranks, rank) of its largest communicator
    std::map<int, std::size_t> latest_of_device;
    std::optional<bool> start_means_joined;  // 2.21 and 2.22
  };

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void communicator_line(const Record& record, const CommunicatorLine& line, const Sighting& seen, facts::Sink& sink);
  void collective_line(const Record& record, const CollectiveLine& line, const Sighting& seen);
  void phase_line(const Record& record, const PhaseLine& line, const Sighting& seen, facts::Sink& sink);
  std::size_t create(const Record& record, const CommunicatorLine& line, const Sighting& seen, facts::Sink& sink);
  std::string identity(const Record& record, const CommunicatorLine& line, bool starting);
  void tell(Communicator& communicator, facts::RankPhase phase, const Sighting& seen, facts::Sink& sink);
  void flush(std::vector<Waiting>& waiting, Communicator& communicator, facts::Sink& sink);
  void wait(std::vector<Waiting>& waiting, facts::RankPhase phase, const Sighting& seen);
  std::size_t communicator_of(const Record& record) const;
  std::optional<std::int64_t> waiting_rank(const Record& record) const;
  bool next_init(const Record& record, std::size_t communicator, bool only_in_init) const;
  Process* process_of(const Record& record);
  Thread* thread_of(const Record& record);
  bool sane(const CommunicatorLine& line, std::uint64_t number, facts::Sink& sink);
  void note(std::uint64_t line, std::string_view reason, facts::Sink& sink);
  void tell_waiting(const std::string& address, const std::vector<Waiting>& waiting, std::optional<std::int64_t> rank,
                    std::optional<std::int64_t> nranks, facts::Sink& sink);

  std::vector<Communicator> communicators_;
  std::map<std::string, std::size_t, std::less<>> by_pointer_;  // HOST:PID:0xPOINTER
  std::map<std::string, Process, std::less<>> processes_;       // HOST:PID
  std::map<std::string, Thread, std::less<>> threads_;          // HOST:PID:TID:DEV
  // The last answer of knows(), good until a line says something.
  struct Known {
    std::string host;
    std::int64_t pid = 0, tid = 0;
    std::optional<int> dev;
    std::size_t communicator = none;
    std::optional<std::int64_t> waiting_rank;  // where there is no communicator: whose line of this kind waits already
  } known_;
  std::size_t waiting_bytes_ = 0;
  bool start_means_joined_ = false;
  int notes_ = 0;
  bool full_ = false;
};

}  // namespace gpm::parsers::nccl
