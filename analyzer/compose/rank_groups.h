// SPDX-License-Identifier: Apache-2.0
//
// The ranks of a communicator, collapsed by equality: "ranks 0-6,8-63 wait in the bootstrap, rank 7 was never seen".
#pragma once

#include <string>
#include <vector>

#include "analyzer/report/result.h"
#include "analyzer/signals/communicators.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

// complete, stuck, incomplete or empty (report::Communicator::state).
std::string state_of(const signals::CommunicatorState& communicator);

// The ranks that were never seen, at most `limit` of them.
std::vector<report::AbsentRank> absent_of(const signals::CommunicatorState& communicator, std::size_t limit);

std::vector<report::RankGroup> group_ranks(store::Store& store, const signals::CommunicatorState& communicator);

}  // namespace gpm::compose
