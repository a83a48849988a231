// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/bystanders.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyzer/store/visible.h"

namespace gpm::signals {
namespace {

constexpr int max_rounds = 4;  // evaluations; what is not settled then takes part

// Of each job (Jobs) with communicators on named machines.
struct Job {
  Machines machines;
  std::int64_t nranks = 0;  // of its largest communicator
  bool whole = true;
};

bool came_about(const CommunicatorState& c) {
  return c.whole() && std::all_of(c.ranks.begin(), c.ranks.end(), [](const auto& rank) { return rank.order >= order_complete && !rank.machine().empty(); });
}

std::map<int, Job> jobs_of(const JobView& view) {
  std::map<int, Job> jobs;
  for (const auto& c : view.communicators()) {
    const bool whole = came_about(c);
    for (const auto& rank : c.ranks) {
      if (rank.machine().empty()) continue;
      auto& job = jobs[view.jobs().of(rank.machine())];
      job.machines.insert(rank.machine());
      job.nranks = std::max(job.nranks, c.nranks.value_or(0));
      job.whole &= whole;
    }
  }
  return jobs;
}

void remove_jobs_with(std::map<int, Job>& jobs, const Jobs& of, const std::string& machine) {
  if (!machine.empty()) jobs.erase(of.of(machine));
}

// Jobs whose lines tell of more ranks than their communicators have: of other machines nothing is known.
void remove_larger(std::map<int, Job>& jobs, const JobView& view) {
  store::Statement s(view.store().database().get(),
                     fmt::format("SELECT machine, max(last) FROM (SELECT {0} AS machine, rank AS last FROM events WHERE rank IS NOT NULL UNION ALL "
                                 "SELECT {0}, CAST(attributes ->> 'world_size' AS INTEGER) - 1 FROM events WHERE kind = 'app.milestone' UNION ALL "
                                 "SELECT {0}, CAST(value AS INTEGER) - 1 FROM settings WHERE key IN ('WORLD_SIZE', 'SLURM_NTASKS', 'OMPI_COMM_WORLD_SIZE', 'PMI_SIZE')) "
                                 "GROUP BY machine",
                                 store::Visible::machine_of_row));
  while (s.step()) {
    const auto name = s.text(0);
    const auto job = jobs.find(view.jobs().of(name));
    if (job != jobs.end() && job->second.machines.contains(name) && s.integer(1) >= job->second.nranks) jobs.erase(job);
  }
}

// Jobs whose documents speak of other machines: a cluster's or a launcher's view is no machine's own.
void remove_shared(std::map<int, Job>& jobs, const JobView& view) {
  for (const char* table : {"events", "settings", "snapshots"}) {
    store::Statement s(view.store().database().get(),
                       fmt::format("SELECT DISTINCT d.host, t.machine FROM (SELECT DISTINCT document_id, {} AS machine FROM {}) t JOIN documents d ON d.id = t.document_id "
                                   "WHERE d.host <> '' AND t.machine <> d.host",
                                   store::Visible::machine_of_row, table));
    while (s.step()) {
      const auto owner = view.jobs().of(s.text(0)), other = view.jobs().of(s.text(1));
      const auto job = jobs.find(owner);
      if (job != jobs.end() && job->second.machines.contains(s.text(0)) && !(owner == other && job->second.machines.contains(s.text(1)))) jobs.erase(job);
    }
  }
}

std::map<int, Job> whole_jobs(const JobView& view) {
  auto jobs = jobs_of(view);
  std::erase_if(jobs, [](const auto& entry) { return !entry.second.whole || entry.second.nranks < 2; });
  if (!jobs.empty()) remove_larger(jobs, view);
  if (!jobs.empty()) remove_shared(jobs, view);
  return jobs;
}

Machines machines_of(const std::map<int, Job>& jobs) {
  Machines machines;
  for (const auto& [number, job] : jobs) machines.insert(job.machines.begin(), job.machines.end());
  return machines;
}

}  // namespace

Machines machines_of_whole_jobs(const JobView& view) { return machines_of(whole_jobs(view)); }

Machines find_bystanders(const JobView& view, const std::function<Machines(const Machines&)>& troubled) {
  auto jobs = whole_jobs(view);
  for (int round = 0; round < max_rounds && !jobs.empty(); ++round) {
    const auto machines = machines_of(jobs);
    const auto wrong = troubled(machines);
    if (wrong.empty()) return machines;
    const auto before = jobs.size();
    for (const auto& machine : wrong) remove_jobs_with(jobs, view.jobs(), machine);
    if (jobs.size() == before) return {};
  }
  return {};
}

}  // namespace gpm::signals
