// SPDX-License-Identifier: Apache-2.0
#include "analyzer/ranking/order_in_time.h"

#include <algorithm>
#include <optional>
#include <set>

namespace gpm::ranking {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

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

constexpr std::int64_t zones_apart_ns = 14 * 3600 * 1'000'000'000LL;

// Whether the time is UTC and not a local clock that is taken for it.
bool surely_utc(const signals::Observation& o) {
  return o.utc_ns && (o.time_from == "stated" || o.time_from == "inferred-zone" || o.time_from == "inferred-year-and-zone" ||
                      o.time_from == "anchored-boot");
}

// How long after `early` the line `late` was written, at least; nothing where no clock tells.
std::optional<std::int64_t> time_between(const signals::Observation& early, const signals::Observation& late) {
  const auto end = early.last_utc_ns ? early.last_utc_ns : early.utc_ns;
  const auto start = late.utc_ns ? late.utc_ns : late.not_before_ns;
  if (end && start && (late.utc_ns || early.document != late.document))
    return *start - *end - (surely_utc(early) != surely_utc(late) && early.document != late.document ? zones_apart_ns : 0);
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

}  // namespace

Over find_over(std::span<const kb::Cause* const> causes, const signals::Findings& findings) {
  std::vector<Candidate> likely;
  for (const auto* cause : causes)
    if (auto c = add_up(*cause, findings, {}, {}); c.ranked.score > 0) likely.push_back(std::move(c));
  Over over;
  for (const auto& early : likely)
    if (std::any_of(likely.begin(), likely.end(), [&](const auto& late) { return over_long_before(early, late, findings); }))
      over.insert(early.ranked.cause->id);
  return over;
}

}  // namespace gpm::ranking
