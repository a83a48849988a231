// SPDX-License-Identifier: Apache-2.0
//
// Who is missing from a communicator, and who stopped where others went on.
#pragma once

#include <vector>

#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

// The lines of ranks that wait in a communicator some ranks of which nobody saw.
std::vector<Observation> ranks_missing(store::Store& store);
// Those that nobody saw, where three times as many were seen and they are few enough to be named: `place` has the rank and, where the ranks are laid out in blocks, its
// machine; the line is that of a rank that waits.
std::vector<Observation> absent_rank(store::Store& store);
// The lines of ranks in a communicator that all started and none completed.
std::vector<Observation> init_stuck(store::Store& store);
// The few ranks of such a communicator, or of one that other machines completed, that came less far than the rest.
std::vector<Observation> stopped_rank(store::Store& store);
// Ranks that believe in another number of ranks than most of their communicator.
std::vector<Observation> odd_rank_count(store::Store& store);

}  // namespace gpm::signals
