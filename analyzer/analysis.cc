// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "analyzer/compose/compose.h"
#include "analyzer/ranking/ranking.h"
#include "analyzer/redact/result.h"
#include "analyzer/scan/document_queue.h"
#include "analyzer/scan/incident.h"
#include "analyzer/scan/lanes.h"
#include "analyzer/scan/processors.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/worker.h"
#include "analyzer/signals/signals.h"
#include "analyzer/signals/topic.h"
#include "parsers/bundle/bundle.h"
#include "parsers/formats/formats.h"
#include "parsers/registry.h"

namespace gpm {
namespace {

std::string base_name(std::string path) {
  if (path == "-") return "stdin";
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const auto slash = path.rfind('/');
  return slash == std::string::npos || path.size() == 1 ? path : path.substr(slash + 1);
}

std::string bundle_name(const std::vector<std::string>& inputs) {
  std::string name;
  for (const auto& input : inputs) name += (name.empty() ? "" : "+") + base_name(input);
  return name;
}

// One of the inputs, read on a thread of its own from now on.
class Reading {
 public:
  Reading(const AnalysisOptions& options, const std::string& input, bundle::Usage& usage, std::size_t lanes)
      : documents_([this, &options, &input, &usage](bundle::DocumentSink& to) {
          const auto prefix = options.inputs.size() > 1 ? base_name(input) : std::string();
          result_ = bundle::read(input, prefix, options.limits, usage, to, error_);
        }, std::max<std::size_t>(lanes, 2) * scan::queue_bytes_of_lane) {}

  scan::DocumentQueue& documents() { return documents_; }
  // Once all documents were taken:
  bool could_read() const { return result_ == bundle::ReadResult::read; }
  const std::string& error() const { return error_; }

 private:
  bundle::ReadResult result_ = bundle::ReadResult::missing;
  std::string error_;
  scan::DocumentQueue documents_;
};

void keep_findings(store::Store& store, const report::Result& result) {
  store::Statement document(store.database().get(), "SELECT id FROM documents WHERE path = ? ORDER BY id LIMIT 1");
  for (const auto& cause : result.causes) {
    const auto finding = store.add_finding(cause.id, cause.rank, cause.confidence);
    for (const auto& e : cause.evidence) {
      document.bind(1, std::string_view(e.document));
      const auto id = document.step() ? document.integer(0) : 0;
      document.reset();
      if (id != 0)
        store.add_evidence(finding, id, static_cast<std::int64_t>(e.line), e.signal, e.against ? "against" : "for", e.text);
    }
  }
  store.set_status(result.verdict.status);
  store.commit();
}

bool likely(const std::vector<ranking::RankedCause>& ranked) {
  return !ranked.empty() && ranked.front().confidence >= compose::fault_found_from;
}

// The last resort. A guess that other signals speak against is none.
void guess(const kb::Knowledge& knowledge, store::Store& store, const scan::UnusualLines& lines, signals::Findings& findings,
           std::vector<ranking::RankedCause>& ranked) {
  constexpr double worth_a_look = 0.2;
  std::vector<const kb::Cause*> possible;
  for (const auto& r : ranked)
    if (r.confidence >= worth_a_look) possible.push_back(r.cause);
  auto with_topic = findings;
  if (!signals::add_topic(knowledge, store, lines, possible, with_topic)) return;
  auto guessed = ranking::rank(knowledge, with_topic);
  if (!likely(guessed)) return;
  findings = std::move(with_topic);
  ranked = std::move(guessed);
}

void redact_outcome(const AnalysisOptions& options, store::Store& store, redact::Redactor& redactor, AnalysisOutcome& outcome) {
  redact::know_secrets(store, redactor);
  if (options.redact_hosts) redact::know_hosts(store, redactor);
  for (auto& result : outcome.results) redact::redact(result, redactor);
  if (!options.database.empty()) redact::redact(store, redactor);
  outcome.pseudonyms = redactor.map();
}

}  // namespace

AnalysisOutcome analyze(const AnalysisOptions& options, const kb::Knowledge& knowledge) {
  std::optional<redact::Redactor> redactor;  // before the outcome: where something is thrown, its worker ends first
  AnalysisOutcome outcome;
  // What the reading needs is made on three threads.
  const auto beside = std::make_shared<scan::Worker>();
  auto opening = beside->run([&] { return std::make_shared<store::Store>(bundle_name(options.inputs), !options.database.empty()); });
  beside->run([] { return formats::recognise({}); });  // makes its tables
  const auto make_redactor = [&options, &redactor] {
    if (options.redact && !redactor) redactor.emplace(options.redact_also, options.redact_key);
  };
  if (!options.redact_also.empty()) make_redactor();  // a pattern that cannot be used is refused before anything is read
  bundle::Usage usage;
  const auto lanes_at_most = std::min(scan::processors(), scan::Lanes::most_lanes);
  std::optional<Reading> reading;
  if (!options.inputs.empty()) reading.emplace(options, options.inputs.front(), usage, lanes_at_most);
  auto parsers = parsers::make_line_parsers();
  const auto readers = std::make_shared<scan::Readers>(knowledge, parsers);
  const auto opened = opening.get();
  auto& store = *opened;
  const auto incident = std::make_shared<scan::Incident>(store);
  const auto lanes = std::make_shared<scan::Lanes>(*readers, std::move(parsers), *incident, *beside,
                                                   scan::Lanes::Options{lanes_at_most, options.limits, &usage, options.progress});
  outcome.spent = {opened, readers, incident, lanes, beside};
  for (const auto& input : options.inputs) {
    if (!reading) reading.emplace(options, input, usage, lanes_at_most);
    lanes->scan(reading->documents());
    if (reading->could_read())
      outcome.read = true;
    else
      outcome.unreadable.push_back(reading->error());
    reading.reset();
  }
  if (!outcome.unreadable.empty()) {
    make_redactor();
    if (redactor)
      for (auto& error : outcome.unreadable) error = redactor->apply(error);
  }
  if (!outcome.read) return outcome;
  auto made_meanwhile = beside->run([make_redactor, &options] {  // while the store is finished
    make_redactor();
    if (options.meanwhile) options.meanwhile();
  });
  store.finish(incident->content_hash());
  auto findings = signals::evaluate(knowledge, store, *beside);
  auto ranked = ranking::rank(knowledge, findings);
  if (!likely(ranked)) guess(knowledge, store, incident->unusual(), findings, ranked);
  for (const auto& language : options.languages) {
    const compose::Context context{tool_version, bundle_name(options.inputs), language, options.generated, outcome.unreadable};
    outcome.results.push_back(compose::compose(knowledge, store, findings, ranked, incident->unusual(), context, *beside));
  }
  if (!options.database.empty()) keep_findings(store, outcome.results.front());
  made_meanwhile.get();
  if (redactor) redact_outcome(options, store, *redactor, outcome);
  if (!options.database.empty()) store.database().copy_to(options.database);
  return outcome;
}

const char* const tool_version = GPM_VERSION;

}  // namespace gpm
