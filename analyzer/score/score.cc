// SPDX-License-Identifier: Apache-2.0
#include "analyzer/score/score.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace gpm::score {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double sure_from = 0.8;

std::optional<Label> read_label(const fs::path& file, const fs::path& bundle, std::vector<std::string>& problems) {
  std::ifstream stream(file, std::ios::binary);
  const auto j = json::parse(stream, nullptr, false);
  if (!j.is_object() || !j.contains("root_cause") || !j["root_cause"].is_string() || !fs::exists(bundle)) {
    problems.push_back(file.string() + ": no label, or no bundle beside it");
    return std::nullopt;
  }
  const auto strings = [&](const char* key) {
    std::vector<std::string> list;
    if (const auto found = j.find(key); found != j.end() && found->is_array())
      for (const auto& item : *found)
        if (item.is_string()) list.push_back(item);
    return list;
  };
  Label label;
  label.id = j.value("id", bundle.filename().string());
  label.root_cause = j["root_cause"];
  label.bundle = bundle.string();
  label.acceptable = strings("also_acceptable");
  label.acceptable.insert(label.acceptable.begin(), label.root_cause);
  label.key_evidence = strings("key_evidence");
  label.answerable = j.value("answerable", true);
  label.known_miss = j.value("known_miss", "");
  return label;
}

double share(std::size_t part, std::size_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

bool Judged::first_cause_right() const {
  return !said.empty() && std::find(label.acceptable.begin(), label.acceptable.end(), said.front()) != label.acceptable.end();
}

std::vector<Label> read_labels(const std::string& corpus, std::vector<std::string>& problems) {
  std::vector<Label> labels;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(corpus, error)) {
    const auto name = entry.path().filename().string();
    constexpr std::string_view suffix = ".case.json";
    std::optional<Label> label;
    if (name.ends_with(suffix))
      label = read_label(entry.path(), entry.path().parent_path() / name.substr(0, name.size() - suffix.size()), problems);
    else if (fs::exists(entry.path() / "case.json"))
      label = read_label(entry.path() / "case.json", entry.path() / "files", problems);
    if (label) labels.push_back(std::move(*label));
  }
  if (error) problems.push_back(corpus + ": " + error.message());
  std::sort(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return labels;
}

Judged judge(const Label& label, const report::Result& result) {
  Judged judged;
  judged.label = label;
  const auto acceptable = [&](const std::string& id) {
    return std::find(label.acceptable.begin(), label.acceptable.end(), id) != label.acceptable.end();
  };
  for (const auto& cause : result.causes)
    if (judged.said.size() < 3) judged.said.push_back(cause.id);
  if (!result.causes.empty()) judged.top_confidence = result.causes.front().confidence;
  const bool found = result.verdict.status == "fault-found";
  if (label.healthy()) {
    judged.false_alarm = found || std::any_of(result.causes.begin(), result.causes.end(),
                                              [&](const auto& c) { return c.confidence >= 0.5 && !acceptable(c.id); });
    judged.first = judged.first_strict = judged.in_three = result.verdict.status == "no-fault-found" && !judged.false_alarm;
    return judged;
  }
  std::string quoted;
  for (std::size_t i = 0; i < result.causes.size(); ++i) {
    const auto& cause = result.causes[i];
    if (!acceptable(cause.id)) continue;
    if (found && judged.reciprocal_rank == 0) judged.reciprocal_rank = 1.0 / static_cast<double>(i + 1);
    judged.in_three |= found && i < 3;
    judged.first |= found && i == 0;
    for (const auto& e : cause.evidence) quoted += e.text + '\n';
  }
  judged.first_strict = judged.first && judged.said.front() == label.root_cause;
  if (!label.key_evidence.empty()) {
    const auto cited = std::count_if(label.key_evidence.begin(), label.key_evidence.end(),
                                     [&](const auto& key) { return quoted.find(key) != std::string::npos; });
    judged.evidence_cited = share(static_cast<std::size_t>(cited), label.key_evidence.size());
  }
  return judged;
}

Summary summarise(const std::vector<Judged>& judged) {
  Summary s;
  std::vector<double> ranks, evidence, right, wrong;
  std::size_t first = 0, strict = 0, three = 0, sure_wrong = 0, sure_right = 0;
  for (const auto& j : judged) {
    ++s.cases;
    const bool sure = j.top_confidence.value_or(0) >= sure_from;
    sure_wrong += sure && !j.first;
    if (!j.first && j.top_confidence) wrong.push_back(*j.top_confidence);
    if (j.top_confidence) {
      auto& bin = s.calibration[std::min<std::size_t>(9, static_cast<std::size_t>(*j.top_confidence * 10))];
      ++bin.answers;
      bin.right += j.first_cause_right();
    }
    if (j.label.healthy()) {
      ++s.healthy;
      s.healthy_said_so += j.first;
      s.false_alarms += j.false_alarm;
      continue;
    }
    if (!j.label.answerable) continue;
    ++s.faults;
    first += j.first;
    strict += j.first_strict;
    three += j.in_three;
    sure_right += sure && j.first;
    ranks.push_back(j.reciprocal_rank);
    if (j.first && j.top_confidence) right.push_back(*j.top_confidence);
    if (j.evidence_cited) evidence.push_back(*j.evidence_cited);
  }
  s.first = share(first, s.faults);
  s.first_strict = share(strict, s.faults);
  s.in_three = share(three, s.faults);
  s.mrr = mean(ranks);
  s.evidence_cited = mean(evidence);
  s.wrong_and_sure = share(sure_wrong, s.cases);
  s.right_and_sure = share(sure_right, s.faults);
  if (!right.empty() && !wrong.empty()) s.confidence_gap = mean(right) - mean(wrong);
  return s;
}

}  // namespace gpm::score
