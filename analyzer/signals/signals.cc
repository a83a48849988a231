// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "analyzer/signals/bystanders.h"
#include "analyzer/signals/computed.h"
#include "analyzer/signals/queries.h"
#include "analyzer/signals/questions.h"
#include "analyzer/store/visible.h"

namespace gpm::signals {
namespace {

constexpr std::string_view progress_signal = "app.progress";

void sort_by_story(std::vector<Observation>& observations) {
  const auto key = [](const Observation& o) {
    return std::tuple(!o.utc_ns, o.utc_ns.value_or(0), std::string_view(o.document), o.line, std::string_view(o.text));
  };
  std::sort(observations.begin(), observations.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

// Where lines show trouble, and where that a job got on; of all lines, not only of those that are kept.
struct Seen {
  Spots trouble, progress;
};

class Evaluator {
 public:
  Evaluator(const kb::Knowledge& knowledge, const JobView& view, Seen* seen = nullptr) : knowledge_(knowledge), store_(view.store()), view_(view), seen_(seen) {}

  // `beside`: helps where that is worth it; only with the whole store.
  Findings run(scan::Worker* beside = nullptr) {
    find_asked();
    if (beside != nullptr) beside_.emplace(store_.database(), asked_, *beside);
    questions_.emplace(store_.database());
    for (const auto& signal : knowledge_.signals) resolve(signal);
    return std::move(findings_);
  }

 private:
  // Whether the signal is present. Combinations ask for their members first; the linter has refused cycles, done_ stops
  // those of a foreign knowledge base.
  bool resolve(const kb::Signal& signal) {
    const auto number = static_cast<std::size_t>(&signal - knowledge_.signals.data());
    if (done_[number]) return findings_.find(signal.id) != nullptr;
    done_[number] = true;
    Present present{&signal, {}, 0};
    if (!signal.pattern.empty() || !signal.query.empty()) {
      query(present);
    } else if (!signal.computed.empty()) {
      present.observations = compute(signal.computed, view_);
      present.total = present.observations.size();
    } else if (signal.topic.empty()) {  // topics are asked when nothing else decides (topic.h)
      combine(present, signal);
    }
    if (present.total == 0) return false;
    note_places(present);
    complete(present);
    findings_.present.emplace(std::string(signal.id), std::move(present));
    return true;
  }

  bool resolve(std::string_view id) {
    const auto signals = knowledge_.signals;
    const auto found = std::lower_bound(signals.begin(), signals.end(), id, [](const auto& signal, auto name) { return signal.id < name; });
    return found != signals.end() && found->id == id && resolve(*found);
  }

  // The signals with a query that may give rows.
  void find_asked() {
    std::string fact = "kind line.";
    const auto word = fact.size();
    for (const auto& signal : knowledge_.signals) {
      if (!signal.pattern.empty() ? view_.present().has(fact.replace(word, std::string::npos, signal.id))
                                  : !signal.query.empty() && view_.present().meet(signal.needs))
        asked_.push_back(&signal);
    }
  }

  void query(Present& present) {
    const auto asked = std::lower_bound(asked_.begin(), asked_.end(), present.signal);  // they lie in a row
    if (asked == asked_.end() || *asked != present.signal) return;
    if (beside_)
      if (auto rows = beside_->take(static_cast<std::size_t>(asked - asked_.begin()))) {
        present.observations = std::move(*rows);
        present.total = present.observations.size();
        return;
      }
    try {
      // Rows come in SQLite's order; all are looked at, so that the kept ones do not depend on it.
      questions_->ask(*present.signal, [&](Observation row) {
        ++present.total;
        present.observations.push_back(std::move(row));
        if (present.observations.size() >= 50 * max_observations) {
          note_places(present);
          complete(present);
        }
        return true;
      });
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

  void note_places(const Present& present) {
    if (seen_ == nullptr) return;
    const auto note = [&](Spots& spots) {
      for (const auto& o : present.observations) spots.emplace(o.place.host.empty() ? o.place.pod : o.place.host, o.document_id);
    };
    if (shows_trouble(present)) note(seen_->trouble);
    if (present.signal->id == progress_signal) note(seen_->progress);
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
      select_path_.bind(1, document);
      if (select_path_.step()) entry->second = select_path_.text(0);
      select_path_.reset();
    }
    return entry->second;
  }

  const kb::Knowledge& knowledge_;
  store::Store& store_;
  const JobView& view_;
  Seen* seen_;
  std::vector<const kb::Signal*> asked_;
  std::optional<AnswersBeside> beside_;
  std::vector<bool> done_ = std::vector<bool>(knowledge_.signals.size());
  std::map<std::int64_t, std::string> paths_;
  std::optional<Questions> questions_;
  store::Statement select_path_{store_.database().get(), "SELECT path FROM main.documents WHERE id = ?"};
  Findings findings_;
};

}  // namespace

bool shows_trouble(const Present& present) {
  return present.signal->role == kb::Role::candidate || present.signal->role == kb::Role::consequence;
}

bool Findings::trouble() const {
  return std::any_of(present.begin(), present.end(), [](const auto& entry) { return shows_trouble(entry.second); });
}

bool Findings::may_hold(std::initializer_list<std::string_view> some) const {
  return !facts || std::any_of(some.begin(), some.end(), [&](std::string_view fact) { return facts->has(fact); });
}

Findings evaluate(const kb::Knowledge& knowledge, store::Store& store, scan::Worker& beside) {
  constexpr int max_rounds = 4;  // what is not settled then takes part
  using store::Visible;
  const JobView all(store);
  Bystanders bystanders(all);
  const auto look = [&](Visible::Which which, Seen& seen) {
    const Visible visible(store.database(), which, bystanders.machines(),
                          which == Visible::Which::only ? bystanders.documents_in_question() : bystanders.documents());
    return Evaluator(knowledge, JobView(store), &seen).run();
  };
  for (int round = 0; round < max_rounds && !bystanders.empty(); ++round) {
    Seen theirs, others;
    look(Visible::Which::only, theirs);
    if (bystanders.keep_well(theirs.trouble, theirs.progress)) continue;
    auto findings = look(Visible::Which::all_but, others);
    if (others.trouble.empty()) break;  // nothing is wrong anywhere: nobody stands by
    if (bystanders.keep_apart(others.trouble)) continue;
    findings.bystanders = bystanders.machines();
    findings.facts = all.shared_present();
    return findings;
  }
  auto findings = Evaluator(knowledge, all).run(&beside);
  findings.facts = all.shared_present();
  return findings;
}

}  // namespace gpm::signals
