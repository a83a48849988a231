// SPDX-License-Identifier: Apache-2.0
//
// Signals that SQL cannot say. The knowledge base names them in `computed:`; the linter knows the names from here.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/store/store.h"

namespace gpm::signals {

struct Observation;

//   nccl.ranks_missing      a communicator has fewer ranks in the bundle than its nranks, although some rank's log waits for them
//   torch.*                 process groups of PyTorch that stand still, compared rank by rank (collectives.h)
std::vector<Observation> compute(std::string_view name, store::Store& store);
const std::vector<std::string_view>& computed_names();

}  // namespace gpm::signals
