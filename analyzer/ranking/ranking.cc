// SPDX-License-Identifier: Apache-2.0
#include "analyzer/ranking/ranking.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace gpm::ranking {
namespace {

constexpr double listed_at_least = 0.02;  // less is noise in a list
constexpr std::int64_t day_ns = 86'400'000'000'000;

struct Candidate {
  RankedCause ranked;
  bool has_for = false;
};

bool speaks_for(kb::Weight weight) { return weight != kb::Weight::against && weight != kb::Weight::rules_out; }

using Explained = std::map<std::string_view, std::string_view>;  // a signal and the cause that accounts for it
using Over = std::set<std::string_view>;  // causes whose evidence was over long before that of another

Candidate add_up(const kb::Cause& cause, const signals::Findings& findings, const Explained& explained, const Over& over) {
  Candidate c;
  c.ranked.cause = &cause;
  c.ranked.score = prior_of(cause.prior);
  std::map<std::string_view, std::size_t> best_of_family;
  for (const auto& use : cause.uses) {
    if (!findings.find(use.signal)) continue;
    Term term{&use, weight_of(use.weight), {}};
    if (const auto by = explained.find(use.signal); by != explained.end() && by->second != cause.id && speaks_for(use.weight)) {
      term.weight = 0;
      term.not_counted = "explained by " + std::string(by->second);
    } else if (!use.family.empty()) {
      const auto [entry, is_new] = best_of_family.emplace(use.family, c.ranked.terms.size());
      if (!is_new) {
        auto& former = c.ranked.terms[entry->second];
        auto& lighter = std::abs(former.weight) >= std::abs(term.weight) ? term : former;
        if (&lighter == &former) entry->second = c.ranked.terms.size();
        lighter.weight = 0;
        lighter.not_counted = "family " + std::string(use.family);
      }
    }
    if (over.count(cause.id) > 0 && term.weight > weight_of(kb::Weight::weak)) {
      term.weight = weight_of(kb::Weight::weak);
      term.not_counted = "in full, over long before the rest";
    }
    c.ranked.terms.push_back(std::move(term));
  }
  for (const auto& term : c.ranked.terms) {
    c.ranked.score += term.weight;
    c.has_for |= term.weight > 0;
  }
  return c;
}

// The lines that show trouble and count for the cause; of combinations those of their members. Nothing where not all of them
// are known.
class TroubleLines {
 public:
  explicit TroubleLines(const signals::Findings& findings) : findings_(findings) {}

  std::optional<std::vector<const signals::Observation*>> of(const RankedCause& ranked) {
    for (const auto& term : ranked.terms)
      if (term.weight > 0) add(term.use->signal);
    if (!complete_) return std::nullopt;
    return std::move(lines_);
  }

 private:
  void add(std::string_view id) {
    const auto* present = findings_.find(id);
    if (!present || !seen_.insert(present->signal->id).second) return;
    const auto& signal = *present->signal;
    if (!signal.all.empty() || !signal.any.empty()) {
      for (const auto& members : {signal.all, signal.any})
        for (auto member : members) add(member);
      return;
    }
    if (signal.role != kb::Role::candidate && signal.role != kb::Role::consequence) return;
    complete_ &= present->total <= present->observations.size();
    for (const auto& o : present->observations) lines_.push_back(&o);
  }

  const signals::Findings& findings_;
  std::set<std::string_view> seen_;
  std::vector<const signals::Observation*> lines_;
  bool complete_ = true;
};

// How long after `early` the line `late` was written, at least; nothing where no clock tells.
std::optional<std::int64_t> time_between(const signals::Observation& early, const signals::Observation& late) {
  const auto end = early.last_utc_ns ? early.last_utc_ns : early.utc_ns;
  const auto start = late.utc_ns ? late.utc_ns : late.document_utc_ns;
  if (end && start && (late.utc_ns || early.document != late.document)) return *start - *end;
  if (early.since_boot_ns && late.since_boot_ns && early.document == late.document && early.count == 1)
    return *late.since_boot_ns - *early.since_boot_ns;
  return std::nullopt;
}

// What the kernel says of a process is over when the process is; a board or a setting may still be at fault days later.
bool ended_with_its_process(const RankedCause& ranked, const std::vector<const signals::Observation*>& lines) {
  return ranked.cause->hardware != kb::Hardware::suspect &&
         std::all_of(lines.begin(), lines.end(), [](const auto* o) { return o->place.pid.has_value(); });
}

// Whether all that speaks for `early` was over a day before anything that speaks for `late`, and accounts for none of it.
bool over_long_before(const Candidate& early, const Candidate& late, const signals::Findings& findings) {
  const auto before = TroubleLines(findings).of(early.ranked), after = TroubleLines(findings).of(late.ranked);
  if (!before || !after || before->empty()) return false;
  const auto explains = early.ranked.cause->explains;
  if (!ended_with_its_process(early.ranked, *before) &&
      std::any_of(late.ranked.terms.begin(), late.ranked.terms.end(),
                  [&](const Term& t) { return t.weight > 0 && std::find(explains.begin(), explains.end(), t.use->signal) != explains.end(); }))
    return false;
  return std::all_of(before->begin(), before->end(), [&](const auto* b) {
    bool known = false;
    for (const auto* a : *after) {
      const auto between = time_between(*b, *a);
      if (between && *between < day_ns) return false;
      known |= between.has_value();
    }
    return known;
  });
}

Over find_over(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  std::vector<Candidate> likely;
  for (const auto& cause : knowledge.causes)
    if (auto c = add_up(cause, findings, {}, {}); c.ranked.score > 0) likely.push_back(std::move(c));
  Over over;
  for (const auto& early : likely)
    if (std::any_of(likely.begin(), likely.end(), [&](const auto& late) { return over_long_before(early, late, findings); }))
      over.insert(early.ranked.cause->id);
  return over;
}

bool better(const Candidate& a, const Candidate& b) {
  return std::tuple(-a.ranked.score, a.ranked.cause->symptom, a.ranked.cause->id) <
         std::tuple(-b.ranked.score, b.ranked.cause->symptom, b.ranked.cause->id);
}

// Hosts and GPUs that the counted evidence of a cause names; empty = nothing that tells places apart.
std::set<std::string> places_of(const RankedCause& ranked, const signals::Findings& findings) {
  std::set<std::string> places;
  for (const auto& term : ranked.terms) {
    if (term.weight <= 0) continue;
    for (const auto& o : findings.find(term.use->signal)->observations)
      if (!o.place.host.empty()) places.insert(o.place.host + "/" + o.place.pci);
  }
  return places;
}

bool disjoint(const std::set<std::string>& a, const std::set<std::string>& b) {
  return !a.empty() && !b.empty() && std::none_of(a.begin(), a.end(), [&](const auto& place) { return b.count(place) > 0; });
}

bool has_decisive(const RankedCause& ranked) {
  return std::any_of(ranked.terms.begin(), ranked.terms.end(),
                     [](const Term& t) { return t.weight > 0 && t.use->weight == kb::Weight::decisive; });
}

// What follows from a cause is added to what is explained. Only a cause that is more likely than not accounts for anything.
void explain_with(const Candidate& candidate, Explained& explained) {
  if (candidate.ranked.score <= 0) return;
  for (auto signal : candidate.ranked.cause->explains) explained.emplace(signal, candidate.ranked.cause->id);
}

// Whether `earlier` comes before `later` in the chain of events: it accounts for much of what speaks for `later`, and
// nothing of its own is accounted for in turn.
bool comes_before(const Candidate& earlier, const Candidate& later, const signals::Findings& findings, const Explained& explained,
                  const Over& over) {
  constexpr double much = 1.0;  // log-odds
  if (earlier.ranked.score <= 0) return false;
  Explained with_earlier = explained, with_later = explained;
  explain_with(earlier, with_earlier);
  explain_with(later, with_later);
  return add_up(*later.ranked.cause, findings, with_earlier, over).ranked.score <= later.ranked.score - much &&
         add_up(*earlier.ranked.cause, findings, with_later, over).ranked.score >= earlier.ranked.score;
}

// The causes in the order in which they explain: the best one accounts for what follows from it, then the next best of what
// is left. A cause whose evidence follows from another that stands is not the best, however much evidence it has.
std::vector<Candidate> settle(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  const Over over = find_over(knowledge, findings);
  Explained explained;
  std::set<std::string_view> settled;
  std::vector<Candidate> order;
  for (;;) {
    std::vector<Candidate> open;
    for (const auto& cause : knowledge.causes)
      if (settled.count(cause.id) == 0)
        if (auto c = add_up(cause, findings, explained, over); c.has_for) open.push_back(std::move(c));
    if (open.empty()) return order;
    std::sort(open.begin(), open.end(), better);
    const Candidate* best = &open.front();
    for (std::size_t step = 0; step < open.size(); ++step) {
      const auto before = std::find_if(open.begin(), open.end(), [&](const auto& c) {
        return c.ranked.cause != best->ranked.cause && comes_before(c, *best, findings, explained, over);
      });
      if (before == open.end()) break;
      best = &*before;
    }
    settled.insert(best->ranked.cause->id);
    explain_with(*best, explained);
    order.push_back(*best);
  }
}

void set_confidence(std::vector<RankedCause>& causes) {
  std::map<int, double> totals;
  for (const auto& c : causes) totals.try_emplace(c.incident, 1.0).first->second += std::exp(c.score);
  for (auto& c : causes) c.confidence = std::round(std::exp(c.score) / totals[c.incident] * 1000) / 1000;
}

}  // namespace

double weight_of(kb::Weight weight) {
  switch (weight) {
    case kb::Weight::decisive: return 4.5;
    case kb::Weight::strong: return 2.6;
    case kb::Weight::moderate: return 1.3;
    case kb::Weight::weak: return 0.5;
    case kb::Weight::against: return -1.6;
    case kb::Weight::rules_out: return -9.0;
  }
  return 0;
}

double prior_of(kb::Prior prior) {
  switch (prior) {
    case kb::Prior::common: return -1.2;
    case kb::Prior::usual: return -1.8;
    case kb::Prior::rare: return -2.6;
  }
  return 0;
}

std::vector<RankedCause> rank(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  std::vector<Candidate> order = settle(knowledge, findings);

  std::vector<RankedCause> result;
  std::vector<std::pair<int, std::set<std::string>>> incidents;  // number and places
  for (auto& candidate : order) {
    auto& ranked = candidate.ranked;
    const auto places = places_of(ranked, findings);
    const bool apart = !incidents.empty() && has_decisive(ranked) && ranked.score > 0 &&
                       std::all_of(incidents.begin(), incidents.end(), [&](const auto& i) { return disjoint(i.second, places); });
    if (incidents.empty() || apart) {
      incidents.emplace_back(static_cast<int>(incidents.size()) + 1, places);
      ranked.incident = incidents.back().first;
    }
    result.push_back(std::move(ranked));
  }
  set_confidence(result);
  std::erase_if(result, [](const RankedCause& c) { return c.confidence < listed_at_least; });
  std::stable_sort(result.begin(), result.end(), [](const RankedCause& a, const RankedCause& b) {
    return std::tuple(-a.confidence, a.incident) < std::tuple(-b.confidence, b.incident);
  });
  return result;
}

}  // namespace gpm::ranking
