// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/stacks.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "analyzer/signals/rows.h"
#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

// The stack that the main thread of a rank showed last; of several processes of a rank one that waits.
struct Stand {
  bool waits = false;
  std::string collective;  // all_reduce; empty where it is no call of torch.distributed
  Observation at;
};

// faulthandler names no threads: the main thread is the last of a dump.
bool is_main(const std::string& tool, const std::string& thread) {
  return tool == "faulthandler" || thread == "MainThread" || (tool == "gdb" && thread == "1");
}

// "all_reduce (torch/distributed/distributed_c10d.py:2806)" -> "all_reduce"; empty where it is none in which all members meet.
std::string collective_of(const std::string& call) {
  static constexpr std::array<std::string_view, 10> known = {"all_reduce",  "all_gather", "all_gather_into_tensor", "all_gather_object", "broadcast",
                                                             "broadcast_object_list", "barrier", "reduce_scatter", "reduce_scatter_tensor", "all_to_all"};
  const auto name = call.substr(0, call.find_first_of(" ("));
  return std::find(known.begin(), known.end(), name) == known.end() ? std::string() : name;
}

bool is_wait(const std::string& call, const std::string& call_of) {
  if (call_of == "nccl" || call_of == "torch.distributed") return true;
  return call_of == "cuda" && text::contains(text::lower(call), "synchronize");
}

std::map<int, Stand> stands(const JobView& view) {
  // By document and process first, as the last stack of a process counts.
  std::map<std::tuple<int, std::int64_t, std::int64_t>, Stand> of_process;
  for_each_row(view,
               "SELECT e.*, e.attributes ->> 'tool' AS tool, e.attributes ->> 'thread' AS thread, coalesce(e.attributes ->> 'call', '') AS call, "
               "coalesce(e.attributes ->> 'call_of', '') AS call_of FROM events e WHERE e.kind = 'process.stack' AND e.rank IS NOT NULL ORDER BY e.document_id, e.line, e.id",
               [&](const Row& row) {
                 auto at = row.observation();
                 if (!at.place.rank || !is_main(row.text("tool"), row.text("thread"))) return;
                 const auto call = row.text("call"), call_of = row.text("call_of");
                 of_process[{*at.place.rank, at.document_id, at.place.pid.value_or(0)}] = {is_wait(call, call_of), call_of == "torch.distributed" ? collective_of(call) : "", std::move(at)};
               });
  std::map<int, Stand> of_rank;
  for (auto& [key, stand] : of_process) {
    const auto [entry, is_new] = of_rank.try_emplace(std::get<0>(key), stand);
    if (!is_new && stand.waits && !entry->second.waits) entry->second = std::move(stand);
  }
  return of_rank;
}

}  // namespace

std::vector<Observation> ranks_elsewhere(const JobView& view) {
  std::vector<Observation> found;
  std::size_t waiting = 0;
  for (auto& [rank, stand] : stands(view)) {
    if (stand.waits)
      ++waiting;
    else
      found.push_back(stand.at);
  }
  if (found.size() > waiting) return {};
  if (found.size() > max_observations) found.resize(max_observations);
  return found;
}

std::vector<Observation> ranks_in_other_collective(const JobView& view) {
  const auto all = stands(view);
  std::map<std::string, std::size_t> counts;
  std::size_t named = 0;
  for (const auto& [rank, stand] : all)
    if (!stand.collective.empty()) ++counts[stand.collective], ++named;
  if (counts.size() != 2) return {};
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most->second < 2 * (named - most->second)) return {};
  std::vector<Observation> found;
  for (const auto& [rank, stand] : all)
    if (!stand.collective.empty() && stand.collective != most->first && found.size() < max_observations) found.push_back(stand.at);
  return found;
}

}  // namespace gpm::signals
