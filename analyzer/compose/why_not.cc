// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/why_not.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "kb/lookup.h"

namespace gpm::compose {
namespace {

constexpr std::size_t titles_shown = 3;

using Sentence = kb::Text;  // {} as in fmt

constexpr Sentence more_for_first{"\"{0}\" has more for it: {1}.", "“{0}”的证据更强：{1}。"};
constexpr Sentence as_much_for_both{"\"{0}\" has as much for it: {1}.", "“{0}”的证据同样充分：{1}。"};
constexpr Sentence follows{"What would speak for this one follows from \"{0}\": {1}.", "本可支持此项的现象是“{0}”的后果：{1}。"};
constexpr Sentence against{"Against it: {0}.", "与之不符：{0}。"};
constexpr Sentence that_is_against{"That speaks against this one.", "这一现象与此项不符。"};
constexpr Sentence was_over{"What speaks for it was over a day before the rest.", "支持它的现象比其余现象早一天以上就已结束。"};
constexpr Sentence not_seen{"Not seen, and it would decide for it: {0}.", "若出现则可定论、但未见到：{0}。"};

class Reasons {
 public:
  Reasons(const kb::Knowledge& knowledge, const signals::Findings& findings, const std::string& language)
      : knowledge_(knowledge), findings_(findings), language_(language), chinese_(language == "zh") {}

  void lead(const ranking::RankedCause& first, const ranking::RankedCause& second) {
    const ranking::Term* heaviest = nullptr;
    for (const auto& term : first.terms)
      if (term.weight > 0 && (heaviest == nullptr || term.weight > heaviest->weight)) heaviest = &term;
    if (heaviest == nullptr) return;
    const auto& sentence = first.score > second.score ? more_for_first : as_much_for_both;
    lead_ = heaviest->use->signal;
    add(sentence, text(first.cause->title), titles({heaviest->use->signal}));
  }

  void explained(const ranking::RankedCause& second) {
    std::vector<std::string_view> explainers;
    for (const auto& term : second.terms)
      if (term.reduced == ranking::Reduced::explained && std::find(explainers.begin(), explainers.end(), term.explained_by) == explainers.end())
        explainers.push_back(term.explained_by);
    for (auto id : explainers) {
      std::vector<std::string_view> signals;
      for (const auto& term : second.terms)
        if (term.explained_by == id) signals.push_back(term.use->signal);
      if (const auto* cause = kb::find_cause(knowledge_, id)) add(follows, text(cause->title), titles(signals));
    }
  }

  void spoken_against(const ranking::RankedCause& second) {
    std::vector<std::string_view> signals;
    bool lead = false;
    for (const auto& term : second.terms) {
      if (term.weight >= 0) continue;
      if (term.use->signal == lead_)
        lead = true;
      else
        signals.push_back(term.use->signal);
    }
    if (lead) add(that_is_against);
    if (!signals.empty()) add(against, titles(signals));
  }

  void over(const ranking::RankedCause& second) {
    if (std::any_of(second.terms.begin(), second.terms.end(), [](const auto& t) { return t.reduced == ranking::Reduced::over; })) add(was_over);
  }

  // Where nothing decisive was seen, what would have been: the first that the cause names.
  void absent(const ranking::RankedCause& second) {
    std::vector<std::string_view> signals;
    for (const auto& use : second.cause->uses) {
      if (use.weight != kb::Weight::decisive) continue;
      if (findings_.find(use.signal)) return;
      signals.push_back(use.signal);
    }
    if (!signals.empty()) add(not_seen, titles(signals));
  }

  std::string take() { return std::move(paragraph_); }

 private:
  std::string text(const kb::Text& t) const { return std::string(t.in(language_)); }

  std::string titles(const std::vector<std::string_view>& signals) const {
    std::string list;
    for (std::size_t i = 0; i < signals.size() && i < titles_shown; ++i) {
      const auto* signal = kb::find_signal(knowledge_, signals[i]);
      if (i > 0) list += chinese_ ? "；" : "; ";
      list += signal ? text(signal->title) : std::string(signals[i]);
    }
    if (signals.size() > titles_shown) list += chinese_ ? "；等等" : "; and more";
    return list;
  }

  template <typename... Parts>
  void add(const Sentence& sentence, const Parts&... parts) {
    if (!paragraph_.empty() && !chinese_) paragraph_ += ' ';
    paragraph_ += fmt::format(fmt::runtime(sentence.in(language_)), parts...);
  }

  const kb::Knowledge& knowledge_;
  const signals::Findings& findings_;
  const std::string& language_;
  bool chinese_;
  std::string_view lead_;  // the signal that lead() names
  std::string paragraph_;
};

}  // namespace

std::string why_not_first(const kb::Knowledge& knowledge, const signals::Findings& findings, const ranking::RankedCause& first,
                          const ranking::RankedCause& second, const std::string& language) {
  Reasons reasons(knowledge, findings, language);
  reasons.lead(first, second);
  reasons.spoken_against(second);
  reasons.explained(second);
  reasons.over(second);
  reasons.absent(second);
  return reasons.take();
}

}  // namespace gpm::compose
