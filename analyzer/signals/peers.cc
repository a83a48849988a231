// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/peers.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "analyzer/signals/rows.h"
#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

constexpr double long_wait_s = 30;
constexpr std::size_t max_told = 64;

struct Machine {
  std::string host, pod;
  std::set<int> ranks;
  bool operator<(const Machine& other) const { return std::tie(host, pod) < std::tie(other.host, other.pod); }
};

// Addresses and names of the job's machines.
class AddressBook {
 public:
  explicit AddressBook(const JobView& view) {
    for_each_row(view, "SELECT e.*, e.attributes ->> 'address' AS address FROM events e WHERE e.kind = 'nccl.bootstrap_interface' ORDER BY e.document_id, e.line, e.id",
                 [&](const Row& row) {
                   const auto o = row.observation();
                   add(row.text("address"), o.place);
                   if (!o.place.host.empty()) add(o.place.host, o.place);
                   if (!o.place.pod.empty()) add(o.place.pod, o.place);
                 });
  }

  // Nothing where several machines have the address (docker0 has the same on every host).
  const Machine* find(const std::string& address) const {
    auto found = machines_.find(address);
    if (found == machines_.end()) found = machines_.find(std::string(text::short_host(address)));
    return found == machines_.end() || found->second.size() != 1 ? nullptr : &found->second.front();
  }

 private:
  void add(const std::string& address, const facts::Place& place) {
    if (address.empty() || (machines_.size() >= 100'000 && !machines_.contains(address))) return;
    auto& list = machines_[address];
    auto known = std::find_if(list.begin(), list.end(), [&](const auto& m) { return m.host == place.host && m.pod == place.pod; });
    if (known == list.end()) {
      if (list.size() >= 2) return;
      known = list.insert(list.end(), Machine{place.host, place.pod, {}});
    }
    if (place.rank && known->ranks.size() < 64) known->ranks.insert(*place.rank);
  }

  std::map<std::string, std::vector<Machine>> machines_;
};

// "... remote peer 10.0.0.3<40211>", "... Connect to n2.cluster<52266> failed": what stands before '<'.
std::string address_in(const std::string& text) {
  const auto end = text.rfind('<');
  if (end == std::string::npos || end == 0) return {};
  const auto begin = text.find_last_of(" \t(", end - 1);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1));
}

constexpr std::string_view closed_rows =
    "SELECT * FROM events WHERE kind = 'nccl.warn' AND (text LIKE '%closed by remote peer%' OR text LIKE '%Connection reset by peer%' OR text LIKE '%Broken pipe%') "
    "ORDER BY document_id, line, id";
constexpr std::string_view refused_rows =
    "SELECT * FROM events WHERE kind = 'nccl.warn' AND (text LIKE '%onnect to %<%failed%' OR text LIKE '%onnect to %<%returned%') ORDER BY document_id, line, id";

}  // namespace

std::vector<Observation> lost_peer(const JobView& view) {
  const AddressBook book(view);
  std::map<Machine, Observation> named;
  std::set<std::string> reporting;
  for_each_row(view, closed_rows, [&](const Row& row) {
    auto o = row.observation();
    reporting.insert(o.place.host + '/' + o.place.pod);
    const auto* machine = book.find(address_in(o.text));
    if (machine == nullptr || named.size() >= max_told) return;
    o.place = {};
    o.place.host = machine->host;
    o.place.pod = machine->pod;
    if (machine->ranks.size() == 1) o.place.rank = *machine->ranks.begin();
    named.try_emplace(*machine, std::move(o));
  });
  std::vector<Observation> silent, all;
  for (auto& [machine, o] : named) {
    if (!reporting.contains(machine.host + '/' + machine.pod)) silent.push_back(o);
    all.push_back(std::move(o));
  }
  return silent.empty() ? all : silent;
}

std::vector<Observation> unreachable_pair(const JobView& view) {
  const AddressBook book(view);
  std::vector<Observation> found;
  std::set<std::pair<std::string, std::string>> told;
  for_each_row(view, refused_rows, [&](const Row& row) {
    auto o = row.observation();
    const auto* machine = book.find(address_in(o.text));
    if (found.size() >= max_told || !told.emplace(o.place.host + '/' + o.place.pod, machine == nullptr ? "" : machine->host + '/' + machine->pod).second) return;
    auto here = o;
    here.place.rank.reset();  // hosts cannot reach each other; the rank is only the one that tried first
    found.push_back(std::move(here));
    if (machine == nullptr) return;
    o.place = {};
    o.place.host = machine->host;
    o.place.pod = machine->pod;
    found.push_back(std::move(o));
  });
  return found;
}

std::vector<Observation> owner_of_virtual_address(const JobView& view) {
  const AddressBook book(view);
  std::vector<Observation> found;
  std::set<std::string> told;
  for_each_row(view, "SELECT * FROM events WHERE kind = 'line.nccl.connect_to_virtual_address' ORDER BY document_id, line, id", [&](const Row& row) {
    auto o = row.observation();
    const auto address = address_in(o.text);
    if (found.size() >= max_told || !told.insert(address).second) return;
    const auto* machine = book.find(address);
    o.place = {};
    if (machine != nullptr) {
      o.place.host = machine->host;
      o.place.pod = machine->pod;
    }
    found.push_back(std::move(o));
  });
  return found;
}

std::vector<Observation> late_rank(const JobView& view) {
  struct Wait {
    double seconds;
    Observation o;
  };
  std::vector<Wait> waits;
  double longest = 0;
  for_each_row(view,
               "SELECT e.*, coalesce(e.attributes ->> 'bootstrap_s', e.attributes ->> 'recv_s') AS seconds FROM events e "
               "WHERE e.kind IN ('nccl.init_timings', 'nccl.bootstrap_timings') ORDER BY e.document_id, e.line, e.id",
               [&](const Row& row) {
                 const auto text = row.text("seconds");
                 if (text.empty()) return;
                 const double seconds = std::strtod(text.c_str(), nullptr);
                 longest = std::max(longest, seconds);
                 waits.push_back({seconds, row.observation()});
               });
  std::vector<Observation> late;
  if (longest < long_wait_s) return late;
  // Later communicators of the same ranks have short waits of their own: a rank is late only if it never waited.
  std::map<int, double> most;
  for (const auto& wait : waits)
    if (wait.o.place.rank) most[*wait.o.place.rank] = std::max(most[*wait.o.place.rank], wait.seconds);
  std::set<int> told;
  for (auto& wait : waits)
    if (wait.o.place.rank && most[*wait.o.place.rank] * 10 < longest && told.insert(*wait.o.place.rank).second) late.push_back(std::move(wait.o));
  // The root tells the last ones apart only roughly; where many came late, none is the late one.
  if (late.size() * 4 > most.size() && late.size() > 1) late.clear();
  if (late.size() > max_told) late.clear();
  return late;
}

std::vector<Observation> clients_missing(const JobView& view) {
  std::set<int> waiting;
  for_each_row(view, "SELECT DISTINCT rank FROM events WHERE kind IN ('torch.store_timeout', 'line.torch.clients_joined') AND rank IS NOT NULL",
               [&](const Row& row) { waiting.insert(static_cast<int>(row.integer("rank").value_or(0))); });
  std::int64_t joined = 0, expected = 0;
  std::optional<Observation> line;
  for_each_row(view,
               "SELECT e.*, e.attributes ->> 'joined' AS joined, e.attributes ->> 'expected' AS expected FROM events e WHERE e.kind = 'line.torch.clients_joined' ORDER BY e.document_id, e.line, e.id",
               [&](const Row& row) {
                 const auto now = text::integer(row.text("joined")).value_or(0);
                 if (line && now <= joined) return;
                 joined = now;
                 expected = text::integer(row.text("expected")).value_or(0);
                 line = row.observation();
               });
  if (!line) return {};
  line->place = {};
  std::vector<Observation> missing;
  if (static_cast<std::int64_t>(waiting.size()) == joined && joined > 0 && expected - joined <= static_cast<std::int64_t>(max_told))
    for (int rank = 0; rank < expected && rank <= 1'000'000; ++rank)
      if (!waiting.contains(rank)) {
        line->place.rank = rank;
        missing.push_back(*line);
      }
  if (missing.empty() || static_cast<std::int64_t>(missing.size()) != expected - joined) {
    line->place = {};
    return {*line};
  }
  return missing;
}

std::vector<Observation> odd_collective(const JobView& view) {
  std::map<int, std::string> runs;  // rank -> what it runs
  std::map<int, Observation> line_of;
  for_each_row(view,
               "SELECT e.*, e.attributes ->> 'rank_a' AS rank_a, e.attributes ->> 'rank_b' AS rank_b, coalesce(e.attributes ->> 'op_a', '') || coalesce(e.attributes ->> 'shape_a', '') "
               "AS a, coalesce(e.attributes ->> 'op_b', '') || coalesce(e.attributes ->> 'shape_b', '') AS b FROM events e WHERE e.kind = 'torch.collective_mismatch' "
               "ORDER BY e.document_id, e.line, e.id",
               [&](const Row& row) {
                 for (const auto& [who, what] : {std::pair("rank_a", "a"), std::pair("rank_b", "b")}) {
                   const auto rank = text::integer(row.text(who));
                   if (!rank || *rank < 0 || *rank > 1'000'000 || runs.size() > 100'000) continue;
                   runs[static_cast<int>(*rank)] = row.text(what);
                   auto o = row.observation();
                   if (o.place.rank != *rank) o.place = {};
                   o.place.rank = static_cast<int>(*rank);
                   if (std::string_view(who) == "rank_a") line_of.insert_or_assign(static_cast<int>(*rank), std::move(o));
                   else line_of.try_emplace(static_cast<int>(*rank), std::move(o));
                 }
               });
  std::map<std::string, std::size_t> counts;
  for (const auto& [rank, what] : runs) ++counts[what];
  std::vector<Observation> odd;
  if (counts.size() < 2) return odd;
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (2 * most->second <= runs.size()) return odd;
  for (auto& [rank, o] : line_of)
    if (runs[rank] != most->first && odd.size() < max_told) odd.push_back(std::move(o));
  return odd;
}

}  // namespace gpm::signals
