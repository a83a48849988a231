// SPDX-License-Identifier: Apache-2.0
#include "analyzer/ranking/sum.h"

#include <algorithm>
#include <cmath>

namespace gpm::ranking {
namespace {

// Of a guess by itself: 52 %, however good guesses are (analyzer/signals/topic.cc): just enough to be the answer.
constexpr double even_odds = 0.1;

bool speaks_for(kb::Weight weight) { return weight != kb::Weight::against && weight != kb::Weight::rules_out; }

}  // namespace

double weight_of(kb::Weight weight) {
  switch (weight) {
    case kb::Weight::decisive: return 4.5;
    case kb::Weight::strong: return 2.6;
    case kb::Weight::moderate: return 1.3;
    case kb::Weight::weak: return 0.5;
    case kb::Weight::guess: return 0;  // what a guess brings depends on the cause: add_up
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

Candidate add_up(const kb::Cause& cause, const signals::Findings& findings, const Explained& explained, const Over& over) {
  Candidate c;
  c.ranked.cause = &cause;
  c.ranked.score = prior_of(cause.prior);
  c.ranked.over = over.count(cause.id) > 0;
  bool counted = false;
  std::map<std::string_view, std::size_t> best_of_family;
  for (const auto& use : cause.uses) {
    if (!findings.find(use.signal)) continue;
    Term term{&use, weight_of(use.weight)};
    if (const auto by = explained.find(use.signal); by != explained.end() && by->second != cause.id && speaks_for(use.weight)) {
      term.weight = 0;
      term.reduced = Reduced::explained;
      term.explained_by = by->second;
    } else if (!use.family.empty()) {
      const auto [entry, is_new] = best_of_family.emplace(use.family, c.ranked.terms.size());
      if (!is_new) {
        auto& former = c.ranked.terms[entry->second];
        auto& lighter = std::abs(former.weight) >= std::abs(term.weight) ? term : former;
        if (&lighter == &former) entry->second = c.ranked.terms.size();
        lighter.weight = 0;
        lighter.reduced = Reduced::family;
      }
    }
    if (c.ranked.over && term.weight > 0) {
      term.weight = counted ? 0 : weight_of(kb::Weight::weak);
      term.reduced = Reduced::over;
      counted = true;
    }
    c.ranked.terms.push_back(term);
  }
  double with_all_for = c.ranked.score;
  for (const auto& term : c.ranked.terms) with_all_for += std::max(0.0, term.weight);
  for (auto& term : c.ranked.terms) {
    if (term.use->weight == kb::Weight::guess && term.reduced == Reduced::no) term.weight = std::max(0.0, even_odds - with_all_for);
    c.ranked.score += term.weight;
    c.has_for |= term.weight > 0;
  }
  return c;
}

}  // namespace gpm::ranking
