// SPDX-License-Identifier: Apache-2.0
//
// The parts of the result that the page draws: the topology of a node and the memory and load of its GPUs. The other two
// pictures, the timeline and the ranks, are drawn from result.timeline and result.communicators.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

// From `nvidia-smi topo -m`, one for each host: that of the document which shows most links. Ports that are not active and
// NVLinks that are down are marked. Needs result.gpus with their readings.
void add_topologies(store::Store& store, report::Result& result);

// From nvidia-smi's tables and reports, one for each host: of the document that says most of memory and processes the last
// sample. Needs result.gpus.
void add_usage(store::Store& store, const signals::Findings& findings, report::Result& result);

}  // namespace gpm::compose
