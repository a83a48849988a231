// SPDX-License-Identifier: Apache-2.0
//
// Machines of one job that differ from the rest, in what ought to be equal: versions, networks, devices, settings,
// interfaces, transports. `..._differ` gives lines of both sides; `odd_...` those of the few only, and nothing where no
// value has more than half of the job's machines: of two machines neither is the odd one.
#pragma once

#include <vector>

#include "analyzer/signals/job_view.h"
#include "analyzer/signals/signals.h"

namespace gpm::signals {

std::vector<Observation> versions_differ(const JobView& view);
// Also by NCCL's own words: "Mismatched NCCL version detected : rank 0 version 22605 rank 8 version 22703".
std::vector<Observation> odd_version(const JobView& view);
std::vector<Observation> bootstrap_wording_differs(const JobView& view);
// Machines that use fewer RDMA devices than most.
std::vector<Observation> ib_lists_differ(const JobView& view);
// Machines with sockets in a job with another network.
std::vector<Observation> networks_differ(const JobView& view);
std::vector<Observation> settings_differ(const JobView& view);
std::vector<Observation> odd_setting(const JobView& view);
// Machines whose bootstrap interface is another one, in another network, than that of most.
std::vector<Observation> odd_interface(const JobView& view);
// Machines within which ranks go through host memory or the network where those of most machines use peer-to-peer.
std::vector<Observation> odd_transport(const JobView& view);
// Machines whose InfiniBand channels lack GPUDirect RDMA where those of most have it.
std::vector<Observation> odd_gdr(const JobView& view);
// Bootstrap lines of machines that share a communicator with another; lines of such that choose sockets.
std::vector<Observation> several_nodes(const JobView& view);
std::vector<Observation> socket_between_nodes(const JobView& view);

}  // namespace gpm::signals
