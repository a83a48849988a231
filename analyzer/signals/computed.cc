// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/computed.h"

#include <map>
#include <set>

#include "analyzer/signals/flight.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {
namespace {

using Function = std::vector<Observation> (*)(store::Store&);

// Ranks 0 .. nranks-1 of which some never printed anything, while those that did stopped before Init COMPLETE. The evidence
// is the furthest line of each waiting rank; `place.rank` of an observation is a missing rank where only few are missing.
std::vector<Observation> ranks_missing(store::Store& store) {
  std::vector<Observation> found;
  store::Statement communicators(store.database().get(),
                                 "SELECT c.id, c.nranks FROM communicators c WHERE c.nranks > 1 AND c.nranks > (SELECT count(*) FROM ranks r "
                                 "WHERE r.communicator_id = c.id) AND NOT EXISTS (SELECT 1 FROM ranks r WHERE r.communicator_id = c.id "
                                 "AND r.phase IN ('complete', 'collective', 'destroyed')) ORDER BY c.key");
  store::Statement ranks(store.database().get(),
                         "SELECT document_id, line, text, host, utc_ns, since_boot_ns FROM ranks WHERE communicator_id = ? ORDER BY rank LIMIT 16");
  while (communicators.step()) {
    ranks.bind(1, communicators.integer(0));
    while (ranks.step()) {
      Observation o;
      o.document_id = ranks.integer(0);
      o.line = static_cast<std::uint64_t>(ranks.integer(1));
      o.text = ranks.text(2);
      o.utc_ns = ranks.maybe_integer(4);
      o.since_boot_ns = ranks.maybe_integer(5);
      found.push_back(std::move(o));
    }
    ranks.reset();
  }
  return found;
}

const std::map<std::string_view, Function>& functions() {
  using enum StandstillKind;
  static const std::map<std::string_view, Function> table = {
      {"nccl.ranks_missing", ranks_missing},
      {"torch.lagging_ranks", lagging_ranks},
      {"torch.ranks_not_waiting", ranks_not_waiting},
      {"torch.all_ranks_wait", [](store::Store& s) { return standstill(s, all_waiting); }},
      {"torch.collectives_differ", [](store::Store& s) { return standstill(s, differs); }},
      {"torch.rank_failed_before_collective", [](store::Store& s) { return standstill(s, never_entered, true); }},
      {"torch.rank_never_entered", [](store::Store& s) { return standstill(s, never_entered); }},
      {"torch.rank_unfinished", [](store::Store& s) { return standstill(s, unfinished); }},
      {"torch.rank_without_dump", [](store::Store& s) { return standstill(s, no_dump); }},
      {"torch.ranks_wait_in_circle", [](store::Store& s) { return standstill(s, circular); }},
  };
  return table;
}

}  // namespace

std::vector<Observation> compute(std::string_view name, store::Store& store) {
  const auto found = functions().find(name);
  return found == functions().end() ? std::vector<Observation>() : found->second(store);
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
