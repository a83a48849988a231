// SPDX-License-Identifier: Apache-2.0
//
// Whom the lines of those who noticed speak of: the address in "Connect to 10.0.0.3<40211> failed" or "Connection closed by
// remote peer n2.cluster<52266>" is a machine of the job; the rank for which all others waited is the one that waited least.
#pragma once

#include <vector>

#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

// The machines that peers lost: those named by "closed by remote peer" and its like that do not themselves report one, where
// there are such. `place` is the machine, the line that of a peer.
std::vector<Observation> lost_peer(store::Store& store);
// Both ends of connections that could not be made.
std::vector<Observation> unreachable_pair(store::Store& store);
// The machine that gave a virtual or link-local address to its peers. Where no line tells which that is, the observation has
// no place: whoever failed to connect is not it.
std::vector<Observation> owner_of_virtual_address(store::Store& store);
// Ranks that came last to a bootstrap for which others waited at least 30 s.
std::vector<Observation> late_rank(store::Store& store);
// Ranks whose collective differs from what most ranks run, by torch's own comparison.
std::vector<Observation> odd_collective(store::Store& store);

}  // namespace gpm::signals
