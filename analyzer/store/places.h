// SPDX-License-Identifier: Apache-2.0
//
// Completes where a fact is: a line that names no host is its document's, one that has an index of a GPU gets its address, and
// so on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/store/gpu_identity.h"
#include "analyzer/store/sqlite.h"

namespace gpm::store {

using HostOfDocument = std::map<std::int64_t, std::string>;  // of those that have one
using Tables = std::vector<std::string_view>;                // of facts, that may have rows

// Fills the empty `host` of facts, then pci / gpu_index / gpu_uuid where the GPUs tie them, with their own indices in place of
// the host's. An index is completed only where the host has exactly one GPU of that number.
void complete_places(Database& db, const Tables& tables, const HostOfDocument& hosts, const GpuNames& names);

}  // namespace gpm::store
