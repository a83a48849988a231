// SPDX-License-Identifier: Apache-2.0
//
// Who is missing from a communicator, and who stopped where others went on.
#pragma once

#include <vector>

#include "analyzer/signals/job_view.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {

// The lines of ranks that wait in a communicator some ranks of which nobody saw.
std::vector<Observation> ranks_missing(const JobView& view);
// Those that nobody saw, where three times as many were seen and they are few enough to be named: `place` has the rank and, where the ranks are laid out in blocks, its
// machine; the line is that of a rank that waits.
std::vector<Observation> absent_rank(const JobView& view);
// The lines of ranks in a communicator that all started and none completed.
std::vector<Observation> init_stuck(const JobView& view);
// The few ranks of such a communicator, or of one that other machines completed, that came less far than the rest.
std::vector<Observation> stopped_rank(const JobView& view);
// Ranks that believe in another number of ranks than most of their communicator.
std::vector<Observation> odd_rank_count(const JobView& view);

}  // namespace gpm::signals
