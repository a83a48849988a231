// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "analyzer/analysis.h"
#include "analyzer/compose/clock.h"
#include "analyzer/report/views.h"
#include "tools/cli/common.h"
#include "tools/cli/progress.h"
#include "tools/cli/verbs.h"

namespace gpm::cli {
namespace {

using report::Result;

// SOURCE_DATE_EPOCH (reproducible-builds.org) is the only clock that a report knows.
std::string time_of_report() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  char* end = nullptr;
  const long long seconds = epoch ? std::strtoll(epoch, &end, 10) : 0;
  constexpr long long year_9999 = 253402300799;
  if (!epoch || *epoch == '\0' || *end != '\0' || seconds < 0 || seconds > std::min(year_9999, 9223372036LL)) return {};
  return compose::rfc3339(seconds * 1'000'000'000, 1000);
}

bool write_views(const Analyze& options, const Result& report, const Result& terminal) {
  bool good = true, stdout_taken = false;
  const auto view = [&](const std::string& path, void (*write)(const Result&, std::ostream&)) {
    if (path.empty()) return;
    stdout_taken |= path == "-";
    good &= write_output(path, [&](std::ostream& out) { write(report, out); });
  };
  view(options.html, report::write_html);
  view(options.json, report::write_json);
  view(options.markdown, report::write_markdown);
  if (stdout_taken) return good;
  report::TerminalStyle style;
  const char* no_color = std::getenv("NO_COLOR");
  style.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color);
  style.columns = isatty(STDOUT_FILENO) ? terminal_columns() : 80;
  style.top = options.top;
  style.explain_ranking = options.explain_ranking;
  report::write_terminal(terminal, style, std::cout);
  return good && std::cout.flush();
}

}  // namespace

int analyze(const Analyze& options) {
  ChosenKnowledge knowledge;
  if (!knowledge.open(options.knowledge_dir)) return wrong_usage;

  AnalysisOptions analysis;
  analysis.inputs = options.inputs;
  analysis.limits = options.limits;
  analysis.database = options.database;
  analysis.generated = time_of_report();
  analysis.languages = {options.language.empty() ? "en" : options.language};
  if (const auto language = terminal_language(options.language); language != analysis.languages.front()) analysis.languages.push_back(language);
  AnalysisOutcome outcome;
  {
    Progress progress(!options.quiet);
    analysis.progress = [&](const bundle::Usage& usage) { progress.show(usage); };
    outcome = analyze(analysis, knowledge.view());
  }
  for (const auto& message : outcome.unreadable)
    if (!options.quiet || !outcome.read) say(message);
  if (!outcome.read) return nothing_read;
  if (!write_views(options, outcome.results.front(), outcome.results.back())) return failed;
  if (options.exit_code != 0 && outcome.results.front().verdict.status == "fault-found") return options.exit_code;
  return 0;
}

}  // namespace gpm::cli
