// SPDX-License-Identifier: Apache-2.0
//
// Signals that SQL cannot say. The knowledge base names them in `computed:`; the linter knows the names from here.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/signals/job_view.h"

namespace gpm::signals {

struct Observation;

//   absent_ranks.h  nccl.ranks_missing nccl.absent_rank nccl.init_stuck nccl.stopped_rank nccl.odd_rank_count
//   odd_ones.h      nccl.versions_differ nccl.odd_version nccl.bootstrap_wording_differs nccl.ib_lists_differ nccl.networks_differ
//                   nccl.settings_differ nccl.odd_setting nccl.odd_interface nccl.odd_transport nccl.odd_gdr nccl.several_nodes
//                   nccl.socket_between_nodes
//   peers.h         torch.clients_missing nccl.lost_peer nccl.unreachable_pair nccl.owner_of_virtual_address nccl.late_rank torch.odd_collective
//   stacks.h        process.ranks_elsewhere process.ranks_in_other_collective
//   flight.h        torch.*, process groups of PyTorch that stand still, compared rank by rank (collectives.h)
std::vector<Observation> compute(std::string_view name, const JobView& view);
const std::vector<std::string_view>& computed_names();

}  // namespace gpm::signals
