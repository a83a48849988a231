// SPDX-License-Identifier: Apache-2.0
//
// Machines that are in the bundle and not in the incident: another job ran there from end to end, and what was collected there
// shows nothing wrong. Their progress is not that of the job that stands still, their versions need not be its own, their clean
// kernel log clears nobody's hardware.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "analyzer/signals/job_view.h"

namespace gpm::signals {

using Machines = std::set<std::string>;  // hosts; pods where no host is known

// Machines of jobs that lack nobody: each of their communicators was seen whole and complete, no line of theirs tells of a
// larger job, and no document of theirs speaks of other machines.
Machines machines_of_whole_jobs(const JobView& view);

// Those of them on which nothing went wrong, whole jobs at a time. `troubled` evaluates what these machines alone say and gives
// the machines where something went wrong; '' stands for what has no machine.
Machines find_bystanders(const JobView& view, const std::function<Machines(const Machines&)>& troubled);

}  // namespace gpm::signals
