// SPDX-License-Identifier: Apache-2.0
//
// The verdict: the one sentence at the top of every report, and whether the hardware is to blame.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/ranking/ranking.h"
#include "analyzer/signals/signals.h"

namespace gpm::compose {

// Needs result.causes, result.language and the inventory. Clears result.causes where nothing is wrong.
void add_verdict(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked,
                 report::Result& result);

// Once result.missing is known: an undecided verdict points at what to collect only where something is listed.
void mention_what_decides(report::Result& result);

}  // namespace gpm::compose
