// SPDX-License-Identifier: Apache-2.0
//
// The lines that a report quotes for and against a cause.
#pragma once

#include <string>
#include <vector>

#include "analyzer/ranking/ranking.h"
#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"

namespace gpm::compose {

inline constexpr std::size_t evidence_per_signal = 8;
inline constexpr std::size_t evidence_per_member = 4;  // of each signal that a combination is made of

// For before against, heavier signals before lighter, within a signal by time, document and line. A combination shows its
// members' lines under the members' own titles. A line is quoted once, under the heaviest signal; so is a message that
// several documents hold (dmesg, kern.log and the journal of one host).
std::vector<report::Evidence> quote_evidence(const ranking::RankedCause& ranked, const signals::Findings& findings,
                                             const std::string& language);

}  // namespace gpm::compose
