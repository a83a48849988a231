// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/rank_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/text/fields.h"

namespace gpm::parsers::nccl {
namespace {

using facts::RankPhase;

constexpr std::size_t max_communicators = 65536;
constexpr std::size_t max_processes = 16384;
constexpr std::size_t max_threads = 32768;
constexpr std::size_t max_devices = 64;  // of one process
constexpr std::size_t max_waiting_bytes = 8u << 20;
constexpr int max_notes = 16;

std::string process_key(const Record& record) { return fmt::format("{}:{}", record.host, record.pid); }
std::string pointer_key(const Record& record, std::string_view pointer) {
  return fmt::format("{}:{}:{}", record.host, record.pid, pointer);
}
std::string thread_key(const Record& record) {
  return fmt::format("{}:{}:{}:{}", record.host, record.pid, record.tid, record.dev.value_or(-1));
}

std::uint32_t bit(RankPhase phase) { return 1u << static_cast<unsigned>(phase); }

// "0xc8283" as every rank prints it, whatever the zeros in front.
std::optional<std::string> hash_id(std::string_view text) {
  const auto hash = text::hexadecimal(text);
  if (!hash) return std::nullopt;
  return fmt::format("{:#x}", *hash);
}

}  // namespace

void RankProgress::note(std::uint64_t line, std::string_view reason, facts::Sink& sink) {
  if (notes_++ < max_notes) sink.add(facts::Note{line, std::string(reason)});
}

RankProgress::Process* RankProgress::process_of(const Record& record) {
  const auto key = process_key(record);
  if (const auto found = processes_.find(key); found != processes_.end()) return &found->second;
  if (processes_.size() >= max_processes) {
    full_ = true;
    return nullptr;
  }
  return &processes_[key];
}

RankProgress::Thread* RankProgress::thread_of(const Record& record) {
  const auto key = thread_key(record);
  if (const auto found = threads_.find(key); found != threads_.end()) return &found->second;
  if (threads_.size() >= max_threads) {
    full_ = true;
    return nullptr;
  }
  return &threads_[key];
}

bool RankProgress::sane(const CommunicatorLine& line, std::uint64_t number, facts::Sink& sink) {
  if (!line.rank || !line.nranks) {
    note(number, "a communicator line of NCCL lacks its rank or its number of ranks", sink);
    return false;
  }
  if (*line.nranks <= 0 || *line.nranks > max_ranks || *line.rank < 0 || *line.rank >= *line.nranks) {
    note(number, "a communicator line of NCCL has an impossible rank or number of ranks", sink);
    return false;
  }
  return true;
}

void RankProgress::tell(Communicator& communicator, RankPhase phase, const Sighting& seen, facts::Sink& sink) {
  if (communicator.told & bit(phase)) return;
  communicator.told |= bit(phase);
  facts::RankMilestone milestone;
  milestone.communicator = communicator.id;
  milestone.rank = communicator.rank;
  milestone.nranks = communicator.nranks;
  milestone.phase = phase;
  milestone.place = communicator.place;
  milestone.time = seen.time;
  milestone.at = seen.at;
  sink.add(std::move(milestone));
}

void RankProgress::wait(std::vector<Waiting>& waiting, RankPhase phase, const Sighting& seen) {
  for (const auto& other : waiting)
    if (other.phase == phase) return;
  const auto bytes = sizeof(Waiting) + seen.at.text.size() + 128;
  if (waiting_bytes_ + bytes > max_waiting_bytes) {
    full_ = true;
    return;
  }
  waiting_bytes_ += bytes;
  waiting.push_back({phase, seen});
}

void RankProgress::flush(std::vector<Waiting>& waiting, Communicator& communicator, facts::Sink& sink) {
  for (const auto& one : waiting) {
    tell(communicator, one.phase, one.seen, sink);
    waiting_bytes_ -= sizeof(Waiting) + one.seen.at.text.size() + 128;
  }
  waiting.clear();
}

// commId where it is printed. A child of 2.23 and later prints none: all its ranks have the parent, the count of splits
// and the color in common.
std::string RankProgress::identity(const Record& record, const CommunicatorLine& line, bool starting) {
  if (!line.comm_id.empty())
    if (auto id = hash_id(line.comm_id)) return *id;
  if (!line.parent.empty() && line.color) {
    if (const auto found = by_pointer_.find(pointer_key(record, line.parent)); found != by_pointer_.end()) {
      auto& parent = communicators_[found->second];
      const auto count = line.split_count.value_or(starting ? ++parent.splits : parent.splits);
      if (parent.id.starts_with("0x") && parent.id.find('@') == std::string::npos && parent.id.size() < 200)
        return fmt::format("{}:split{}:color{}", parent.id, count, *line.color);
    }
  }
  return fmt::format("{}@{}", line.pointer, process_key(record));
}

std::size_t RankProgress::create(const Record& record, const CommunicatorLine& line, const Sighting& seen,
                                 facts::Sink& sink) {
  auto* process = process_of(record);
  if (process == nullptr || communicators_.size() >= max_communicators) {
    full_ = true;
    return none;
  }
  Communicator communicator;
  communicator.id = identity(record, line, line.stage == Stage::init_start);
  communicator.rank = static_cast<int>(*line.rank);
  communicator.nranks = static_cast<int>(*line.nranks);
  communicator.has_start = line.stage == Stage::init_start;
  communicator.place = seen.place;
  if (const auto pci = text::nccl_bus_id(line.bus_id))
    communicator.place.pci = *pci;
  else if (line.nvml_dev && *line.nvml_dev >= 0 && *line.nvml_dev < 1024)
    communicator.place.gpu_index = static_cast<int>(*line.nvml_dev);

  const int device =
      line.cuda_dev && *line.cuda_dev >= 0 && *line.cuda_dev < 4096 ? static_cast<int>(*line.cuda_dev) : -1;
  const auto index = communicators_.size();
  process->latest = index;
  if (process->ranks.size() < max_devices || process->ranks.contains(device)) {
    auto& [nranks, rank] = process->ranks[device];
    if (*communicator.nranks > nranks) {
      nranks = *communicator.nranks;
      rank = communicator.rank;
    }
    process->latest_of_device[device] = index;
    if (!communicator.place.rank) communicator.place.rank = rank;
  }
  by_pointer_[pointer_key(record, line.pointer)] = index;
  communicators_.push_back(std::move(communicator));
  if (auto* thread = thread_of(record)) {
    thread->current = index;
    flush(thread->waiting, communicators_.back(), sink);
  }
  flush(process->waiting, communicators_.back(), sink);
  return index;
}

void RankProgress::communicator_line(const Record& record, const CommunicatorLine& line, const Sighting& seen,
                                     facts::Sink& sink) {
  if (!sane(line, seen.at.line, sink)) return;
  const auto found = by_pointer_.find(pointer_key(record, line.pointer));
  auto index = found == by_pointer_.end() ? none : found->second;
  // A pointer that is used again, by a new communicator.
  if (index != none && (communicators_[index].rank != *line.rank || line.stage == Stage::init_start)) index = none;

  if (line.stage == Stage::graphs_exchanged && index == none) {
    if (auto* thread = thread_of(record)) {
      thread->rank = line.rank;
      thread->nranks = line.nranks;
      wait(thread->waiting, RankPhase::topology, seen);
    }
    return;
  }
  if (index == none) index = create(record, line, seen, sink);
  if (index == none) return;
  auto& communicator = communicators_[index];
  if (auto* thread = thread_of(record); thread != nullptr && line.stage == Stage::init_complete) {
    thread->current = index;
    flush(thread->waiting, communicator, sink);
  }
  switch (line.stage) {
    case Stage::init_start: {
      tell(communicator, RankPhase::start, seen, sink);
      // 2.18.3 to 2.22 print START behind the bootstrap; 2.21 named the function first.
      const auto process = processes_.find(process_key(record));
      if (line.function.empty() ||
          (process != processes_.end() && process->second.start_means_joined.value_or(start_means_joined_)))
        tell(communicator, RankPhase::joined, seen, sink);
      break;
    }
    case Stage::graphs_exchanged:
      tell(communicator, RankPhase::topology, seen, sink);
      break;
    case Stage::init_complete:
      tell(communicator, RankPhase::complete, seen, sink);
      break;
    case Stage::destroyed:
      tell(communicator, RankPhase::destroyed, seen, sink);
      break;
    case Stage::aborted:
      tell(communicator, RankPhase::aborted, seen, sink);
      break;
  }
}

void RankProgress::collective_line(const Record& record, const CollectiveLine& line, const Sighting& seen) {
  const auto found = by_pointer_.find(pointer_key(record, line.pointer));
  if (found == by_pointer_.end()) return;
  auto& communicator = communicators_[found->second];
  communicator.last_collective = {{"operation", std::string(line.operation.substr(0, 64))},
                                  {"op_count", std::to_string(*line.op_count)},
                                  {"count", std::string(line.count.substr(0, 32))},
                                  {"datatype", std::string(line.datatype.substr(0, 32))}};
  communicator.last_collective_at = seen;
  communicator.last_collective_at.at.text.resize(std::min<std::size_t>(seen.at.text.size(), 512));
}

std::size_t RankProgress::communicator_of(const Record& record) const {
  if (const auto thread = threads_.find(thread_key(record)); thread != threads_.end() && thread->second.current != none)
    return thread->second.current;
  const auto process = processes_.find(process_key(record));
  if (process == processes_.end()) return none;
  if (process->second.ranks.size() <= 1) return process->second.latest;
  if (record.dev)
    if (const auto found = process->second.latest_of_device.find(*record.dev);
        found != process->second.latest_of_device.end())
      return found->second;
  return none;
}

// Without a START the lines of the next init look like those of the last one.
bool RankProgress::next_init(const Record& record, std::size_t communicator, bool only_in_init) const {
  const auto& last = communicators_[communicator];
  if (!(last.told & bit(RankPhase::complete)) || last.has_start) return false;
  const auto thread = threads_.find(thread_key(record));
  return only_in_init || (thread != threads_.end() && !thread->second.waiting.empty());
}

void RankProgress::phase_line(const Record& record, const PhaseLine& line, const Sighting& seen, facts::Sink& sink) {
  if (line.of_process) {
    auto* process = process_of(record);
    if (process != nullptr && process->latest == none) wait(process->waiting, line.phase, seen);
    return;
  }
  const auto index = communicator_of(record);
  const bool complete = index != none && (communicators_[index].told & bit(RankPhase::complete));
  // "Using network" stands before START: with an init behind it, it is the next communicator's.
  const bool before_start = complete && line.phase == RankPhase::network;
  if (index != none && !next_init(record, index, line.only_in_init) && !before_start) {
    auto& communicator = communicators_[index];
    if (line.rank && line.phase == RankPhase::connecting && *line.rank != communicator.rank) return;
    tell(communicator, line.phase, seen, sink);
    return;
  }
  if (before_start) return;  // the process has told its network already
  if (auto* waiting = thread_of(record)) {
    if (line.rank) waiting->rank = line.rank;
    if (line.nranks) waiting->nranks = line.nranks;
    wait(waiting->waiting, line.phase, seen);
  }
}

// Of a log that begins in the middle: the rank whose line waits for a communicator that may never be named.
std::optional<std::int64_t> RankProgress::waiting_rank(const Record& record) const {
  const auto thread = threads_.find(thread_key(record));
  if (thread == threads_.end()) return std::nullopt;
  const auto& waiting = thread->second.waiting;
  const bool waits = std::any_of(waiting.begin(), waiting.end(), [](const Waiting& one) { return one.phase == RankPhase::connecting; });
  return waits ? thread->second.rank : std::nullopt;
}

// As phase_line() would take it.
bool RankProgress::knows(const Record& record, const TransportLine& line) {
  const bool same = (known_.communicator != none || known_.waiting_rank) && known_.pid == record.pid && known_.tid == record.tid && known_.dev == record.dev && known_.host == record.host;
  if (!same) {
    const auto index = communicator_of(record);
    if (index != none && next_init(record, index, false)) return false;
    known_ = {std::string(record.host), record.pid, record.tid, record.dev, index, index == none ? waiting_rank(record) : std::nullopt};
  }
  if (known_.communicator == none) return known_.waiting_rank == line.printed_by;
  const auto& communicator = communicators_[known_.communicator];
  return line.printed_by != communicator.rank || (communicator.told & bit(RankPhase::connecting));
}

void RankProgress::record(const Record& record, const Sighting& seen, facts::Sink& sink) {
  known_ = {};
  if (record.level != Level::info) return;
  if (const auto line = read_communicator_line(record.text))
    communicator_line(record, *line, seen, sink);
  else if (const auto collective = read_collective_line(record.text)) {
    collective_line(record, *collective, seen);
    if (const auto found = by_pointer_.find(pointer_key(record, collective->pointer)); found != by_pointer_.end())
      tell(communicators_[found->second], RankPhase::collective, seen, sink);
  } else if (const auto phase = read_phase_line(record.text))
    phase_line(record, *phase, seen, sink);
}

void RankProgress::collective_finished(const Sighting& seen, facts::Sink& sink) {
  for (auto& communicator : communicators_)
    if ((communicator.told & bit(RankPhase::complete)) && !(communicator.told & bit(RankPhase::destroyed)))
      tell(communicator, RankPhase::collective, seen, sink);
}

void RankProgress::version(const Record* record, std::string_view version) {
  const bool joined = version.starts_with("2.21.") || version.starts_with("2.22.");
  if (record == nullptr)
    start_means_joined_ = joined;
  else if (auto* process = process_of(*record))
    process->start_means_joined = joined;
}

std::optional<int> RankProgress::rank_of(const Record& record) const {
  const auto process = processes_.find(process_key(record));
  if (process == processes_.end() || process->second.ranks.empty()) return std::nullopt;
  const auto& ranks = process->second.ranks;
  if (ranks.size() == 1) return ranks.begin()->second.second;
  if (!record.dev) return std::nullopt;
  const auto found = ranks.find(*record.dev);
  return found == ranks.end() ? std::nullopt : std::optional(found->second.second);
}

void RankProgress::tell_waiting(const std::string& address, const std::vector<Waiting>& waiting,
                                std::optional<std::int64_t> rank, std::optional<std::int64_t> nranks,
                                facts::Sink& sink) {
  for (const auto& one : waiting) {
    facts::RankMilestone milestone;
    if (rank)
      milestone.rank = static_cast<int>(*rank);
    else if (one.seen.place.rank)
      milestone.rank = *one.seen.place.rank;
    else
      continue;
    milestone.communicator = "@" + address;
    if (nranks && *nranks > milestone.rank && *nranks <= max_ranks) milestone.nranks = static_cast<int>(*nranks);
    milestone.phase = one.phase;
    milestone.place = one.seen.place;
    if (!milestone.place.rank) milestone.place.rank = milestone.rank;
    milestone.time = one.seen.time;
    milestone.at = one.seen.at;
    sink.add(std::move(milestone));
  }
}

void RankProgress::end(facts::Sink& sink) {
  for (const auto& [address, thread] : threads_) {
    if (thread.waiting.empty()) continue;
    const auto process = address.substr(0, address.rfind(':', address.rfind(':') - 1));
    tell_waiting(process, thread.waiting, thread.rank, thread.nranks, sink);
    // What the process printed before belongs to the rank that the thread's lines gave away.
    if (const auto found = processes_.find(process); found != processes_.end() && thread.rank) {
      tell_waiting(process, found->second.waiting, thread.rank, thread.nranks, sink);
      found->second.waiting.clear();
    }
  }
  for (const auto& [address, process] : processes_) tell_waiting(address, process.waiting, {}, {}, sink);
  for (const auto& communicator : communicators_) {
    if (communicator.last_collective.empty()) continue;
    auto event = event_of(communicator.last_collective_at, "nccl.last_collective");
    event.place = communicator.place;
    event.attributes = communicator.last_collective;
    event.attributes["communicator"] = communicator.id;
    event.attributes["communicator_rank"] = std::to_string(communicator.rank);
    sink.add(std::move(event));
  }
  if (full_)
    sink.add(
        facts::Note{0, "more NCCL processes or communicators than are followed; the rest is not attributed to ranks"});
}

}  // namespace gpm::parsers::nccl
