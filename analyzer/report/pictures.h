// SPDX-License-Identifier: Apache-2.0
//
// The pictures of the page. Each gives one SVG element, or nothing where the result has no data for it; what it shows also
// stands in a table of the page. `id` is the element's name in the page.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/report/faults.h"
#include "analyzer/report/result.h"
#include "analyzer/report/words.h"

namespace gpm::report {

// Hosts as lanes, in each a row for each source that speaks; equal neighbours are one mark with a count. The axis leaves out
// long quiet times. What has no UTC time is not in it. At most `marks` marks.
std::string timeline_picture(const Words& words, const Result& result, std::string_view id, std::size_t marks);

// GPUs and NICs in their NUMA nodes and PCIe switches, NVLinks above them.
std::string topology_picture(const Words& words, const Topology& topology, const Faults& faults, std::string_view id);

// Hosts down, phases across, one square a rank; hosts that look the same are one row. `of_job`: the communicator's ranks are
// those of the job, so that a rank at fault is known by its number.
std::string ranks_picture(const Words& words, const Communicator& communicator, const Faults& faults, bool of_job, std::string_view id);

// A bar for each GPU: memory by process, and utilisation.
std::string usage_picture(const Words& words, const Usage& usage, const Faults& faults, std::string_view id);

}  // namespace gpm::report
