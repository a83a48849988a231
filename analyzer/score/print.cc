// SPDX-License-Identifier: Apache-2.0
#include "analyzer/score/print.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "analyzer/report/inert.h"
#include "analyzer/score/calibration.h"

namespace gpm::score {
namespace {

using nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : ", ") + item;
  return text.empty() ? "nothing" : text;
}

ordered_json row(const Judged& j) {
  ordered_json r = {{"id", j.label.id},     {"label", j.label.root_cause},      {"said", j.said},           {"hit1", j.first},
                    {"strict1", j.first_strict}, {"hit3", j.in_three}, {"false_alarm", j.false_alarm}};
  r["top_confidence"] = j.top_confidence ? ordered_json(*j.top_confidence) : ordered_json(nullptr);
  r["evidence"] = j.evidence_cited ? ordered_json(*j.evidence_cited) : ordered_json(nullptr);
  return r;
}

}  // namespace

void write_misses(const std::vector<Judged>& judged, std::ostream& out) {
  for (const auto& j : judged) {
    if (j.first) continue;
    out << report::inert(fmt::format("{}: is {}, said {}{}{}", j.label.id, j.label.root_cause, joined(j.said),
                                     j.top_confidence ? fmt::format(" ({:.3f})", *j.top_confidence) : "",
                                     j.label.known_miss.empty() ? "" : "; known: " + j.label.known_miss))
        << '\n';
  }
}

void write_summary(const std::vector<Judged>& judged, std::ostream& out) {
  const auto s = summarise(judged);
  out << fmt::format("{} cases: first {:.1f} % (strict {:.1f} %), among three {:.1f} %, MRR {:.2f} of {} faults; false alarms {} of {} healthy, {} said so\n",
                     s.cases, 100 * s.first, 100 * s.first_strict, 100 * s.in_three, s.mrr, s.faults, s.false_alarms, s.healthy,
                     s.healthy_said_so)
      << fmt::format("evidence cited {:.0f} %; wrong but sure {:.1f} % of all, right and sure {:.0f} % of the faults; confidence of right minus wrong answers {}\n",
                     100 * s.evidence_cited, 100 * s.wrong_and_sure, 100 * s.right_and_sure,
                     s.confidence_gap ? fmt::format("{:.2f}", *s.confidence_gap) : "-")
      << "\nconfidence   answers  right\n";
  for (std::size_t i = 0; i < s.calibration.size(); ++i) {
    const auto& bin = s.calibration[i];
    if (bin.answers == 0) continue;
    out << fmt::format("{:.1f} to {:.1f}   {:7}  {:5}  {:3.0f} %\n", static_cast<double>(i) / 10, static_cast<double>(i + 1) / 10, bin.answers,
                       bin.right, 100.0 * static_cast<double>(bin.right) / static_cast<double>(bin.answers));
  }
  if (const auto fit = fit_confidence(judged))
    out << fmt::format("factor on the log-odds that fits best: {:.2f} (log loss {:.3f}; as given {:.3f})\n", fit->factor, fit->log_loss,
                       fit->log_loss_as_given);
}

void write_json(const std::vector<Judged>& judged, std::ostream& out) {
  const auto s = summarise(judged);
  ordered_json j;
  j["summary"] = {{"cases", s.cases},       {"fault", s.faults},         {"healthy", s.healthy},         {"healthy_said_so", s.healthy_said_so},
                  {"top1", s.first},        {"strict_top1", s.first_strict}, {"top3", s.in_three},       {"mrr", s.mrr},
                  {"false_alarms", s.false_alarms}, {"evidence", s.evidence_cited}, {"wrong_and_sure", s.wrong_and_sure},
                  {"right_and_sure", s.right_and_sure}};
  j["summary"]["confidence_gap"] = s.confidence_gap ? ordered_json(*s.confidence_gap) : ordered_json(nullptr);
  for (const auto& bin : s.calibration) j["calibration"].push_back({{"answers", bin.answers}, {"right", bin.right}});
  const auto fit = fit_confidence(judged);
  j["log_odds_factor"] = fit ? ordered_json(fit->factor) : ordered_json(nullptr);
  j["rows"] = ordered_json::array();
  for (const auto& one : judged) j["rows"].push_back(row(one));
  out << j.dump(1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace gpm::score
