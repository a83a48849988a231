// SPDX-License-Identifier: Apache-2.0
//
// The figures of a scored corpus, as text for people and as JSON.
#pragma once

#include <iosfwd>
#include <vector>

#include "analyzer/score/score.h"

namespace gpm::score {

// One line for each wrong answer.
void write_misses(const std::vector<Judged>& judged, std::ostream& out);

// The summary and the table of confidence against truth.
void write_summary(const std::vector<Judged>& judged, std::ostream& out);

// {"summary": {...}, "calibration": [...], "rows": [...]}
void write_json(const std::vector<Judged>& judged, std::ostream& out);

}  // namespace gpm::score
