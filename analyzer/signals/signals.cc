// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "analyzer/signals/computed.h"
#include "analyzer/signals/rows.h"
#include "kb/query_rights.h"

namespace gpm::signals {
namespace {

constexpr int progress_every = 10'000;    // SQLite instructions between two looks at the budget
constexpr int progress_budget = 20'000;   // looks; two hundred million instructions in all

int spend(void* budget) { return --*static_cast<int*>(budget) < 0; }

// The rights and the time that a query has; ends with the scope.
class Guard {
 public:
  explicit Guard(sqlite3* db) : db_(db) {
    sqlite3_set_authorizer(db, kb::query_right, nullptr);
    sqlite3_progress_handler(db, progress_every, spend, &budget_);
  }
  ~Guard() {
    sqlite3_set_authorizer(db_, nullptr, nullptr);
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  sqlite3* db_;
  int budget_ = progress_budget;
};

void sort_by_story(std::vector<Observation>& observations) {
  const auto key = [](const Observation& o) {
    return std::tuple(!o.utc_ns, o.utc_ns.value_or(0), std::string_view(o.document), o.line, std::string_view(o.text));
  };
  std::sort(observations.begin(), observations.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

class Evaluator {
 public:
  Evaluator(const kb::Knowledge& knowledge, store::Store& store) : knowledge_(knowledge), store_(store), view_(store) {}

  Findings run() {
    for (const auto& signal : knowledge_.signals) by_id_[signal.id] = &signal;
    for (const auto& signal : knowledge_.signals) resolve(signal);
    return std::move(findings_);
  }

 private:
  // Whether the signal is present. Combinations ask for their members first; the linter has refused cycles, done_ stops
  // those of a foreign knowledge base.
  bool resolve(const kb::Signal& signal) {
    if (!done_.insert(signal.id).second) return findings_.present.count(std::string(signal.id)) > 0;
    Present present{&signal, {}, 0};
    if (!signal.pattern.empty()) {
      query(present, "SELECT * FROM events WHERE kind = ?1", "line." + std::string(signal.id));
    } else if (!signal.query.empty()) {
      query(present, signal.query, {});
    } else if (!signal.computed.empty()) {
      present.observations = compute(signal.computed, view_);
      present.total = present.observations.size();
    } else if (signal.topic.empty()) {  // topics are asked when nothing else decides (topic.h)
      combine(present, signal);
    }
    if (present.total == 0) return false;
    complete(present);
    findings_.present.emplace(std::string(signal.id), std::move(present));
    return true;
  }

  bool resolve(std::string_view id) {
    const auto found = by_id_.find(id);
    return found != by_id_.end() && resolve(*found->second);
  }

  void query(Present& present, std::string_view sql, const std::string& argument) {
    try {
      Guard guard(store_.database().get());
      store::Statement statement(store_.database().get(), sql);
      if (!argument.empty()) statement.bind(1, std::string_view(argument));
      const Row row(statement);
      // Rows come in SQLite's order; all are looked at, so that the kept ones do not depend on it.
      while (statement.step()) {
        ++present.total;
        present.observations.push_back(row.observation());
        if (present.observations.size() >= 50 * max_observations) complete(present);
      }
    } catch (const store::SqliteError& error) {
      findings_.errors.push_back(fmt::format("signal {}: {}", present.signal->id, error.what()));
      present = Present{present.signal, {}, 0};
    }
  }

  void combine(Present& present, const kb::Signal& signal) {
    std::vector<std::string_view> members;
    for (auto id : signal.none)
      if (resolve(id)) return;
    for (auto id : signal.all) {
      if (!resolve(id)) return;
      members.push_back(id);
    }
    bool one = signal.any.empty();
    for (auto id : signal.any)
      if (resolve(id)) {
        one = true;
        members.push_back(id);
      }
    if (!one) return;
    for (auto id : members) {
      const auto& member = findings_.present.find(id)->second;
      present.total += member.total;
      present.observations.insert(present.observations.end(), member.observations.begin(), member.observations.end());
    }
  }

  // Paths, order, bound.
  void complete(Present& present) {
    for (auto& o : present.observations)
      if (o.document.empty()) {
        o.document = path_of(o.document_id);
        o.not_before_ns = store_.not_before(o.document_id, o.line, o.since_boot_ns);
      }
    sort_by_story(present.observations);
    if (present.observations.size() > max_observations) present.observations.resize(max_observations);
  }

  const std::string& path_of(std::int64_t document) {
    auto [entry, is_new] = paths_.try_emplace(document);
    if (is_new) {
      store::Statement select(store_.database().get(), "SELECT path FROM documents WHERE id = ?");
      select.bind(1, document);
      if (select.step()) entry->second = select.text(0);
    }
    return entry->second;
  }

  const kb::Knowledge& knowledge_;
  store::Store& store_;
  const JobView view_;
  std::map<std::string_view, const kb::Signal*> by_id_;
  std::set<std::string_view> done_;
  std::map<std::int64_t, std::string> paths_;
  Findings findings_;
};

}  // namespace

Findings evaluate(const kb::Knowledge& knowledge, store::Store& store) { return Evaluator(knowledge, store).run(); }

}  // namespace gpm::signals
