// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/bystanders.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/store/visible.h"

namespace gpm::signals {
namespace {

constexpr std::int64_t far_ns = 2 * 86'400'000'000'000;  // no zone that a clock lacks makes as much

bool came_about(const CommunicatorState& c) {
  return c.whole() && std::all_of(c.ranks.begin(), c.ranks.end(), [](const auto& rank) { return rank.order >= order_complete && !rank.machine().empty(); });
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool contains_all(const Machines& machines, const Machines& some) {
  return std::includes(machines.begin(), machines.end(), some.begin(), some.end());
}

}  // namespace

void Bystanders::Period::add(const Period& other) {
  if (other.first_ns && (!first_ns || *other.first_ns < *first_ns)) first_ns = other.first_ns;
  if (other.last_ns && (!last_ns || *other.last_ns > *last_ns)) last_ns = other.last_ns;
}

bool Bystanders::Period::far_from(const Period& other) const {
  return first_ns && last_ns && other.first_ns && other.last_ns && (*first_ns - *other.last_ns > far_ns || *other.first_ns - *last_ns > far_ns);
}

Bystanders::Bystanders(const JobView& view) {
  find_jobs(view);
  if (!jobs_.empty()) remove_larger(view);
  if (!jobs_.empty()) read_documents(view);
  if (!jobs_.empty()) remove_shared();
  if (!jobs_.empty()) describe_jobs();
}

void Bystanders::find_jobs(const JobView& view) {
  for (const auto& c : view.communicators()) {
    const bool whole = came_about(c);
    for (const auto& rank : c.ranks) {
      if (rank.machine().empty()) continue;
      auto& job = jobs_[view.jobs().of(rank.machine())];
      job.machines.insert(rank.machine());
      job.nranks = std::max(job.nranks, c.nranks.value_or(0));
      job.whole &= whole;
    }
  }
  std::erase_if(jobs_, [](const auto& entry) { return !entry.second.whole || entry.second.nranks < 2; });
  for (const auto& [number, job] : jobs_)
    for (const auto& machine : job.machines) job_of_machine_.emplace(machine, number);
}

Bystanders::Job* Bystanders::job_on(const std::string& machine) {
  const auto number = job_of_machine_.find(machine);
  const auto job = number == job_of_machine_.end() ? jobs_.end() : jobs_.find(number->second);
  return job == jobs_.end() ? nullptr : &job->second;
}

// Jobs whose lines tell of more ranks than their communicators have: of the others nothing is known.
void Bystanders::remove_larger(const JobView& view) {
  store::Statement s(view.store().database().get(),
                     fmt::format("SELECT machine, max(last) FROM (SELECT {0} AS machine, rank AS last FROM events WHERE rank IS NOT NULL UNION ALL "
                                 "SELECT {0}, CAST(attributes ->> 'world_size' AS INTEGER) - 1 FROM events WHERE kind = 'app.milestone' UNION ALL "
                                 "SELECT {0}, CAST(value AS INTEGER) - 1 FROM settings WHERE key IN ('WORLD_SIZE', 'SLURM_NTASKS', 'OMPI_COMM_WORLD_SIZE', 'PMI_SIZE')) "
                                 "GROUP BY machine",
                                 store::Visible::machine_of_row));
  while (s.step()) {
    const auto machine = s.text(0);
    if (const auto* job = job_on(machine); job != nullptr && s.integer(1) >= job->nranks) jobs_.erase(job_of_machine_.at(machine));
  }
}

void Bystanders::read_documents(const JobView& view) {
  auto* db = view.store().database().get();
  store::Statement documents(db, "SELECT id, path, host FROM documents");
  while (documents.step()) {
    auto& document = documents_[documents.integer(0)];
    document.folder = folder_of(documents.text(1));
    document.host = documents.text(2);
    if (!document.host.empty()) document.named.insert(document.host);
  }
  for (const char* table : {"events", "settings", "snapshots", "ranks"}) {
    store::Statement rows(db, fmt::format("SELECT DISTINCT document_id, {} AS machine FROM {}", store::Visible::machine_of_row, table));
    while (rows.step())
      if (auto machine = rows.text(1); !machine.empty()) documents_[rows.integer(0)].named.insert(std::move(machine));
  }
  for (auto& [id, document] : documents_)
    if (const auto dated = view.store().dated(id)) document.period = {dated->first, dated->second};
}

// Jobs the documents of whose machines speak of others: a cluster's or a launcher's view is no machine's own.
void Bystanders::remove_shared() {
  for (const auto& [id, document] : documents_)
    if (const auto* job = job_on(document.host); job != nullptr && !contains_all(job->machines, document.named)) jobs_.erase(job_of_machine_.at(document.host));
}

void Bystanders::describe_jobs() {
  for (const auto& [id, document] : documents_) {
    auto* job = document.named.empty() ? nullptr : job_on(*document.named.begin());
    if (job == nullptr || !contains_all(job->machines, document.named)) continue;
    job->by_host &= !document.host.empty();
    job->folders.insert(document.folder);
    job->period.add(document.period);
  }
}

Machines Bystanders::machines() const {
  Machines machines;
  for (const auto& [number, job] : jobs_) machines.insert(job.machines.begin(), job.machines.end());
  return machines;
}

std::set<std::int64_t> Bystanders::documents() const {
  std::set<std::int64_t> found;
  const auto all = machines();
  for (const auto& [id, document] : documents_)
    if (!document.named.empty() && contains_all(all, document.named)) found.insert(id);
  return found;
}

std::set<std::int64_t> Bystanders::documents_in_question() const {
  auto found = documents();
  for (const auto& [id, document] : documents_) {
    const auto may_be_its_own = [&unnamed = document](const auto& entry) { return may_be_of(entry.second, unnamed); };
    if (document.named.empty() && std::any_of(jobs_.begin(), jobs_.end(), may_be_its_own)) found.insert(id);
  }
  return found;
}

bool Bystanders::keep_well(const Spots& trouble, const Spots& progress) {
  const auto jobs_at = [&](const Spots& spots) {
    std::set<int> numbers;
    const auto add = [&](const std::string& machine) {
      if (const auto number = job_of_machine_.find(machine); number != job_of_machine_.end()) numbers.insert(number->second);
    };
    for (const auto& [machine, id] : spots) {
      if (!machine.empty()) add(machine);
      else for (const auto& named : documents_[id].named) add(named);  // of a document of several jobs each may be the one
    }
    return numbers;
  };
  const auto troubled = jobs_at(trouble), got_on = jobs_at(progress);
  return std::erase_if(jobs_, [&](const auto& entry) { return troubled.contains(entry.first) || !got_on.contains(entry.first); }) > 0;
}

// Only a document that names no machine at all leaves open whose it is. It is another's where the job's own were collected as
// those of their hosts and it lies elsewhere, or where it was written days before or after.
bool Bystanders::may_be_of(const Job& job, const Document& document) {
  return document.named.empty() && !(job.by_host && !job.folders.contains(document.folder)) && !job.period.far_from(document.period);
}

bool Bystanders::keep_apart(const Spots& trouble) {
  return std::erase_if(jobs_, [&](const auto& entry) {
           return std::all_of(trouble.begin(), trouble.end(), [&](const auto& spot) { return spot.first.empty() && may_be_of(entry.second, documents_[spot.second]); });
         }) > 0;
}

}  // namespace gpm::signals
