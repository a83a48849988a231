// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/computed.h"

#include <map>

#include "analyzer/signals/absent_ranks.h"
#include "analyzer/signals/flight.h"
#include "analyzer/signals/odd_ones.h"
#include "analyzer/signals/peers.h"
#include "analyzer/signals/stacks.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {
namespace {

using Function = std::vector<Observation> (*)(const JobView&);

const std::map<std::string_view, Function>& functions() {
  using enum StandstillKind;
  static const std::map<std::string_view, Function> table = {
      {"nccl.ranks_missing", ranks_missing},
      {"nccl.absent_rank", absent_rank},
      {"nccl.init_stuck", init_stuck},
      {"nccl.stopped_rank", stopped_rank},
      {"nccl.odd_rank_count", odd_rank_count},
      {"nccl.versions_differ", versions_differ},
      {"nccl.odd_version", odd_version},
      {"nccl.bootstrap_wording_differs", bootstrap_wording_differs},
      {"nccl.ib_lists_differ", ib_lists_differ},
      {"nccl.networks_differ", networks_differ},
      {"nccl.settings_differ", settings_differ},
      {"nccl.odd_setting", odd_setting},
      {"nccl.odd_interface", odd_interface},
      {"nccl.odd_transport", odd_transport},
      {"nccl.odd_gdr", odd_gdr},
      {"nccl.several_nodes", several_nodes},
      {"nccl.socket_between_nodes", socket_between_nodes},
      {"nccl.lost_peer", lost_peer},
      {"nccl.unreachable_pair", unreachable_pair},
      {"nccl.owner_of_virtual_address", owner_of_virtual_address},
      {"nccl.late_rank", late_rank},
      {"torch.odd_collective", odd_collective},
      {"torch.clients_missing", clients_missing},
      {"torch.lagging_ranks", lagging_ranks},
      {"torch.ranks_not_waiting", ranks_not_waiting},
      {"torch.all_ranks_wait", [](const JobView& v) { return standstill(v, all_waiting); }},
      {"torch.collectives_differ", [](const JobView& v) { return standstill(v, differs); }},
      {"torch.rank_failed_before_collective", [](const JobView& v) { return standstill(v, never_entered, true); }},
      {"torch.rank_never_entered", [](const JobView& v) { return standstill(v, never_entered); }},
      {"torch.rank_unfinished", [](const JobView& v) { return standstill(v, unfinished); }},
      {"torch.rank_without_dump", [](const JobView& v) { return standstill(v, no_dump); }},
      {"process.ranks_elsewhere", ranks_elsewhere},
      {"process.ranks_in_other_collective", ranks_in_other_collective},
      {"torch.ranks_wait_in_circle", [](const JobView& v) { return standstill(v, circular); }},
  };
  return table;
}

}  // namespace

std::vector<Observation> compute(std::string_view name, const JobView& view) {
  const auto found = functions().find(name);
  return found == functions().end() ? std::vector<Observation>() : found->second(view);
}

const std::vector<std::string_view>& computed_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& [name, function] : functions()) all.push_back(name);
    return all;
  }();
  return names;
}

}  // namespace gpm::signals
