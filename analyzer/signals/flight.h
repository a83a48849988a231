// SPDX-License-Identifier: Apache-2.0
//
// The signals that collectives.h finds, out of the store: torch.flight_* facts of dumps, torch.work_status and
// torch.watchdog_timeout of logs.
#pragma once

#include <vector>

#include "analyzer/signals/collectives.h"
#include "analyzer/signals/job_view.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

// Process groups as the incident's dumps and logs show them, the collective that decides included. `with_dump` gets the
// ranks of which there is a dump. Of several dumps of one rank the newest counts; a dump that ended more than an hour
// before the newest of all is an earlier run's and does not count.
std::vector<GroupView> load_groups(store::Store& store, std::set<int>& with_dump);

// What load_groups and compare find; nothing where no dump or status is there, or where the job may not stand still at all.
std::vector<Standstill> read_standstills(store::Store& store);

// Rows of one kind. A late rank with an error of its own is no straggler: `failed` asks for those or for the others.
std::vector<Observation> standstill(const JobView& view, StandstillKind kind, bool failed = false);

// Ranks that torch.distributed itself names as late: desync report, monitoredBarrier.
std::vector<Observation> lagging_ranks(const JobView& view);

// Ranks of the job that are not among those whose watchdog gave up, where these are most of it. Not a sign of its own, only
// a place: whoever waited prints, whoever was waited for does not.
std::vector<Observation> ranks_not_waiting(const JobView& view);

}  // namespace gpm::signals
