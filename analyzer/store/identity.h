// SPDX-License-Identifier: Apache-2.0
//
// Identity: which document comes from which host, and which names mean the same GPU.
//
// Which names mean the same GPU is gpu_identity.h's matter. A document that names no host takes the one that its folder's other
// documents agree on, unless its lines name others only, else the only host of the bundle; where the bundle names none, a
// kernel log takes the one that its file is named after.
#pragma once

#include <vector>

#include "analyzer/store/gpu_identity.h"
#include "analyzer/store/sqlite.h"

namespace gpm::store {

// Fills documents.host, then the empty `host` of facts, then pci / gpu_index / gpu_uuid where another row ties them; writes
// tables hosts and gpus.
void resolve_identities(Database& db, const std::vector<GpuSeen>& gpus);

}  // namespace gpm::store
