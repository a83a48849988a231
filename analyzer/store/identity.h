// SPDX-License-Identifier: Apache-2.0
//
// Identity: which document comes from which host, and which names mean the same GPU.
//
// A GPU is one thing whether it is called 0000:7b:00.0, index 3 of host H, or GPU-5d5b...: nvidia-smi tables tie index and
// address, -q and the kernel tie address and UUID. A document that names no host takes the one that its folder's other
// documents agree on, unless its lines name others only, else the only host of the bundle; where the bundle names none, a
// kernel log takes the one that its file is named after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/store/sqlite.h"
#include "parsers/facts/facts.h"

namespace gpm::store {

struct GpuSeen {
  std::int64_t document = 0;
  facts::Gpu gpu;
};

// Fills documents.host, then the empty `host` of facts, then pci / gpu_index / gpu_uuid where another row ties them; writes
// tables hosts and gpus.
void resolve_identities(Database& db, const std::vector<GpuSeen>& gpus);

}  // namespace gpm::store
