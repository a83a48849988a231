// SPDX-License-Identifier: Apache-2.0
//
// One analysis from inputs to result: bundle -> scanner -> store -> signals -> ranking -> result.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/report/result.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/bundle/bundle.h"

namespace gpm {

struct AnalysisOptions {
  std::vector<std::string> inputs;  // paths, or "-" for standard input; several are one incident
  bundle::Limits limits;
  std::vector<std::string> languages = {"en"};  // en, zh: one result for each
  std::string database;             // file to write the store to; empty = none
  bool redact = true;               // in results, messages and store (analyzer/redact)
  bool redact_hosts = false;
  std::vector<std::string> redact_also;  // RE2 patterns
  std::string redact_key;           // pseudonyms are the same in every analysis with this key; empty = numbers
  std::string generated;            // RFC 3339; empty = not printed
  // Called now and then with what has been read so far, on any thread, on one at a time.
  std::function<void(const bundle::Usage&)> progress;
  // What the caller has to do before it needs the outcome: called once all is read, on another thread; may be empty.
  std::function<void()> meanwhile;
};

struct AnalysisOutcome {
  bool read = false;                     // at least one input could be read
  std::vector<std::string> unreadable;   // one message for each input that could not
  std::vector<report::Result> results;   // one for each language asked for, in that order; empty where nothing was read
  std::vector<std::pair<std::string, std::string>> pseudonyms;  // and what each stands for
  // What the analysis was made with. To free it takes time: who is going to end anyway need not wait for that.
  std::vector<std::shared_ptr<void>> spent;
};

// Throws store::SqliteError where the database file cannot be written, std::invalid_argument for a pattern of redact_also
// that cannot be used, std::runtime_error on defects of our own.
AnalysisOutcome analyze(const AnalysisOptions& options, const kb::Knowledge& knowledge);

extern const char* const tool_version;

}  // namespace gpm
