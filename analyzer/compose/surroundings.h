// SPDX-License-Identifier: Apache-2.0
//
// What else happened around the signals: events that no signal points at, but that the reader of a timeline wants to see
// beside them. Kubernetes took a pod away, the host booted, the driver was loaded or changed, an engine began to load.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

inline constexpr std::size_t surrounding_moments = 100;

// Needs result.language and the timeline of the signals, and puts these moments among them, in order. Equal ones of one
// document are one moment with a count. Only what lies near the signals in time; of events without a time only warnings of
// Kubernetes, whose lists often give no more than an age. None where no signal is on the timeline.
void add_surroundings(store::Store& store, const signals::Findings& findings, report::Result& result);

}  // namespace gpm::compose
