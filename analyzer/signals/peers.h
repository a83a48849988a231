// SPDX-License-Identifier: Apache-2.0
//
// Whom the lines of those who noticed speak of: the address in "Connect to 10.0.0.3<40211> failed" or "Connection closed by
// remote peer n2.cluster<52266>" is a machine of the job; the rank for which all others waited is the one that waited least.
#pragma once

#include <vector>

#include "analyzer/signals/job_view.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {

// The machines that peers lost: those named by "closed by remote peer" and its like that do not themselves report one, where
// there are such. `place` is the machine, the line that of a peer.
std::vector<Observation> lost_peer(const JobView& view);
// Both ends of connections that could not be made.
std::vector<Observation> unreachable_pair(const JobView& view);
// The machine that gave a virtual or link-local address to its peers. Where no line tells which that is, the observation has
// no place: whoever failed to connect is not it.
std::vector<Observation> owner_of_virtual_address(const JobView& view);
// Ranks that came last to a bootstrap for which others waited at least 30 s.
std::vector<Observation> late_rank(const JobView& view);
// The ranks for which a store waits ("1/2 clients joined"), where those that complain are all that joined. Else one observation
// without a place: whoever waits is not who is missing.
std::vector<Observation> clients_missing(const JobView& view);
// Ranks whose collective differs from what most ranks run, by torch's own comparison.
std::vector<Observation> odd_collective(const JobView& view);

}  // namespace gpm::signals
