// SPDX-License-Identifier: Apache-2.0
//
// The gpu-postmortem command: reads the command line, runs the analysis, writes the views that were asked for.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>

#include "analyzer/analysis.h"
#include "analyzer/compose/clock.h"
#include "analyzer/explain/explain.h"
#include "analyzer/explain/question.h"
#include "analyzer/report/inert.h"
#include "analyzer/report/views.h"
#include "kb/lint.h"
#include "kb/load.h"
#include "tools/cli/options.h"
#include "tools/cli/progress.h"

namespace gpm::embedded {
extern const std::string_view schema_sql;
}

namespace {

using gpm::report::Result;

constexpr int wrong_usage = 2, nothing_read = 3, failed = 4;

void say(const std::string& message) { std::cerr << "gpu-postmortem: " << gpm::report::inert(message) << '\n'; }

// SOURCE_DATE_EPOCH (reproducible-builds.org) is the only clock that a report knows.
std::string time_of_report() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  char* end = nullptr;
  const long long seconds = epoch ? std::strtoll(epoch, &end, 10) : 0;
  constexpr long long year_9999 = 253402300799;
  if (!epoch || *epoch == '\0' || *end != '\0' || seconds < 0 || seconds > std::min(year_9999, 9223372036LL)) return {};
  return gpm::compose::rfc3339(seconds * 1'000'000'000, 1000);
}

// The locale decides only for the terminal view on a terminal.
std::string terminal_language(const std::string& asked) {
  if (!asked.empty()) return asked;
  if (!isatty(STDOUT_FILENO)) return "en";
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value) return std::string_view(value).starts_with("zh") ? "zh" : "en";
  return "en";
}

int terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<int>(size.ws_col, 60, 120);
}

bool write_view(const std::string& path, const Result& result, void (*write)(const Result&, std::ostream&)) {
  if (path == "-") {
    write(result, std::cout);
    return static_cast<bool>(std::cout.flush());
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file) {
    write(result, file);
    file.close();
  }
  if (!file) say(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  return static_cast<bool>(file);
}

bool write_views(const gpm::cli::Analyze& options, const Result& report, const Result& terminal) {
  bool good = true, stdout_taken = false;
  const auto view = [&](const std::string& path, void (*write)(const Result&, std::ostream&)) {
    if (path.empty()) return;
    stdout_taken |= path == "-";
    good &= write_view(path, report, write);
  };
  view(options.html, gpm::report::write_html);
  view(options.json, gpm::report::write_json);
  view(options.markdown, gpm::report::write_markdown);
  if (stdout_taken) return good;
  gpm::report::TerminalStyle style;
  const char* no_color = std::getenv("NO_COLOR");
  style.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color);
  style.columns = isatty(STDOUT_FILENO) ? terminal_columns() : 80;
  style.top = options.top;
  style.explain_ranking = options.explain_ranking;
  gpm::report::write_terminal(terminal, style, std::cout);
  return good && std::cout.flush();
}

// The built-in knowledge with a folder over it. A folder with any problem is refused: half a knowledge base would answer
// differently from what its author wrote.
bool extend_knowledge(const std::string& folder, gpm::kb::LoadedKnowledge& extended) {
  gpm::kb::Problems problems;
  auto extra = gpm::kb::load(folder, problems);
  extended = gpm::kb::merge(gpm::kb::embedded(), std::move(extra));
  gpm::kb::lint(extended.view(), extended.origins(), {gpm::embedded::schema_sql}, problems);
  for (const auto& problem : problems) say(gpm::kb::describe(problem));
  return problems.empty();
}

int analyze(const gpm::cli::Analyze& options) {
  gpm::kb::LoadedKnowledge extended;
  const auto* knowledge = &gpm::kb::embedded();
  if (!options.knowledge_dir.empty()) {
    if (!extend_knowledge(options.knowledge_dir, extended)) return wrong_usage;
    knowledge = &extended.view();
  }

  gpm::AnalysisOptions analysis;
  analysis.inputs = options.inputs;
  analysis.limits = options.limits;
  analysis.database = options.database;
  analysis.generated = time_of_report();
  analysis.languages = {options.language.empty() ? "en" : options.language};
  if (const auto language = terminal_language(options.language); language != analysis.languages.front()) analysis.languages.push_back(language);
  gpm::AnalysisOutcome outcome;
  {
    gpm::cli::Progress progress(!options.quiet);
    analysis.progress = [&](const gpm::bundle::Usage& usage) { progress.show(usage); };
    outcome = gpm::analyze(analysis, *knowledge);
  }
  for (const auto& message : outcome.unreadable)
    if (!options.quiet || !outcome.read) say(message);
  if (!outcome.read) return nothing_read;
  if (!write_views(options, outcome.results.front(), outcome.results.back())) return failed;
  if (options.exit_code != 0 && outcome.results.front().verdict.status == "fault-found") return options.exit_code;
  return 0;
}

// One line, or what fits into the limit; nothing where standard input cannot be read.
std::optional<std::string> line_of_stdin() {
  std::string text(gpm::explain::max_line_bytes, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (std::cin.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

int explain(const gpm::cli::Explain& options) {
  gpm::kb::LoadedKnowledge extended;
  const auto* knowledge = &gpm::kb::embedded();
  if (!options.knowledge_dir.empty()) {
    if (!extend_knowledge(options.knowledge_dir, extended)) return wrong_usage;
    knowledge = &extended.view();
  }
  auto words = options.words;
  if (words == std::vector<std::string>{"-"}) {
    const auto line = line_of_stdin();
    if (!line) {
      say("cannot read standard input");
      return nothing_read;
    }
    words = {*line};
  }
  gpm::explain::Style style;
  style.language = terminal_language(options.language);
  style.columns = isatty(STDOUT_FILENO) ? static_cast<std::size_t>(terminal_columns()) : 80;
  std::string unknown;
  if (!gpm::explain::explain(words, *knowledge, style, std::cout, unknown)) {
    say(unknown);
    std::cerr << "Try `gpu-postmortem explain --help`.\n";
    return wrong_usage;
  }
  return std::cout.flush() ? 0 : failed;
}

}  // namespace

int main(int argc, char** argv) {
  // The zone of this machine means nothing for a bundle of another; libraries that ask are told UTC.
  setenv("TZ", "UTC0", 1);
  const auto version = fmt::format("gpu-postmortem {} (knowledge of {})", gpm::tool_version, gpm::kb::embedded().date);
  try {
    const auto command = gpm::cli::parse(argc, argv, version);
    switch (command.kind) {
      case gpm::cli::Command::Kind::show:
        std::cout << command.text << std::flush;
        return std::cout ? 0 : failed;
      case gpm::cli::Command::Kind::fail:
        std::cerr << command.text;
        return wrong_usage;
      case gpm::cli::Command::Kind::analyze:
        return analyze(command.analyze);
      case gpm::cli::Command::Kind::explain:
        return explain(command.explain);
    }
  } catch (const std::exception& error) {
    say(error.what());
  }
  return failed;
}
