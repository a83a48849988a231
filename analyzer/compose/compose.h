// SPDX-License-Identifier: Apache-2.0
//
// Puts the result object together from the store, the signals and the ranking: the verdict, the evidence lines, what is
// where, what to collect next. Everything that a view prints is decided here.
#pragma once

#include <string>
#include <vector>

#include "analyzer/ranking/ranking.h"
#include "analyzer/report/result.h"
#include "analyzer/scan/unusual.h"
#include "analyzer/scan/worker.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"
#include "kb/model.h"

namespace gpm::compose {

struct Context {
  std::string tool_version, bundle_name, language, generated;
  std::vector<std::string> missing_inputs;  // inputs that could not be read, with the reason
};

inline constexpr double fault_found_from = 0.5;       // contract: verdict.status
inline constexpr std::size_t listed_documents = 10'000;
inline constexpr std::size_t timeline_moments = 500;
inline constexpr std::size_t unusual_lines = 20;

// `beside` does a part of it.
report::Result compose(const kb::Knowledge& knowledge, store::Store& store, const signals::Findings& findings,
                       const std::vector<ranking::RankedCause>& ranked, const scan::UnusualLines& unusual, const Context& context, scan::Worker& beside);

}  // namespace gpm::compose
