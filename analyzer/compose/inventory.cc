// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "analyzer/compose/compose.h"
#include "analyzer/compose/document_paths.h"
#include "analyzer/compose/gpu_readings.h"
#include "analyzer/compose/pictures.h"
#include "analyzer/compose/rank_groups.h"
#include "analyzer/signals/communicators.h"

namespace gpm::compose {
namespace {

constexpr std::size_t max_notes = 200;

std::optional<int> small(const store::Statement& s, int column) {
  const auto value = s.maybe_integer(column);
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

void add_documents(store::Store& store, report::Result& result) {
  const auto total = static_cast<std::uint64_t>(store.documents_total());
  const std::string filter = total > listed_documents
                                 ? " WHERE facts > 0 OR status <> 'ok' OR id IN (SELECT document_id FROM evidence)"
                                 : "";
  store::Statement s(store.database().get(), "SELECT path, format, status, note, bytes, lines, facts, host FROM documents" + filter +
                                                 " ORDER BY path, id");
  while (s.step())
    result.documents.push_back({s.text(0), s.text(1), s.text(2), s.text(3), static_cast<std::uint64_t>(s.integer(4)),
                                static_cast<std::uint64_t>(s.integer(5)), static_cast<std::uint64_t>(s.integer(6)), s.text(7)});
  result.documents_total = total;
  result.documents_omitted = total - result.documents.size();
  result.bytes_total = static_cast<std::uint64_t>(store.bytes_total());
  result.lines_total = static_cast<std::uint64_t>(store.lines_total());
}

// How much of the bundle is of a format that is known: documents, and lines (of pasted sessions and bug reports by part).
void add_understood(store::Store& store, report::Result& result) {
  constexpr const char* known = "format NOT IN ('text', 'binary', 'command-output', 'empty')";
  store::Statement s(store.database().get(),
                     (std::string("SELECT count(*), (SELECT coalesce(sum(lines), 0) FROM documents d WHERE ") + known +
                      " AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.document_id = d.id)) + (SELECT coalesce(sum(last_line - first_line + 1), 0) FROM parts WHERE " +
                      known + ") FROM documents WHERE status NOT LIKE 'skipped:%' AND " + known)
                         .c_str());
  if (!s.step()) return;
  result.documents_recognised = static_cast<std::uint64_t>(s.integer(0));
  result.lines_recognised = std::min(static_cast<std::uint64_t>(s.integer(1)), result.lines_total);
}

void add_notes(store::Store& store, report::Result& result) {
  store::Statement s(store.database().get(),
                     "SELECT d.path, n.line, n.reason FROM notes n JOIN documents d ON d.id = n.document_id ORDER BY d.path, n.line, n.reason");
  while (s.step()) {
    if (result.notes.size() == max_notes) {
      ++result.notes_omitted;
      continue;
    }
    result.notes.push_back({s.text(0), static_cast<std::uint64_t>(s.integer(1)), s.text(2)});
  }
}

void add_hosts(store::Store& store, const signals::Findings& findings, report::Result& result) {
  constexpr std::array<std::string_view, 8> keys = {"product",      "cpu_model",      "os",          "kernel", "virtualization",
                               "driver_version", "driver_flavour", "cuda_version"};
  std::map<std::pair<std::string, std::string>, std::string> values;  // by host and key; what comes first
  if (findings.may_hold({"scope host"})) {
    std::string list;
    for (const auto key : keys) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", key);
    store::Statement value(store.database().get(), fmt::format("SELECT s.host, s.key, s.value FROM settings s JOIN documents d ON d.id = s.document_id "
                                                               "WHERE s.scope = 'host' AND s.key IN ({}) ORDER BY d.path, s.line, s.id",
                                                               list));
    while (value.step()) values.try_emplace({value.text(0), value.text(1)}, value.text(2));
  }
  std::map<std::string, std::int64_t> nodes;  // by host
  if (findings.may_hold({"metric numa.nodes"})) {
    store::Statement most(store.database().get(), "SELECT host, max(number) FROM snapshots WHERE metric = 'numa.nodes' AND number IS NOT NULL GROUP BY host");
    while (most.step()) nodes.emplace(most.text(0), most.integer(1));
  }
  const auto facts_of = [&](const std::string& name) {
    report::Host host{name, {}};
    for (const auto key : keys)
      if (const auto value = values.find({name, std::string(key)}); value != values.end()) host.facts.emplace_back(key, value->second);
    if (const auto most = nodes.find(name); most != nodes.end()) host.facts.emplace_back("numa_nodes", std::to_string(most->second));
    return host;
  };
  store::Statement hosts(store.database().get(), "SELECT name FROM hosts ORDER BY name");
  while (hosts.step()) result.hosts.push_back(facts_of(hosts.text(0)));
  // A bundle that never names its host still says what runs on it.
  if (auto unnamed = facts_of(""); !unnamed.facts.empty()) result.hosts.push_back(std::move(unnamed));
}

int shown_number(std::int64_t number) { return static_cast<int>(std::min<std::int64_t>(number, std::numeric_limits<int>::max())); }

// Those that were not set up come first, then the largest: a job of thousands of ranks has a thousand small ones.
void add_communicators(store::Store& store, const DocumentPaths& paths, report::Result& result) {
  constexpr std::size_t max_communicators = 64, max_ranks = 4096;
  const auto all = signals::read_communicators(store);
  std::vector<std::pair<const signals::CommunicatorState*, std::string>> ordered;
  for (const auto& c : all) ordered.emplace_back(&c, state_of(c));
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& one) { return std::tuple(one.second == "complete" || one.second.empty(), -one.first->nranks.value_or(0)); };
    return key(a) < key(b);
  });
  for (const auto& [state, name] : ordered) {
    if (result.communicators.size() == max_communicators) break;
    report::Communicator c;
    c.id = state->key;
    if (state->nranks) c.nranks = shown_number(*state->nranks);
    for (const auto& rank : state->ranks) {
      if (c.ranks.size() == max_ranks) break;
      c.ranks.push_back({shown_number(rank.rank), rank.machine(), rank.phase, path_of(paths, rank.document_id), rank.gpu_index, rank.pci,
                         static_cast<std::uint64_t>(std::max<std::int64_t>(0, rank.line))});
    }
    c.state = name;
    c.groups = group_ranks(store, *state);
    if (state->nranks) c.absent = absent_of(*state, max_ranks - std::min(max_ranks, c.ranks.size()));
    result.communicators.push_back(std::move(c));
  }
}

}  // namespace

void add_inventory(store::Store& store, const signals::Findings& findings, report::Result& result) {
  add_documents(store, result);
  add_understood(store, result);
  add_notes(store, result);
  add_hosts(store, findings, result);
  store::Statement gpus(store.database().get(),
                        "SELECT host, gpu_index, pci, gpu_uuid, serial, name FROM gpus ORDER BY host, gpu_index IS NULL, gpu_index, pci, gpu_uuid");
  while (gpus.step())
    result.gpus.push_back({gpus.text(0), small(gpus, 1), gpus.text(2), gpus.text(3), gpus.text(4), gpus.text(5)});
  const auto paths = document_paths(store);
  if (!result.gpus.empty()) add_gpu_readings(store, paths, result);
  mark_odd_hosts(result);
  if (findings.may_hold({"rows ranks"})) add_communicators(store, paths, result);
  if (findings.may_hold({"metric topo.link", "metric topo.numa_affinity", "metric topo.cpu_affinity", "metric topo.nic"})) add_topologies(store, result);
  add_usage(store, findings, result);
}

}  // namespace gpm::compose
