// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/collectives.h"

#include <algorithm>
#include <array>

#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

constexpr std::size_t max_rows = 16;  // ranks that one finding names

Observation of_rank(Observation row, std::optional<int> rank) {
  row.place.rank = rank;
  return row;
}

// Who waits for whom. Many wait for many, so a wait is kept once, with all whom it is for.
class Waits {
 public:
  Waits(const std::vector<GroupView>& groups, const std::vector<std::optional<std::int64_t>>& decisive) {
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (groups[i].has_peers()) add(groups[i], decisive[i]);
  }

  // Ranks that others wait for and that wait for nobody.
  std::set<int> roots() const {
    std::set<int> found;
    for (const auto& wait : waits_)
      for (int rank : wait)
        if (!blocked_.contains(rank)) found.insert(rank);
    return found;
  }

  // Ranks of one circle; empty where there is none. Depth first; each wait is gone through once.
  std::vector<int> circle() const {
    std::vector<std::size_t> next(waits_.size(), 0);
    std::set<int> done;
    std::map<int, std::size_t> on_path;
    for (const auto& [start, unused] : waits_of_) {
      std::vector<int> path;
      if (!done.contains(start)) path.push_back(start);
      while (!path.empty()) {
        on_path[path.back()] = path.size() - 1;
        const auto to = awaited(path.back(), next, done);
        if (!to) {
          done.insert(path.back());
          on_path.erase(path.back());
          path.pop_back();
        } else if (const auto seen = on_path.find(*to); seen != on_path.end()) {
          return {path.begin() + static_cast<std::ptrdiff_t>(seen->second), path.end()};
        } else {
          path.push_back(*to);
        }
      }
    }
    return {};
  }

 private:
  void add(const GroupView& group, const std::optional<std::int64_t>& seq) {
    std::vector<int> late;
    for (const auto& [rank, view] : group.ranks)
      if (seq && view.entered.value_or(0) < *seq) late.push_back(rank);
    const auto wait = waits_.size();
    if (!late.empty()) waits_.push_back(std::move(late));
    for (const auto& [rank, view] : group.ranks) {
      if (view.pending || view.awaited_peer) blocked_.insert(rank);
      if (wait < waits_.size() && view.pending == seq) waits_of_[rank].push_back(wait);
    }
    for (const auto& [rank, view] : group.ranks)
      if (view.awaited_peer) add_peer(group, rank, *view.awaited_peer);
  }

  // A send or receive waits for its peer, unless the peer stands in the other half of it.
  void add_peer(const GroupView& group, int rank, int peer) {
    const auto its = group.ranks.find(peer);
    if (its == group.ranks.end() || its->second.awaited_peer == rank) return;
    waits_of_[rank].push_back(waits_.size());
    waits_.push_back({peer});
  }

  std::optional<int> awaited(int rank, std::vector<std::size_t>& next, const std::set<int>& done) const {
    const auto own = waits_of_.find(rank);
    if (own == waits_of_.end()) return std::nullopt;
    for (auto wait : own->second) {
      auto& at = next[wait];
      while (at < waits_[wait].size() && done.contains(waits_[wait][at])) ++at;
      if (at < waits_[wait].size()) return waits_[wait][at];
    }
    return std::nullopt;
  }

  std::vector<std::vector<int>> waits_;               // whom it is for
  std::map<int, std::vector<std::size_t>> waits_of_;  // indices of waits_
  std::set<int> blocked_;
};

class Comparison {
 public:
  Comparison(const std::vector<GroupView>& groups, const std::set<int>& with_dump) : groups_(groups), with_dump_(with_dump) {
    for (const auto& group : groups_) decisive_.push_back(group.decisive_seq());
  }

  std::vector<Standstill> run() {
    const Waits waits(groups_, decisive_);
    const auto roots = waits.roots();
    late(roots);
    if (roots.empty()) circular(waits.circle());
    for (std::size_t i = 0; i < groups_.size(); ++i)
      if (groups_[i].has_peers() && decisive_[i]) inside(groups_[i], *decisive_[i]);
    return std::move(found_);
  }

 private:
  void add(StandstillKind kind, std::vector<Observation> rows) {
    if (!rows.empty()) found_.push_back({kind, std::move(rows)});
  }

  // Each late rank by its own view of the first group that waits for it, and one of those who wait.
  void late(const std::set<int>& roots) {
    std::vector<Observation> rows;
    for (int rank : roots) {
      if (rows.size() >= 2 * max_rows) break;
      for (std::size_t i = 0; i < groups_.size(); ++i) {
        const auto& group = groups_[i];
        const auto& seq = decisive_[i];
        const auto own = group.ranks.find(rank);
        if (own == group.ranks.end() || !group.has_peers()) continue;
        const bool missed = seq && own->second.entered.value_or(0) < *seq;
        const auto waiting = std::find_if(group.ranks.begin(), group.ranks.end(), [&](const auto& entry) {
          return missed ? entry.second.pending == seq : entry.second.awaited_peer == rank;
        });
        if (waiting == group.ranks.end()) continue;
        rows.push_back(of_rank(own->second.at, rank));
        const auto& row = waiting->second;
        rows.push_back(of_rank(row.decisive ? row.decisive->at : row.at, std::nullopt));
        break;
      }
    }
    add(StandstillKind::never_entered, std::move(rows));
  }

  void circular(const std::vector<int>& circle) {
    std::vector<Observation> rows;
    for (int rank : circle) {
      if (rows.size() >= max_rows) break;
      for (const auto& group : groups_) {
        const auto own = group.ranks.find(rank);
        if (own == group.ranks.end() || !group.has_peers()) continue;
        if (!own->second.pending && !own->second.awaited_peer) continue;
        rows.push_back(of_rank(own->second.decisive ? own->second.decisive->at : own->second.at, rank));
        break;
      }
    }
    add(StandstillKind::circular, std::move(rows));
  }

  void inside(const GroupView& group, std::int64_t seq) {
    if (differs(group)) return;
    std::vector<int> open, done;
    for (const auto& [rank, view] : group.ranks) {
      if (view.entered.value_or(0) < seq) return;  // late() has it
      (view.pending == seq ? open : done).push_back(rank);
    }
    if (without_dump(group)) return;
    const auto* first = group.ranks.at(open.front()).decisive ? &*group.ranks.at(open.front()).decisive : nullptr;
    // Of a broadcast or a gather some ranks are through long before others.
    if (first == nullptr || !is_even(first->operation)) return;
    if (!done.empty()) {
      if (open.size() < done.size()) unfinished(group, open, done.front());
      return;
    }
    std::vector<int> scheduled, started;
    for (int rank : open)
      if (const auto& entry = group.ranks.at(rank).decisive) (entry->state == "started" ? started : scheduled).push_back(rank);
    if (!scheduled.empty() && scheduled.size() < started.size()) return unfinished(group, scheduled, started.front());
    if (group.from_dumps && group.ranks.size() == group.members.size())
      add(StandstillKind::all_waiting, {of_rank(first->at, std::nullopt)});
  }

  void unfinished(const GroupView& group, const std::vector<int>& open, int other) {
    std::vector<Observation> rows;
    for (int rank : open) {
      const auto& view = group.ranks.at(rank);
      if (rows.size() < max_rows) rows.push_back(of_rank(view.decisive ? view.decisive->at : view.at, rank));
    }
    const auto& view = group.ranks.at(other);
    rows.push_back(of_rank(view.decisive ? view.decisive->at : view.at, std::nullopt));
    add(StandstillKind::unfinished, std::move(rows));
  }

  // Those that differ from most are at fault; where no side is the bigger one, one rank of each side is shown.
  bool differs(const GroupView& group) {
    std::map<std::string, std::vector<int>> sides;
    for (const auto& [rank, view] : group.ranks)
      if (view.decisive) sides[view.decisive->operation + " " + view.decisive->shape].push_back(rank);
    if (sides.size() < 2) return false;
    std::vector<const std::vector<int>*> by_size;
    for (const auto& [what, ranks] : sides) by_size.push_back(&ranks);
    std::stable_sort(by_size.begin(), by_size.end(), [](const auto* a, const auto* b) { return a->size() > b->size(); });
    const bool decided = by_size[0]->size() > by_size[1]->size();
    std::vector<Observation> rows;
    for (std::size_t i = decided ? 1 : 0; i < by_size.size(); ++i)
      for (int rank : *by_size[i]) {
        if (rows.size() < max_rows) rows.push_back(of_rank(group.ranks.at(rank).decisive->at, rank));
        if (!decided) break;
      }
    if (decided) rows.push_back(of_rank(group.ranks.at(by_size[0]->front()).decisive->at, std::nullopt));
    add(StandstillKind::differs, std::move(rows));
    return true;
  }

  // Everybody who left a dump waits; those who left none may be the reason. Where most are missing, most were just not
  // collected.
  bool without_dump(const GroupView& group) {
    if (!group.from_dumps) return false;
    std::vector<Observation> rows;
    std::size_t missing = 0;
    const auto waiting = std::find_if(group.ranks.begin(), group.ranks.end(),
                                      [&](const auto& entry) { return entry.second.pending.has_value(); });
    for (int rank : group.members) {
      if (with_dump_.contains(rank)) continue;
      ++missing;
      if (rows.size() < max_rows) rows.push_back(of_rank(waiting->second.at, rank));
    }
    if (missing == 0) return false;
    if (missing <= group.ranks.size()) add(StandstillKind::no_dump, std::move(rows));
    return true;
  }

  const std::vector<GroupView>& groups_;
  const std::set<int>& with_dump_;
  std::vector<std::optional<std::int64_t>> decisive_;  // of each group
  std::vector<Standstill> found_;
};

}  // namespace

std::optional<std::int64_t> GroupView::decisive_seq() const {
  std::optional<std::int64_t> lowest;
  for (const auto& [rank, view] : ranks)
    if (view.pending && (!lowest || *view.pending < *lowest)) lowest = view.pending;
  return lowest;
}

std::string operation_of(std::string_view name) {
  struct Same {
    std::string_view written, operation;
  };
  constexpr std::array<Same, 8> same = {{
      {"_all_gather_base", "all_gather"},
      {"all_gather_into_tensor_coalesced", "all_gather"},
      {"_reduce_scatter_base", "reduce_scatter"},
      {"reduce_scatter_tensor_coalesced", "reduce_scatter"},
      {"ALLREDUCE", "all_reduce"},
      {"ALLGATHER", "all_gather"},
      {"_ALLGATHER_BASE", "all_gather"},
      {"_REDUCE_SCATTER_BASE", "reduce_scatter"},
  }};
  for (const auto& [written, operation] : same)
    if (name == written) return std::string(operation);
  return text::lower(name);
}

bool is_even(std::string_view operation) {
  operation = operation.substr(0, operation.find('+'));
  return operation.starts_with("all_reduce") || operation.starts_with("allreduce") || operation == "all_gather" ||
         operation == "reduce_scatter";
}

bool has_one_size(std::string_view operation) {
  return is_even(operation) || operation == "broadcast" || operation == "_broadcast_oop" || operation == "reduce" ||
         operation == "_reduce_oop";
}

std::vector<Standstill> compare(const std::vector<GroupView>& groups, const std::set<int>& with_dump) {
  return Comparison(groups, with_dump).run();
}

}  // namespace gpm::signals
