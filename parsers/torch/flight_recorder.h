// SPDX-License-Identifier: Apache-2.0
//
// PyTorch's flight recorder: the last collectives of one rank, written by the NCCL watchdog when one times out
// (TORCH_NCCL_TRACE_BUFFER_SIZE and TORCH_NCCL_DUMP_ON_TIMEOUT), as a pickle to TORCH_NCCL_DEBUG_INFO_TEMP_FILE and the rank
// (/tmp/nccl_trace_rank_0), or as JSON by the debug handler. Shown as Python prints it, one entry of two:
//
//   {'version': '2.10',
//    'pg_config': {'0': {'name': '0', 'desc': 'default_pg', 'ranks': '[0, 1]'}},
//    'comm_lib_version': '2.28.9',
//    'pg_status': {'0': {'last_enqueued_collective': 2, 'last_started_collective': -1, 'last_completed_collective': 1}},
//    'entries': [{'frames': [{'name': 'all_reduce', 'filename': '.../torch/distributed/distributed_c10d.py', 'line': 3068}, ...],
//                 'record_id': 1, 'pg_id': 0, 'process_group': ('0', 'default_pg'), 'thread_name': 'python3',
//                 'collective_seq_id': 2, 'p2p_seq_id': 0, 'op_id': 2, 'profiling_name': 'nccl:all_reduce',
//                 'time_created_ns': 1795301568062230472, 'input_sizes': [[4194304]], 'input_dtypes': ['Float'],
//                 'output_sizes': [[4194304]], 'output_dtypes': ['Float'], 'state': 'scheduled',
//                 'time_discovered_started_ns': None, 'time_discovered_completed_ns': None, 'retired': False,
//                 'timeout_ms': 20000, 'is_p2p': False}]}
//
// Facts: torch.flight_dump once, torch.flight_group for each process group, torch.flight_entry for the entries around the
// first that is not completed. All have the dump's rank. The rank stands nowhere in the dump: the file's name ends in it
// (nccl_trace_rank_3, x_dump_3, node7_HOST_3, rank3.json), and the groups, all of which hold it, must not say otherwise.
//
// A dump has no lines that anybody could read, so `text` of these facts is the entry written out, and `line` is where
// `sed -n` would find its bytes.
#pragma once

#include <optional>
#include <string>

#include "parsers/parser.h"
#include "parsers/torch/flight_dump.h"

namespace gpm::parsers::torch {

class FlightRecorder : public TreeParser {
 public:
  std::string_view format() const override { return "flight-recorder"; }
  bool sniff(std::string_view head, std::string_view path) const override;
  bool binary(std::string_view head) const override;
  void lies_at(std::string_view path) override { path_ = path; }
  bool parse(std::string_view document, facts::Sink& sink) override;

 private:
  std::string path_;
};

// The rank that a file's name tells; nothing where it tells none.
std::optional<int> rank_of_name(std::string_view path);

}  // namespace gpm::parsers::torch
