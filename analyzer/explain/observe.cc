// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/observe.h"

#include <algorithm>
#include <set>

#include "analyzer/scan/scanner.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::explain {
namespace {

constexpr const char* event_sql =
    "SELECT id, kind, code, pci, gpu_index, gpu_uuid, host, rank, process, pid, pod, container FROM events "
    "WHERE kind NOT LIKE 'line.%' ORDER BY line, id";
constexpr const char* attribute_sql =
    "SELECT a.key, a.value FROM events e, json_each(e.attributes) a WHERE e.id = ? AND a.key <> 'detail' AND a.value <> '' ORDER BY a.key";
constexpr const char* setting_sql = "SELECT scope || ' ' || key, value FROM settings ORDER BY line, id";
constexpr const char* snapshot_sql = "SELECT metric, text FROM snapshots ORDER BY line, id";
constexpr const char* is_fact_sql =
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM events WHERE text = ?1 AND line = ?2) OR EXISTS (SELECT 1 FROM settings WHERE "
    "text = ?1 AND line = ?2) OR EXISTS (SELECT 1 FROM snapshots WHERE text = ?1 AND line = ?2)";

void add_fact(Seen& seen, Fact fact) {
  if (seen.facts.size() < max_facts)
    seen.facts.push_back(std::move(fact));
  else
    ++seen.facts_omitted;
}

void read_events(store::Database& db, Seen& seen) {
  store::Statement events(db.get(), event_sql), attributes(db.get(), attribute_sql);
  while (events.step()) {
    Fact fact;
    fact.kind = events.text(1);
    fact.code = events.maybe_integer(2);
    for (int column = 3; column < events.columns(); ++column)
      if (auto value = events.text(column); !value.empty())
        fact.values.emplace_back(std::string(events.column_name(column)), std::move(value));
    attributes.bind(1, events.integer(0));
    while (attributes.step()) fact.values.emplace_back(attributes.text(0), attributes.text(1));
    attributes.reset();
    add_fact(seen, std::move(fact));
  }
}

void read_pairs(store::Database& db, const char* sql, const char* kind, Seen& seen) {
  store::Statement rows(db.get(), sql);
  while (rows.step()) {
    Fact fact;
    fact.kind = kind;
    fact.values.emplace_back(rows.text(0), rows.text(1));
    add_fact(seen, std::move(fact));
  }
}

// Confirmations last: they say least of a line that stands alone.
int story_order(kb::Role role) { return role == kb::Role::confirmation ? 100 : static_cast<int>(role); }

int heaviness(kb::Weight weight) { return static_cast<int>(weight); }

// Which of the signals that are present this text raises. What is only missing ("the log holds no Xid") shows a text that
// no line holds; a combination is raised if its parts are, unless it also asks for the absence of others: one line cannot
// tell.
class Raised {
 public:
  Raised(const signals::Findings& findings, store::Database& db) : findings_(findings), is_fact_(db.get(), is_fact_sql) {}

  bool operator()(std::string_view id, int depth = 0) {
    const auto* present = findings_.find(id);
    if (present == nullptr || depth > max_depth) return false;
    const auto known = known_.find(present->signal->id);
    if (known != known_.end()) return known->second;
    const bool raised = decide(*present, depth);
    known_.emplace(present->signal->id, raised);
    return raised;
  }

 private:
  static constexpr int max_depth = 32;  // of combinations of combinations: a folder of knowledge must not exhaust the stack

  bool decide(const signals::Present& present, int depth) {
    const auto& signal = *present.signal;
    if (signal.all.empty() && signal.any.empty()) return shows_a_fact(present);
    const auto part = [&](std::string_view each) { return (*this)(each, depth + 1); };
    return signal.none.empty() && std::all_of(signal.all.begin(), signal.all.end(), part) &&
           (signal.any.empty() || std::any_of(signal.any.begin(), signal.any.end(), part));
  }

  bool shows_a_fact(const signals::Present& present) {
    return std::any_of(present.observations.begin(), present.observations.end(), [&](const signals::Observation& o) {
      is_fact_.bind(1, std::string_view(o.text));
      is_fact_.bind(2, static_cast<std::int64_t>(o.line));
      const bool found = is_fact_.step();
      is_fact_.reset();
      return found;
    });
  }

  const signals::Findings& findings_;
  store::Statement is_fact_;
  std::map<std::string_view, bool> known_;
};

}  // namespace

std::string_view Fact::value(std::string_view name) const {
  for (const auto& [key, value] : values)
    if (key == name) return value;
  return {};
}

Seen observe(std::string_view text, const kb::Knowledge& knowledge) {
  store::Store store("explain", true);
  scan::Scanner scanner(knowledge, store);
  scanner.begin("line");
  scanner.data(text);
  scanner.data("\n");
  scanner.end("ok", "");
  store.finish(scanner.content_hash());

  Seen seen;
  read_events(store.database(), seen);
  read_pairs(store.database(), setting_sql, "setting", seen);
  read_pairs(store.database(), snapshot_sql, "snapshot", seen);
  scan::Worker beside;
  const auto findings = signals::evaluate(knowledge, store, beside);
  Raised raised(findings, store.database());
  for (const auto& [id, present] : findings.present)
    if (raised(id)) seen.signals.push_back(present.signal);
  std::stable_sort(seen.signals.begin(), seen.signals.end(),
                   [](const kb::Signal* a, const kb::Signal* b) { return story_order(a->role) < story_order(b->role); });
  return seen;
}

bool is_against(kb::Weight weight) { return weight == kb::Weight::against || weight == kb::Weight::rules_out; }

std::vector<Spoken> speaks_for(const kb::Knowledge& knowledge, const std::vector<const kb::Signal*>& signals) {
  std::set<std::string_view> ids;
  for (const auto* signal : signals) ids.insert(signal->id);
  std::vector<Spoken> spoken;
  for (const auto& cause : knowledge.causes) {
    const kb::Use* best = nullptr;
    for (const auto& use : cause.uses)
      if (ids.contains(use.signal) && (best == nullptr || heaviness(use.weight) < heaviness(best->weight))) best = &use;
    if (best != nullptr) spoken.push_back({&cause, best});
  }
  std::stable_sort(spoken.begin(), spoken.end(),
                   [](const Spoken& a, const Spoken& b) { return heaviness(a.use->weight) < heaviness(b.use->weight); });
  return spoken;
}

}  // namespace gpm::explain
