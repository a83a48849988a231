// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/rank_groups.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

namespace gpm::compose {
namespace {

constexpr std::size_t max_groups = 64, max_hosts = 4, max_ranks_text = 200, absent_listed = 4096;

bool unfinished(const signals::RankState& rank) { return rank.order >= signals::order_seen && rank.order < signals::order_complete; }

bool failing(const signals::CommunicatorState& c) { return std::any_of(c.ranks.begin(), c.ranks.end(), unfinished); }

// The phase at which most of the unfinished ranks are.
int usual_order(const signals::CommunicatorState& c) {
  std::map<int, std::size_t> at;
  for (const auto& rank : c.ranks)
    if (rank.order >= signals::order_seen) ++at[std::min(rank.order, int{signals::order_complete})];
  const auto most = std::max_element(at.begin(), at.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == at.end() ? 0 : most->first;
}

std::string state_of_rank(const signals::RankState& rank, int usual) {
  if (rank.order >= signals::order_complete) return "done";
  if (rank.order < signals::order_seen) return "aborted";
  return rank.order < usual ? "stopped" : "waiting";
}

// "0-6,8-63" of ascending numbers.
std::string ranges(const std::vector<std::int64_t>& numbers, std::uint64_t total) {
  std::string text;
  std::uint64_t told = 0;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    auto range = std::to_string(numbers[i]);
    if (end - i > 1) range += (end - i > 2 ? '-' : ',') + std::to_string(numbers[end - 1]);
    if (text.size() + range.size() > max_ranks_text) break;
    if (!text.empty()) text += ',';
    text += range;
    told += end - i;
    i = end;
  }
  if (told < total) {
    text += '+';
    text += std::to_string(total - told);
  }
  return text;
}

struct Members {
  std::vector<const signals::RankState*> ranks;
  std::set<std::string> hosts;
};

report::RankGroup absent_group(const signals::CommunicatorState& c) {
  const auto absent = signals::absent_ranks(c, absent_listed);
  report::RankGroup group;
  group.count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, absent.total));
  group.ranks = ranges(absent.ranks, group.count);
  group.state = "never-seen";
  const signals::BlockLayout layout(c);
  std::set<std::string> hosts;
  for (const auto rank : absent.ranks)
    if (const auto* beside = layout.neighbour(rank)) hosts.insert(beside->machine());
  group.hosts_total = hosts.size();
  for (const auto& host : hosts)
    if (group.hosts.size() < max_hosts) group.hosts.push_back(host);
  return group;
}

void quote(store::Store& store, const signals::RankState& rank, report::RankGroup& group) {
  store::Statement s(store.database().get(), "SELECT d.path, r.line, r.text FROM ranks r JOIN documents d ON d.id = r.document_id WHERE r.id = ?");
  s.bind(1, rank.row);
  if (!s.step()) return;
  group.document = s.text(0);
  group.line = static_cast<std::uint64_t>(s.integer(1));
  group.text = s.text(2);
}

}  // namespace

std::string state_of(const signals::CommunicatorState& c) {
  if (!c.nranks) return {};
  return !failing(c) ? "complete" : c.whole() ? "stuck" : "incomplete";
}

std::vector<report::AbsentRank> absent_of(const signals::CommunicatorState& c, std::size_t limit) {
  std::vector<report::AbsentRank> list;
  const signals::BlockLayout layout(c);
  for (const auto rank : signals::absent_ranks(c, limit).ranks) {
    const auto* beside = layout.neighbour(rank);
    list.push_back({static_cast<int>(std::min<std::int64_t>(rank, std::numeric_limits<int>::max())), beside == nullptr ? std::string() : beside->machine()});
  }
  return list;
}

std::vector<report::RankGroup> group_ranks(store::Store& store, const signals::CommunicatorState& c) {
  constexpr std::array<std::string_view, 4> order = {"stopped", "aborted", "waiting", "done"};
  const auto usual = usual_order(c);
  std::map<std::pair<std::size_t, std::string>, Members> members;  // place of the state in `order`, phase
  for (const auto& rank : c.ranks) {
    const auto state = state_of_rank(rank, usual);
    const auto place = static_cast<std::size_t>(std::find(order.begin(), order.end(), state) - order.begin());
    auto& group = members[{place, rank.phase}];
    group.ranks.push_back(&rank);
    if (!rank.machine().empty()) group.hosts.insert(rank.machine());
  }
  std::vector<report::RankGroup> groups;
  if (c.nranks && !c.whole()) groups.push_back(absent_group(c));
  for (const auto& [key, found] : members) {
    if (groups.size() == max_groups) break;
    report::RankGroup group;
    std::vector<std::int64_t> numbers;
    for (const auto* rank : found.ranks) numbers.push_back(rank->rank);
    group.count = numbers.size();
    group.ranks = ranges(numbers, group.count);
    group.state = order[key.first];
    group.phase = key.second;
    group.hosts_total = found.hosts.size();
    for (const auto& host : found.hosts)
      if (group.hosts.size() < max_hosts) group.hosts.push_back(host);
    if (group.count == 1) {
      group.gpu_index = found.ranks.front()->gpu_index;
      group.pci = found.ranks.front()->pci;
    }
    quote(store, *found.ranks.front(), group);
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace gpm::compose
