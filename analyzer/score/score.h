// SPDX-License-Identifier: Apache-2.0
//
// Scores the analyzer against labelled incidents.
//
// A corpus is a folder with either of the two layouts, or both:
//   CORPUS/<id>.case.json and the bundle CORPUS/<id>/          (this project's corpus/)
//   CORPUS/<id>/case.json and the bundle CORPUS/<id>/files/
// A label: id, root_cause, also_acceptable[], key_evidence[] (parts of lines that an expert would cite), answerable
// (default true), known_miss (a reason; counted like any other). root_cause no-fault-found labels a healthy bundle.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/report/result.h"
#include "kb/model.h"

namespace gpm::score {

struct Label {
  std::string id, root_cause, bundle;  // bundle: path
  std::vector<std::string> acceptable;  // root_cause first
  std::vector<std::string> key_evidence;
  bool answerable = true;
  std::string known_miss;  // why the answer is known to be wrong; empty = it should be right
  bool healthy() const { return root_cause == "no-fault-found"; }
};

struct Judged {
  Label label;
  std::vector<std::string> said;  // causes, best first, at most three
  std::optional<double> top_confidence;
  bool first = false, first_strict = false, in_three = false, false_alarm = false;
  double reciprocal_rank = 0;
  std::optional<double> evidence_cited;  // share of key_evidence that the right cause quotes
  // Whether the first cause is the labelled one, whatever the verdict.
  bool first_cause_right() const;
};

// A tenth of the scale of confidence: how many first answers were given with it, and how many of those were right.
struct Bin {
  std::size_t answers = 0, right = 0;
};

struct Summary {
  std::size_t cases = 0, faults = 0, healthy = 0, healthy_said_so = 0, false_alarms = 0;
  double first = 0, first_strict = 0, in_three = 0, mrr = 0, evidence_cited = 0;  // shares of the answerable faults
  double wrong_and_sure = 0, right_and_sure = 0;                                  // confidence of 0.8 and more
  std::optional<double> confidence_gap;                                           // mean of right minus mean of wrong answers
  std::vector<Bin> calibration = std::vector<Bin>(10);
};

// Labels of a corpus, ordered by id; `problems` gets a sentence for each label that cannot be read.
std::vector<Label> read_labels(const std::string& corpus, std::vector<std::string>& problems);

Judged judge(const Label& label, const report::Result& result);
Summary summarise(const std::vector<Judged>& judged);

}  // namespace gpm::score
