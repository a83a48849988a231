// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/absent_ranks.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>


namespace gpm::signals {
namespace {

constexpr std::size_t waiting_quoted = 16;  // of one communicator
constexpr std::int64_t absent_named = 64;   // more is no place
constexpr std::size_t communicators_told = 32;

// A rank that waits for others, as against one that has not been heard of since or is gone.
bool waits(const RankState& rank) { return rank.order >= order_seen && rank.order < order_joined; }

// The same ranks of the same machines got further in another communicator of this size: a job that was started again.
class OtherAttempts {
 public:
  OtherAttempts(const std::vector<CommunicatorState>& communicators, int order) {
    for (const auto& c : communicators)
      if (c.nranks && c.furthest() >= order)
        for (const auto& rank : c.ranks) further_.emplace(*c.nranks, rank.machine(), rank.rank);
  }
  bool succeeded(const CommunicatorState& c) const {
    return std::any_of(c.ranks.begin(), c.ranks.end(), [&](const auto& rank) { return further_.contains({*c.nranks, rank.machine(), rank.rank}); });
  }

 private:
  std::set<std::tuple<std::int64_t, std::string, std::int64_t>> further_;
};

// Communicators in which some rank waits, none has met the others, and some were never seen.
std::vector<const CommunicatorState*> incomplete(const std::vector<CommunicatorState>& all) {
  const OtherAttempts attempts(all, order_joined);
  std::vector<const CommunicatorState*> found;
  for (const auto& c : all) {
    if (!c.nranks || *c.nranks < 2 || c.whole() || c.furthest() >= order_joined || attempts.succeeded(c)) continue;
    if (std::any_of(c.ranks.begin(), c.ranks.end(), waits)) found.push_back(&c);
    if (found.size() >= communicators_told) break;
  }
  return found;
}

// Communicators all ranks of which were seen and none of which is complete.
std::vector<const CommunicatorState*> stuck(const std::vector<CommunicatorState>& all) {
  const OtherAttempts attempts(all, order_complete);
  std::vector<const CommunicatorState*> found;
  for (const auto& c : all) {
    if (!c.whole() || c.furthest() >= order_complete || c.furthest() < order_start || attempts.succeeded(c)) continue;
    found.push_back(&c);
    if (found.size() >= communicators_told) break;
  }
  return found;
}

void observe_ranks(store::Store& store, const CommunicatorState& c, const JobRanks& job, std::size_t limit, std::vector<Observation>& found) {
  for (const auto& rank : c.ranks) {
    if (limit == 0) return;
    if (rank.order < order_seen) continue;
    found.push_back(observe(store, rank, job.of(c, rank)));
    --limit;
  }
}

}  // namespace

std::vector<Observation> ranks_missing(const JobView& view) {
  const auto& all = view.communicators();
  const auto& job = view.ranks();
  std::vector<Observation> found;
  for (const auto* c : incomplete(all)) observe_ranks(view.store(), *c, job, waiting_quoted, found);
  return found;
}

std::vector<Observation> absent_rank(const JobView& view) {
  const auto& all = view.communicators();
  const auto& job = view.ranks();
  std::vector<Observation> found;
  for (const auto* c : incomplete(all)) {
    const auto absent = absent_ranks(*c, absent_named);
    // Where many are missing, it is rather their logs that are.
    if (absent.total > absent_named || absent.total * 3 > static_cast<std::int64_t>(c->ranks.size())) continue;
    const BlockLayout layout(*c);
    const auto witness = std::find_if(c->ranks.begin(), c->ranks.end(), waits);
    for (const auto rank : absent.ranks) {
      const auto number = job.of_absent(*c, rank);
      if (!number || *number > std::numeric_limits<int>::max()) continue;
      auto o = observe(view.store(), *witness, *number);
      const auto* beside = layout.neighbour(rank);
      o.place = {};
      o.place.rank = static_cast<int>(*number);
      if (beside != nullptr) {
        o.place.host = beside->host;
        o.place.pod = beside->pod;
      }
      found.push_back(std::move(o));
    }
  }
  return found;
}

std::vector<Observation> init_stuck(const JobView& view) {
  const auto& all = view.communicators();
  const auto& job = view.ranks();
  std::vector<Observation> found;
  for (const auto* c : stuck(all)) observe_ranks(view.store(), *c, job, max_observations, found);
  return found;
}

std::vector<Observation> stopped_rank(const JobView& view) {
  const auto& all = view.communicators();
  const auto& job = view.ranks();
  std::vector<Observation> found;
  for (const auto& c : all) {
    if (!c.nranks || *c.nranks < 3 || c.ranks.size() * 4 < static_cast<std::size_t>(*c.nranks) * 3) continue;
    if (c.furthest() < order_joined || found.size() >= max_observations) continue;
    std::map<int, std::size_t> at;
    for (const auto& rank : c.ranks) ++at[std::min(rank.order, int{order_complete})];
    const auto [least, count] = *at.begin();
    if (least >= order_complete || at.size() < 2 || count * 4 > c.ranks.size()) continue;
    for (const auto& rank : c.ranks)
      if (rank.order == least && found.size() < max_observations) found.push_back(observe(view.store(), rank, job.of(c, rank)));
  }
  return found;
}

std::vector<Observation> odd_rank_count(const JobView& view) {
  const auto& all = view.communicators();
  const auto& job = view.ranks();
  std::vector<Observation> found;
  for (const auto& c : all) {
    std::map<std::int64_t, std::size_t> believed;
    for (const auto& rank : c.ranks)
      if (rank.nranks) ++believed[*rank.nranks];
    if (believed.size() < 2) continue;
    const auto most = std::max_element(believed.begin(), believed.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& rank : c.ranks)
      if (rank.nranks && *rank.nranks != most->first && found.size() < max_observations) found.push_back(observe(view.store(), rank, job.of(c, rank)));
  }
  return found;
}

}  // namespace gpm::signals
