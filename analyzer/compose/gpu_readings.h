// SPDX-License-Identifier: Apache-2.0
//
// What is known of each GPU's state (firmware, error counters, links, temperature, throttling, modes), the newest value of
// each, and which of the values are out of the ordinary.
#pragma once

#include "analyzer/compose/document_paths.h"
#include "analyzer/report/result.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

// Fills Gpu::readings of result.gpus. NVLinks are summed up by GPU: `nvlink.links` "16 of 18 up", and the counters of errors.
void add_gpu_readings(store::Store& store, const DocumentPaths& paths, report::Result& result);

// Marks facts of hosts (driver_version, ...) that differ from those of most hosts.
void mark_odd_hosts(report::Result& result);

}  // namespace gpm::compose
