// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/odd_ones.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "analyzer/signals/rows.h"
#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

constexpr std::size_t quoted_of_a_side = 40;

// What one line says of its machine.
struct Said {
  std::string machine, value;
  Observation o;
};

const std::string& machine_of(const Observation& o) { return o.place.host.empty() ? o.place.pod : o.place.host; }

// The value of each machine; of machines that say several things, none.
using Values = std::map<std::string, std::string>;
Values values_of(const std::vector<Said>& said) {
  Values values;
  std::set<std::string> doubtful;
  for (const auto& one : said) {
    const auto [entry, is_new] = values.emplace(one.machine, one.value);
    if (!is_new && entry->second != one.value) doubtful.insert(one.machine);
  }
  for (const auto& machine : doubtful) values.erase(machine);
  return values;
}

// Within each job: the value that more than half of its machines have, where there are several.
struct Division {
  std::set<int> divided;                // jobs whose machines differ
  std::map<int, std::string> majority;  // of those, where there is one
};
Division divide(const Values& values, const Jobs& jobs) {
  std::map<int, std::map<std::string, std::size_t>> counts;
  for (const auto& [machine, value] : values) ++counts[jobs.of(machine)][value];
  Division division;
  for (const auto& [job, by_value] : counts) {
    if (by_value.size() < 2) continue;
    division.divided.insert(job);
    std::size_t all = 0;
    for (const auto& [value, count] : by_value) all += count;
    for (const auto& [value, count] : by_value)
      if (2 * count > all) division.majority[job] = value;
  }
  return division;
}

enum class Give { both_sides, odd_ones };

std::vector<Observation> compare(std::vector<Said> said, const Jobs& jobs, Give give) {
  const auto values = values_of(said);
  const auto division = divide(values, jobs);
  std::map<std::pair<int, std::string>, std::size_t> quoted;
  std::vector<Observation> found;
  for (auto& one : said) {
    const auto known = values.find(one.machine);
    const auto job = jobs.of(one.machine);
    if (known == values.end() || !division.divided.contains(job)) continue;
    const auto major = division.majority.find(job);
    if (give == Give::odd_ones && (major == division.majority.end() || known->second == major->second)) continue;
    if (++quoted[{job, known->second}] <= quoted_of_a_side) found.push_back(std::move(one.o));
  }
  return found;
}

using ValueOf = std::function<std::string(const Row&)>;  // empty = says nothing

std::vector<Said> collect(const JobView& view, std::string_view sql, const ValueOf& value_of) {
  std::vector<Said> said;
  if (!view.several_machines()) return said;
  for_each_row(view, sql, [&](const Row& row) {
    auto value = value_of(row);
    auto o = row.observation();
    if (value.empty() || machine_of(o).empty()) return;
    said.push_back({machine_of(o), std::move(value), std::move(o)});
  });
  return said;
}

constexpr std::string_view version_rows =
    "SELECT e.*, e.attributes ->> 'version' AS value FROM events e WHERE e.kind = 'nccl.version' ORDER BY e.document_id, e.line, e.id";
constexpr std::string_view bootstrap_rows =
    "SELECT e.*, e.attributes ->> 'interface' AS interface, e.attributes ->> 'address' AS address FROM events e "
    "WHERE e.kind = 'nccl.bootstrap_interface' ORDER BY e.document_id, e.line, e.id";
constexpr std::string_view network_rows =
    "SELECT e.*, e.attributes ->> 'network' AS value FROM events e WHERE e.kind = 'nccl.network' ORDER BY e.document_id, e.line, e.id";
constexpr std::string_view transport_rows =
    "SELECT e.*, e.attributes ->> 'kind' AS transport_kind, e.attributes ->> 'gdr' AS gdr FROM events e "
    "WHERE e.kind = 'nccl.transport' ORDER BY e.document_id, e.line, e.id";
// Settings that have to be equal on all ranks.
constexpr std::string_view setting_rows =
    "SELECT s.*, s.key AS setting, s.value AS value FROM settings s WHERE s.scope IN ('nccl', 'env') AND s.key IN ('NCCL_ALGO', 'NCCL_PROTO', 'NCCL_BUFFSIZE', "
    "'NCCL_NTHREADS', 'NCCL_MIN_NCHANNELS', 'NCCL_MAX_NCHANNELS', 'NCCL_MIN_CTAS', 'NCCL_MAX_CTAS', 'NCCL_NET', 'NCCL_CUMEM_ENABLE', "
    "'NCCL_NVLS_ENABLE', 'NCCL_CROSS_NIC', 'NCCL_P2P_NET_CHUNKSIZE') ORDER BY s.document_id, s.line, s.id";

std::vector<Observation> compare_versions(const JobView& view, Give give) {
  return compare(collect(view, version_rows, [](const Row& row) { return row.text("value"); }), view.jobs(), give);
}

// Each setting for itself.
std::vector<Observation> compare_settings(const JobView& view, Give give) {
  if (!view.several_machines()) return {};
  const auto& jobs = view.jobs();
  std::map<std::string, std::vector<Said>> by_key;
  for_each_row(view, setting_rows, [&](const Row& row) {
    auto o = row.observation();
    if (!machine_of(o).empty()) by_key[row.text("setting")].push_back({machine_of(o), row.text("value"), std::move(o)});
  });
  std::vector<Observation> found;
  for (auto& [key, said] : by_key)
    for (auto& o : compare(std::move(said), jobs, give)) found.push_back(std::move(o));
  return found;
}

// "10.20.0.11" -> "10.20", "fe80::1%eth0" -> "fe80:": what tells two networks apart whatever their masks are.
std::string wide_network(std::string_view address) {
  const auto first = address.find_first_of(".:");
  if (first == std::string_view::npos) return std::string(address);
  const auto second = address[first] == '.' ? address.find('.', first + 1) : first + 1;
  return std::string(address.substr(0, second));
}

// The ranks that NCCL's own complaint names, with their versions.
std::vector<Observation> versions_by_complaint(const JobView& view) {
  const auto& all = view.communicators();
  std::map<std::int64_t, std::pair<std::int64_t, Observation>> version_of;  // rank -> version, line that says it
  for_each_row(view, "SELECT * FROM events WHERE kind = 'nccl.warn' AND text LIKE '%Mismatched NCCL version detected%' ORDER BY document_id, line, id",
               [&](const Row& row) {
                 const auto text = row.text("text");
                 const auto words = text::split(std::string_view(text).substr(text.find("detected")), ' ');
                 std::vector<std::int64_t> numbers;
                 for (const auto word : words)
                   if (const auto number = text::integer(word); number && *number >= 0) numbers.push_back(*number);
                 if (numbers.size() < 4) return;
                 auto o = row.observation();
                 // The line is printed by the second rank; of the first it only tells the number.
                 o.place.rank = numbers[2] < 1'000'000 ? std::optional(static_cast<int>(numbers[2])) : std::nullopt;
                 auto other = o;
                 other.place = {};
                 other.place.rank = numbers[0] < 1'000'000 ? std::optional(static_cast<int>(numbers[0])) : std::nullopt;
                 if (version_of.size() < 100'000) {
                   version_of.insert_or_assign(numbers[2], std::pair(numbers[3], std::move(o)));
                   version_of.try_emplace(numbers[0], numbers[1], std::move(other));
                 }
               });
  std::map<std::int64_t, std::size_t> counts;
  for (const auto& [rank, said] : version_of) ++counts[said.first];
  std::vector<Observation> found;
  if (counts.size() < 2) return found;
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (2 * most->second <= version_of.size()) return found;
  const CommunicatorState* widest = nullptr;
  for (const auto& c : all)
    if (widest == nullptr || c.ranks.size() > widest->ranks.size()) widest = &c;
  for (auto& [rank, said] : version_of) {
    if (said.first == most->first || found.size() >= max_observations) continue;
    if (said.second.place.host.empty() && widest != nullptr)
      for (const auto& seen : widest->ranks)
        if (seen.rank == rank) {
          said.second.place.host = seen.host;
          said.second.place.pod = seen.pod;
        }
    found.push_back(std::move(said.second));
  }
  return found;
}

}  // namespace

std::vector<Observation> versions_differ(const JobView& view) { return compare_versions(view, Give::both_sides); }

std::vector<Observation> odd_version(const JobView& view) {
  auto found = versions_by_complaint(view);
  return found.empty() ? compare_versions(view, Give::odd_ones) : found;
}

std::vector<Observation> bootstrap_wording_differs(const JobView& view) {
  return compare(collect(view, bootstrap_rows,
                         [](const Row& row) { return text::contains(row.text("text"), "Bootstrap : Using") ? std::string("before 2.24") : std::string("from 2.24"); }),
                 view.jobs(), Give::both_sides);
}

std::vector<Observation> ib_lists_differ(const JobView& view) {
  const auto& jobs = view.jobs();
  std::map<std::string, std::size_t> devices;  // of each machine, at most
  auto said = collect(view, "SELECT e.*, e.attributes ->> 'devices' AS value FROM events e WHERE e.kind = 'line.nccl.ib_device_list' ORDER BY e.document_id, e.line, e.id",
                      [](const Row& row) {
                        const auto list = row.text("value");
                        return std::string(static_cast<std::size_t>(std::min<std::ptrdiff_t>(std::count(list.begin(), list.end(), '['), 64)), '*');
                      });
  std::map<int, std::size_t> most;
  for (const auto& one : said) {
    auto& count = devices[one.machine];
    count = std::max(count, one.value.size());
    auto& of_job = most[jobs.of(one.machine)];
    of_job = std::max(of_job, count);
  }
  std::vector<Observation> found;
  for (auto& one : said)
    if (devices[one.machine] < most[jobs.of(one.machine)] && found.size() < max_observations) found.push_back(std::move(one.o));
  return found;
}

std::vector<Observation> networks_differ(const JobView& view) {
  const auto& jobs = view.jobs();
  auto said = collect(view, network_rows, [](const Row& row) { return row.text("value"); });
  std::set<std::string> with_other;
  std::set<int> jobs_with_other;
  for (const auto& one : said)
    if (one.value != "Socket") {
      with_other.insert(one.machine);
      jobs_with_other.insert(jobs.of(one.machine));
    }
  std::vector<Observation> found;
  for (auto& one : said)
    if (one.value == "Socket" && !with_other.contains(one.machine) && jobs.spans_machines(one.machine) && jobs_with_other.contains(jobs.of(one.machine)) &&
        found.size() < max_observations)
      found.push_back(std::move(one.o));
  return found;
}

std::vector<Observation> settings_differ(const JobView& view) { return compare_settings(view, Give::both_sides); }
std::vector<Observation> odd_setting(const JobView& view) { return compare_settings(view, Give::odd_ones); }

std::vector<Observation> odd_interface(const JobView& view) {
  // One name in two networks is routing, two names in one network are bonding: both must differ.
  std::map<std::string, std::string> network_of;
  auto said = collect(view, bootstrap_rows, [&](const Row& row) {
    network_of.try_emplace(row.text("interface"), wide_network(row.text("address")));
    return row.text("interface");
  });
  const auto values = values_of(said);
  const auto& jobs = view.jobs();
  const auto division = divide(values, jobs);
  std::vector<Observation> found;
  for (auto& o : compare(std::move(said), jobs, Give::odd_ones)) {
    const auto mine = values.at(machine_of(o));
    const auto usual = division.majority.at(jobs.of(machine_of(o)));
    if (network_of[mine] != network_of[usual]) found.push_back(std::move(o));
  }
  return found;
}

std::vector<Observation> odd_transport(const JobView& view) {
  const auto& all = view.communicators();
  std::set<std::string> with_p2p, with_pairs;
  for (const auto& c : all) {
    std::map<std::string_view, int> ranks_on;
    for (const auto& rank : c.ranks)
      if (++ranks_on[rank.machine()] == 2) with_pairs.insert(rank.machine());
  }
  auto said = collect(view, transport_rows, [&](const Row& row) { return row.text("transport_kind"); });
  for (const auto& one : said)
    if (one.value == "p2p") with_p2p.insert(one.machine);
  std::erase_if(said, [&](const Said& one) { return !with_pairs.contains(one.machine) || (one.value != "p2p" && with_p2p.contains(one.machine)); });
  for (auto& one : said)
    if (one.value != "p2p") one.value = "other";
  const auto& jobs = view.jobs();
  const auto division = divide(values_of(said), jobs);
  std::erase_if(said, [&](const Said& one) {
    const auto major = division.majority.find(jobs.of(one.machine));
    return major == division.majority.end() || major->second != "p2p";
  });
  return compare(std::move(said), jobs, Give::odd_ones);
}

std::vector<Observation> odd_gdr(const JobView& view) {
  const auto& jobs = view.jobs();
  auto said = collect(view, transport_rows, [](const Row& row) { return row.text("transport_kind") == "net-ib" ? row.text("gdr") : std::string(); });
  std::set<std::string> with_gdr;
  for (const auto& one : said)
    if (one.value == "yes") with_gdr.insert(one.machine);
  std::erase_if(said, [&](const Said& one) { return one.value == "no" && with_gdr.contains(one.machine); });
  const auto division = divide(values_of(said), jobs);
  std::erase_if(said, [&](const Said& one) {
    const auto major = division.majority.find(jobs.of(one.machine));
    return major == division.majority.end() || major->second != "yes";
  });
  return compare(std::move(said), jobs, Give::odd_ones);
}

namespace {

std::vector<Observation> of_machines_together(const JobView& view, std::string_view sql) {
  const auto& jobs = view.jobs();
  std::vector<Observation> found;
  for (auto& one : collect(view, sql, [](const Row&) { return std::string("yes"); }))
    if (jobs.spans_machines(one.machine) && found.size() < max_observations) found.push_back(std::move(one.o));
  return found;
}

}  // namespace

std::vector<Observation> several_nodes(const JobView& view) { return of_machines_together(view, bootstrap_rows); }

std::vector<Observation> socket_between_nodes(const JobView& view) {
  return of_machines_together(view,
                              "SELECT * FROM events WHERE (kind = 'nccl.network' AND attributes ->> 'network' = 'Socket') "
                              "OR (kind = 'nccl.transport' AND attributes ->> 'kind' = 'net-socket') ORDER BY document_id, line, id");
}

}  // namespace gpm::signals
