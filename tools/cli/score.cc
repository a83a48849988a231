// SPDX-License-Identifier: Apache-2.0
#include "analyzer/score/score.h"

#include <fmt/format.h>

#include <iostream>

#include "analyzer/analysis.h"
#include "analyzer/score/print.h"
#include "tools/cli/common.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"

namespace gpm::cli {

int score(const Score& options) {
  ChosenKnowledge knowledge;
  if (!knowledge.open(options.knowledge_dir)) return wrong_usage;
  std::vector<std::string> problems;
  const auto labels = gpm::score::read_labels(options.corpus, problems);
  if (labels.empty() && problems.empty()) problems.push_back(options.corpus + ": no labelled incident");
  std::vector<gpm::score::Judged> judged;
  for (const auto& label : labels) {
    AnalysisOptions analysis;
    analysis.inputs = {label.bundle};
    const auto outcome = analyze(analysis, knowledge.view());
    for (const auto& message : outcome.unreadable) problems.push_back(label.id + ": " + message);
    if (outcome.read) judged.push_back(gpm::score::judge(label, outcome.results.front()));
  }
  for (const auto& problem : problems) say(problem);
  if (judged.empty()) return nothing_read;
  if (options.json != "-") {
    if (options.failures) gpm::score::write_misses(judged, std::cout);
    gpm::score::write_summary(judged, std::cout);
    if (!std::cout.flush()) return failed;
  }
  if (!options.json.empty() && !write_output(options.json, [&](std::ostream& out) { gpm::score::write_json(judged, out); })) return failed;
  return problems.empty() ? 0 : nothing_read;
}

}  // namespace gpm::cli
