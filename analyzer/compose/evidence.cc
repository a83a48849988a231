// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analyzer/compose/clock.h"
#include "parsers/text/wrapper.h"

namespace gpm::compose {
namespace {

class Quotes {
 public:
  Quotes(const signals::Findings& findings, const std::string& language) : findings_(findings), language_(language) {}

  void add(std::string_view id, bool against) {
    const auto* present = findings_.find(id);
    if (!present) return;
    const auto& signal = *present->signal;
    if (signal.all.empty() && signal.any.empty()) {
      add_lines(*present, against, evidence_per_signal);
      return;
    }
    add_members(signal, against);
  }

  std::vector<report::Evidence> take() { return std::move(list_); }

 private:
  // The linter has refused cycles; `open_` stops those of a foreign knowledge base.
  void add_members(const kb::Signal& signal, bool against) {
    if (!open_.insert(signal.id).second) return;
    for (const auto& members : {signal.all, signal.any})
      for (auto id : members) {
        const auto* member = findings_.find(id);
        if (!member) continue;
        if (member->signal->all.empty() && member->signal->any.empty())
          add_lines(*member, against, evidence_per_member);
        else
          add_members(*member->signal, against);
      }
  }

  void add_lines(const signals::Present& present, bool against, std::size_t most) {
    std::size_t shown = 0;
    std::map<std::string, std::string, std::less<>> document_of;  // of each message, where it was quoted first
    for (const auto& o : present.observations) {
      if (shown == most) break;
      std::string scratch;
      const auto message = text::unwrap(1, o.text, scratch).message;
      if (document_of.emplace(message, o.document).first->second != o.document) continue;
      if (!lines_.emplace(against, o.document, o.line).second) continue;
      ++shown;
      report::Evidence e;
      e.signal = present.signal->id;
      e.signal_title = present.signal->title.in(language_);
      e.against = against;
      e.document = o.document;
      e.line = o.line;
      e.text = o.text;
      if (o.utc_ns) e.time = rfc3339(*o.utc_ns, o.time_precision_ms);
      e.time_precision_ms = o.time_precision_ms;
      e.time_from = o.time_from;
      e.count = o.count;
      list_.push_back(std::move(e));
    }
  }

  const signals::Findings& findings_;
  const std::string& language_;
  // A line that speaks for one signal and against by another stands on both sides.
  std::set<std::tuple<bool, std::string, std::uint64_t>> lines_;
  std::set<std::string_view> open_;
  std::vector<report::Evidence> list_;
};

}  // namespace

std::vector<report::Evidence> quote_evidence(const ranking::RankedCause& ranked, const signals::Findings& findings,
                                             const std::string& language) {
  std::vector<const ranking::Term*> terms;
  for (const auto& term : ranked.terms)
    if (term.reduced != ranking::Reduced::explained) terms.push_back(&term);
  std::stable_sort(terms.begin(), terms.end(), [](const auto* a, const auto* b) {
    return ranking::weight_of(a->use->weight) > ranking::weight_of(b->use->weight);
  });
  Quotes quotes(findings, language);
  for (const auto* term : terms) quotes.add(term->use->signal, ranking::weight_of(term->use->weight) < 0);
  return quotes.take();
}

}  // namespace gpm::compose
