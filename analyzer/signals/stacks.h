// SPDX-License-Identifier: Apache-2.0
//
// Where ranks stood when somebody looked at their stacks (py-spy, gdb, faulthandler): most wait in a collective or for the GPU,
// and the one that they wait for is somewhere else, in a data loader, a checkpoint, an input().
//
// Only main threads count, and only those of processes that are known to be ranks: a launcher and the workers of a data loader
// stand elsewhere in any run.
#pragma once

#include <vector>

#include "analyzer/signals/job_view.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {

// The ranks of which no main thread waits, where at least as many others wait for each of them.
std::vector<Observation> ranks_elsewhere(const JobView& view);
// The few ranks that wait in another collective than most.
std::vector<Observation> ranks_in_other_collective(const JobView& view);

}  // namespace gpm::signals
