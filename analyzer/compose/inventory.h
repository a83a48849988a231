// SPDX-License-Identifier: Apache-2.0
//
// The parts of the result that are lists of what the bundle holds: documents, notes, hosts, GPUs, communicators.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

void add_inventory(store::Store& store, const signals::Findings& findings, report::Result& result);

}  // namespace gpm::compose
