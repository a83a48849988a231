// SPDX-License-Identifier: Apache-2.0
//
// Which of a cause's fixes are for a platform (Docker, Kubernetes, Slurm) that this bundle does not come from.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

// Sets `elsewhere` of the fixes of all causes. Needs result.documents and result.causes with their places. A bundle that
// shows no platform at all leaves every fix as it is: a single log tells nothing of where the job ran.
void mark_fixes_for_elsewhere(store::Store& store, report::Result& result);

}  // namespace gpm::compose
