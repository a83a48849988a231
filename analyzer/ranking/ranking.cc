// SPDX-License-Identifier: Apache-2.0
#include "analyzer/ranking/ranking.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "analyzer/ranking/order_in_time.h"
#include "analyzer/ranking/sum.h"

namespace gpm::ranking {
namespace {

constexpr double listed_at_least = 0.02;  // less is noise in a list

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

// Those with a signal that is present: no other can have anything for it.
std::vector<const kb::Cause*> with_evidence(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  std::unordered_set<std::string_view> present;
  for (const auto& [id, observed] : findings.present) present.insert(id);
  std::vector<const kb::Cause*> causes;
  for (const auto& cause : knowledge.causes)
    if (std::any_of(cause.uses.begin(), cause.uses.end(), [&](const auto& use) { return present.contains(use.signal); })) causes.push_back(&cause);
  return causes;
}

// The causes in the order in which they explain: the best one accounts for what follows from it, then the next best of what
// is left. A cause whose evidence follows from another that stands is not the best, however much evidence it has.
std::vector<Candidate> settle(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  const auto causes = with_evidence(knowledge, findings);
  const Over over = find_over(causes, findings);
  Explained explained;
  std::set<std::string_view> settled;
  std::vector<Candidate> order;
  for (;;) {
    std::vector<Candidate> open;
    for (const auto* cause : causes)
      if (settled.count(cause->id) == 0)
        if (auto c = add_up(*cause, findings, explained, over); c.has_for) open.push_back(std::move(c));
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

std::vector<RankedCause> rank(const kb::Knowledge& knowledge, const signals::Findings& findings) {
  std::vector<Candidate> order = settle(knowledge, findings);

  std::vector<RankedCause> result;
  std::vector<std::pair<int, std::set<std::string>>> incidents;  // number and places
  for (auto& candidate : order) {
    auto& ranked = candidate.ranked;
    if (ranked.over) continue;
    const auto places = places_of(ranked, findings);
    const bool apart = !incidents.empty() && has_decisive(ranked) && ranked.score > 0 &&
                       std::all_of(incidents.begin(), incidents.end(), [&](const auto& i) { return disjoint(i.second, places); });
    if (incidents.empty() || apart) {
      incidents.emplace_back(static_cast<int>(incidents.size()) + 1, places);
      ranked.incident = incidents.back().first;
    }
    result.push_back(std::move(ranked));
  }
  const int past = static_cast<int>(incidents.size()) + 1;
  for (auto& candidate : order)
    if (candidate.ranked.over) {
      candidate.ranked.incident = past;
      result.push_back(std::move(candidate.ranked));
    }
  set_confidence(result);
  std::erase_if(result, [](const RankedCause& c) { return c.confidence < listed_at_least; });
  std::stable_sort(result.begin(), result.end(), [](const RankedCause& a, const RankedCause& b) {
    return std::tuple(-a.confidence, a.incident) < std::tuple(-b.confidence, b.incident);
  });
  return result;
}

}  // namespace gpm::ranking
