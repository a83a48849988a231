// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/communicators.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace gpm::signals {
namespace {

std::optional<int> small(const std::optional<std::int64_t>& value) {
  if (!value || *value < 0 || *value > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*value);
}

bool is_piece(const std::string& key) { return key.find('@') != std::string::npos; }

std::vector<CommunicatorState> read_rows(store::Store& store) {
  std::vector<CommunicatorState> all;
  store::Statement s(store.database().get(),
                     "SELECT c.id, c.key, c.nranks, r.id, r.rank, r.host, r.pod, r.pci, r.phase, r.gpu_index, r.pid, r.nranks, r.utc_ns, "
                     "r.document_id, r.line, r.phase_order FROM communicators c JOIN ranks r ON r.communicator_id = c.id ORDER BY c.key, c.id, r.rank");
  std::int64_t last = -1;
  while (s.step()) {
    if (s.integer(0) != last) {
      last = s.integer(0);
      all.push_back({s.text(1), s.maybe_integer(2), {}});
    }
    all.back().ranks.push_back({s.integer(3), s.integer(4), s.text(5), s.text(6), s.text(7), s.text(8), small(s.maybe_integer(9)), s.maybe_integer(10),
                                s.maybe_integer(11), s.maybe_integer(12), s.integer(13), s.integer(14), static_cast<int>(s.integer(15))});
  }
  return all;
}

std::string process_of(const RankState& rank) { return rank.machine() + ':' + std::to_string(rank.pid.value_or(-1)); }

// The pieces of one size that are the k-th of their processes.
using Bucket = std::vector<CommunicatorState*>;

// Whether every machine of the bucket holds each rank at most once, and several claim the same: groups of one machine each.
bool one_group_a_machine(const Bucket& bucket) {
  std::set<std::pair<std::string, std::int64_t>> on_machine;
  std::set<std::int64_t> ranks;
  for (const auto* piece : bucket) {
    const auto& rank = piece->ranks.front();
    if (rank.machine().empty() || !on_machine.emplace(rank.machine(), rank.rank).second) return false;
    ranks.insert(rank.rank);
  }
  return ranks.size() < bucket.size();
}

void join_bucket(const Bucket& bucket, std::vector<CommunicatorState>& joined) {
  const bool by_machine = one_group_a_machine(bucket);
  std::map<std::string, CommunicatorState> groups;
  std::map<std::int64_t, int> claims;
  for (auto* piece : bucket) {
    auto& rank = piece->ranks.front();
    const auto group = by_machine ? rank.machine() : std::to_string(claims[rank.rank]++);
    auto& into = groups[group];
    if (into.ranks.empty()) into.key = piece->key;
    if (!into.nranks) into.nranks = piece->nranks;
    into.ranks.push_back(std::move(rank));
  }
  for (auto& [name, group] : groups) {
    std::sort(group.ranks.begin(), group.ranks.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
    joined.push_back(std::move(group));
  }
}

// Ranks whose communicator was never named belong to the one that lacks them.
void place_nameless(std::vector<CommunicatorState>& joined, Bucket& nameless) {
  CommunicatorState* largest = nullptr;
  for (auto& c : joined)
    if (c.nranks && (largest == nullptr || *c.nranks > *largest->nranks)) largest = &c;
  if (largest == nullptr || nameless.empty()) return;
  std::set<std::int64_t> known;
  for (const auto& rank : largest->ranks) known.insert(rank.rank);
  std::erase_if(nameless, [&](CommunicatorState* piece) {
    auto& rank = piece->ranks.front();
    if (rank.rank >= *largest->nranks || !known.insert(rank.rank).second) return false;
    largest->ranks.push_back(std::move(rank));
    return true;
  });
  std::sort(largest->ranks.begin(), largest->ranks.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
}

}  // namespace

int CommunicatorState::furthest() const {
  int order = 0;
  for (const auto& rank : ranks) order = std::max(order, rank.order);
  return order;
}

std::size_t CommunicatorState::machines() const {
  std::set<std::string_view> names;
  for (const auto& rank : ranks)
    if (!rank.machine().empty()) names.insert(rank.machine());
  return names.size();
}

std::vector<CommunicatorState> read_communicators(store::Store& store) {
  auto rows = read_rows(store);
  std::vector<CommunicatorState*> pieces;
  std::vector<CommunicatorState> joined;
  for (auto& c : rows) {
    if (!is_piece(c.key) || c.ranks.size() != 1)
      joined.push_back(std::move(c));
    else
      pieces.push_back(&c);
  }
  std::sort(pieces.begin(), pieces.end(), [](const auto* a, const auto* b) {
    const auto key = [](const CommunicatorState& c) { return std::tuple(c.ranks.front().document_id, c.ranks.front().line, std::string_view(c.key)); };
    return key(*a) < key(*b);
  });
  std::map<std::pair<std::int64_t, int>, Bucket> buckets;  // (nranks, the how-manieth of its process)
  std::map<std::pair<std::string, std::int64_t>, int> of_process;
  Bucket nameless;
  for (auto* piece : pieces) {
    if (!piece->nranks) {
      nameless.push_back(piece);
      continue;
    }
    buckets[{*piece->nranks, of_process[{process_of(piece->ranks.front()), *piece->nranks}]++}].push_back(piece);
  }
  for (const auto& [key, bucket] : buckets) join_bucket(bucket, joined);
  place_nameless(joined, nameless);
  if (!nameless.empty()) join_bucket(nameless, joined);
  std::sort(joined.begin(), joined.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return joined;
}

Absent absent_ranks(const CommunicatorState& communicator, std::size_t limit) {
  Absent absent;
  if (!communicator.nranks) return absent;
  absent.total = *communicator.nranks - static_cast<std::int64_t>(communicator.ranks.size());
  std::int64_t expected = 0;
  const auto add_up_to = [&](std::int64_t end) {
    for (; expected < end && absent.ranks.size() < limit; ++expected) absent.ranks.push_back(expected);
  };
  for (const auto& rank : communicator.ranks) {
    add_up_to(rank.rank);
    expected = rank.rank + 1;
  }
  add_up_to(*communicator.nranks);
  return absent;
}

BlockLayout::BlockLayout(const CommunicatorState& communicator) {
  std::map<std::string_view, std::pair<std::int64_t, std::int64_t>> span;  // first and last rank of each machine
  for (const auto& rank : communicator.ranks) {
    if (rank.machine().empty()) return;
    auto& [first, last] = span.try_emplace(rank.machine(), rank.rank, rank.rank).first->second;
    first = std::min(first, rank.rank);
    last = std::max(last, rank.rank);
  }
  for (const auto& [machine, ends] : span) per_machine_ = std::max(per_machine_, ends.second - ends.first + 1);
  // The first or last rank of a block may be the one that is absent: the usual sizes are tried upwards.
  for (const std::int64_t size : {per_machine_, per_machine_ + 1, std::int64_t{4}, std::int64_t{8}, std::int64_t{16}}) {
    if (size < per_machine_) continue;
    if (communicator.nranks && *communicator.nranks > size && *communicator.nranks % size != 0) continue;
    machine_of_block_.clear();
    bool fits = true;
    for (const auto& rank : communicator.ranks) {
      const auto [entry, is_new] = machine_of_block_.emplace(rank.rank / size, &rank);
      if (!is_new && entry->second->machine() != rank.machine()) fits = false;
    }
    if (fits && machine_of_block_.size() == span.size()) {
      per_machine_ = size;
      return;
    }
  }
  machine_of_block_.clear();
}

const RankState* BlockLayout::neighbour(std::int64_t rank) const {
  if (per_machine_ <= 0) return nullptr;
  const auto found = machine_of_block_.find(rank / per_machine_);
  return found == machine_of_block_.end() ? nullptr : found->second;
}

JobRanks::JobRanks(const std::vector<CommunicatorState>& communicators) {
  for (const auto& c : communicators)
    if (c.nranks && (largest_ == nullptr || *c.nranks > *largest_->nranks)) largest_ = &c;
  if (largest_ == nullptr) return;
  for (const auto& rank : largest_->ranks)
    if (rank.pid) by_process_.emplace(std::pair(rank.machine(), *rank.pid), rank.rank);
}

std::int64_t JobRanks::of(const CommunicatorState& communicator, const RankState& rank) const {
  if (&communicator == largest_ || largest_ == nullptr || !rank.pid) return rank.rank;
  const auto found = by_process_.find({rank.machine(), *rank.pid});
  return found == by_process_.end() ? rank.rank : found->second;
}

std::optional<std::int64_t> JobRanks::of_absent(const CommunicatorState& communicator, std::int64_t rank) const {
  if (&communicator == largest_ || largest_ == nullptr || communicator.nranks == largest_->nranks) return rank;
  if (communicator.ranks.size() < 2) return std::nullopt;
  const auto& a = communicator.ranks.front();
  const auto& b = communicator.ranks.back();
  const auto base = of(communicator, a), width = of(communicator, b) - base, steps = b.rank - a.rank;
  if (steps == 0 || width % steps != 0) return std::nullopt;
  for (const auto& seen : communicator.ranks)
    if (of(communicator, seen) != base + (seen.rank - a.rank) * (width / steps)) return std::nullopt;
  const auto number = base + (rank - a.rank) * (width / steps);
  return number >= 0 && number < *largest_->nranks ? std::optional(number) : std::nullopt;
}

Observation observe(store::Store& store, const RankState& rank, std::int64_t job_rank) {
  Observation o;
  store::Statement s(store.database().get(), "SELECT text, since_boot_ns, gpu_uuid, container, process FROM ranks WHERE id = ?");
  s.bind(1, rank.row);
  if (s.step()) {
    o.text = s.text(0);
    o.since_boot_ns = s.maybe_integer(1);
    o.place.gpu_uuid = s.text(2);
    o.place.container = s.text(3);
    o.place.process = s.text(4);
  }
  o.document_id = rank.document_id;
  o.line = static_cast<std::uint64_t>(std::max<std::int64_t>(0, rank.line));
  o.utc_ns = o.last_utc_ns = rank.utc_ns;
  o.place.host = rank.host;
  o.place.pod = rank.pod;
  o.place.pci = rank.pci;
  o.place.gpu_index = rank.gpu_index;
  o.place.rank = small(job_rank);
  o.place.pid = rank.pid;
  return o;
}

Jobs::Jobs(const std::vector<CommunicatorState>& communicators) {
  // Each machine starts as a job of its own; a communicator makes one of all its machines'.
  std::map<std::string, std::string> parent;
  const auto root = [&](std::string name) {
    while (parent.at(name) != name) name = parent[name] = parent.at(parent.at(name));
    return name;
  };
  for (const auto& c : communicators) {
    std::string first;
    for (const auto& rank : c.ranks) {
      const auto& machine = rank.machine();
      if (machine.empty()) continue;
      parent.try_emplace(machine, machine);
      // Ranks of a communicator whose pieces were only guessed to belong together join machines all the same: they have the
      // same size, and nothing else is known of them.
      if (first.empty()) first = machine;
      parent[root(machine)] = root(first);
    }
  }
  std::map<std::string, int> numbers;
  for (const auto& [machine, up] : parent) {
    const auto number = numbers.try_emplace(root(machine), static_cast<int>(numbers.size()) + 1).first->second;
    job_[machine] = number;
    ++size_[number];
  }
  for (const auto& [number, machines] : size_)
    if (largest_ == 0 || machines > size_[largest_]) largest_ = number;
}

int Jobs::of(const std::string& machine) const {
  const auto found = job_.find(machine);
  return found == job_.end() ? largest_ : found->second;
}

bool Jobs::spans_machines(const std::string& machine) const {
  const auto found = job_.find(machine);
  return found != job_.end() && size_.at(found->second) > 1;
}

}  // namespace gpm::signals
