// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>

#include "analyzer/analysis.h"
#include "analyzer/compose/clock.h"
#include "analyzer/redact/keyed_name.h"
#include "analyzer/report/views.h"
#include "tools/cli/common.h"
#include "tools/cli/output.h"
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

std::string terminal_view(const Analyze& options, const Result& result) {
  report::TerminalStyle style;
  const char* no_color = std::getenv("NO_COLOR");
  style.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color);
  style.columns = isatty(STDOUT_FILENO) ? terminal_columns() : 80;
  style.top = options.top;
  style.top_asked = options.top_asked || options.explain_ranking;
  style.explain_ranking = options.explain_ranking;
  std::ostringstream text;
  report::write_terminal(result, style, text);
  return std::move(text).str();
}

// `languages`: those that were asked for, the first leads; the page has all.
bool write_views(const Analyze& options, std::optional<report::Page>& html, std::span<const Result> languages, const Result& terminal) {
  const auto& report = languages.front();
  bool good = true, stdout_taken = false;
  const auto view = [&](const std::string& path, void (*write)(const Result&, std::ostream&)) {
    if (path.empty()) return;
    stdout_taken |= path == "-";
    good &= write_output(path, [&](std::ostream& out) { write(report, out); });
  };
  // The page takes longer than the other views together. Where it goes to standard output, it goes first.
  auto page = std::async(options.html == "-" ? std::launch::deferred : std::launch::async, [&] {
    return !html || write_output(options.html, [&](std::ostream& out) { html->write(languages, out); });
  });
  if (options.html == "-") {
    stdout_taken = true;
    page.wait();
  }
  view(options.json, report::write_json);
  view(options.markdown, report::write_markdown);
  const auto text = stdout_taken ? std::string() : terminal_view(options, terminal);
  good &= page.get();  // whatever file it goes to, it is written by now
  return std::cout << text << std::flush && good;
}

std::vector<std::string> languages_of(const std::string& option) {
  if (option.empty()) return {"en"};
  const auto comma = option.find(',');
  if (comma == std::string::npos) return {option};
  return {option.substr(0, comma), option.substr(comma + 1)};
}

// {"token-1": "hf_...", ...}, for its owner's eyes alone from its first byte on.
bool write_map(const std::string& path, const std::vector<std::pair<std::string, std::string>>& pseudonyms) {
  nlohmann::ordered_json map = nlohmann::ordered_json::object();
  for (const auto& [name, value] : pseudonyms) map[name] = value;
  const auto text = map.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  const bool is_private = file >= 0 && fchmod(file, S_IRUSR | S_IWUSR) == 0;
  int error = is_private ? 0 : errno;
  if (is_private) error = write_and_close(file, [&](std::ostream& out) { out << text; });
  else if (file >= 0) close(file);
  if (error != 0) say(fmt::format("cannot write {}: {}", path, std::strerror(error)));
  return error == 0;
}

}  // namespace

int analyze(const Analyze& options) {
  ChosenKnowledge knowledge;
  if (!knowledge.open(options.knowledge_dir)) return wrong_usage;

  AnalysisOptions analysis;
  analysis.inputs = options.inputs;
  analysis.limits = options.limits;
  analysis.database = options.database;
  analysis.redact = !options.no_redact;
  analysis.redact_hosts = options.redact_hosts;
  analysis.redact_also = options.redact_also;
  if (!options.redact_key.empty()) {
    const auto key = redact::read_or_make_key(options.redact_key);
    if (!key.error.empty()) {
      say("--redact-key: " + key.error);
      return wrong_usage;
    }
    if (key.made && !options.quiet) say("--redact-key: a new key is in " + options.redact_key + "; keep it, and keep it private");
    analysis.redact_key = key.bytes;
  }
  analysis.generated = time_of_report();
  analysis.languages = languages_of(options.language);
  const auto asked_for = analysis.languages.size();
  if (const auto language = terminal_language(options.language); asked_for == 1 && language != analysis.languages.front()) analysis.languages.push_back(language);
  AnalysisOutcome outcome;
  std::optional<report::Page> html;
  if (!options.html.empty()) analysis.meanwhile = [&] { html.emplace(); };
  try {
    Progress progress(!options.quiet);
    analysis.progress = [&](const bundle::Usage& usage) { progress.show(usage); };
    outcome = analyze(analysis, knowledge.view());
  } catch (const std::invalid_argument& error) {
    say(std::string("--redact-also ") + error.what());
    return wrong_usage;
  }
  for (const auto& message : outcome.unreadable)
    if (!options.quiet || !outcome.read) say_as_is(message);
  if (!outcome.read) return nothing_read;
  if (!options.redact_map.empty() && !write_map(options.redact_map, outcome.pseudonyms)) return failed;
  if (!write_views(options, html, std::span(outcome.results).first(asked_for), asked_for == 1 ? outcome.results.back() : outcome.results.front())) return failed;
  return leave(options.exit_code != 0 && outcome.results.front().verdict.status == "fault-found" ? options.exit_code : 0);
}

}  // namespace gpm::cli
