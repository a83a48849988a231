// SPDX-License-Identifier: Apache-2.0
//
// A flight recorder's dump, out of the plain values that it was written as. Keys by version of the dump:
//
//   1.x  (torch 2.2, 2.3)  entries[record_id, pg_id, seq_id, op_id, profiling_name, time_created_ns, duration_ms, input_sizes,
//                          output_sizes, state, time_discovered_*, retired, frames]; pg_config {0: [0, 1]}
//   2.0, 2.1               process_group in place of the bare pg_id (a name, later (name, description)); pg_config
//                          {"0": {name, desc, ranks: "[0, 1]"}}; collective_seq_id and p2p_seq_id in place of seq_id
//   2.2                    is_p2p;  2.3 input_dtypes, output_dtypes, pg_status;  2.4 timeout_ms, and a JSON form without frames,
//                          in which the numbers of pg_status are texts and a time that is not known is 0
//   2.7                    nccl_version, later comm_lib_version;  2.9, 2.10 thread_id, thread_name
//
// pg_status is keyed by the process's own count of groups (pg_id), pg_config by the group's name; which is which only the
// entries tell. last_enqueued of a group counts its sends and receives too, so entries count more than the status.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "parsers/torch/values.h"

namespace gpm::parsers::torch {

struct FlightEntry {
  Values::Id value = Values::none;
  std::uint32_t line = 1;
  std::size_t group = 0;     // index of FlightDump::groups
  std::int64_t seq = -1;     // of collectives of this group, from 1; of a send or receive its own count
  std::int64_t record = -1;  // order over all groups of the process
  std::string_view op;       // all_reduce, send, coalesced ...; view of the values
  std::string_view state;    // scheduled, started, completed
  bool p2p = false;
  bool completed() const { return state == "completed"; }
};

struct FlightGroup {
  std::string name, description;  // "0", "default_pg"
  std::uint32_t line = 1;
  std::vector<int> ranks;         // global ranks, sorted; empty = not stated
  std::optional<std::int64_t> last_enqueued, last_started, last_completed;  // of pg_status; -1 = none yet
  std::optional<std::int64_t> first_seq, last_seq;  // of the collectives that the ring still holds
  std::optional<std::int64_t> pending_seq;          // of the first collective that is not completed
  std::size_t pending = 0, pending_p2p = 0;         // entries that are not completed
  std::vector<std::size_t> entries;                 // indices of FlightDump::entries, in order of record
};

struct FlightDump {
  std::string version, library_version;
  std::vector<FlightGroup> groups;
  std::vector<FlightEntry> entries;
  bool too_much = false;  // more groups or entries than are read
};

// Nothing where the values are no dump. `values` must outlive the dump.
std::optional<FlightDump> read_flight_dump(const Values& values, Values::Id root);

// "[[1024, 8], [8]]" and how many elements these are; nothing where no sizes are recorded.
struct FlightSizes {
  std::string text;
  std::int64_t elements = 0;
};
std::optional<FlightSizes> read_sizes(const Values& values, Values::Id list);
// "Float, Long"; empty where not recorded.
std::string read_words(const Values& values, Values::Id list);
// "train.py:88 in step": the innermost frame that is not torch's own.
std::string read_frame(const Values& values, Values::Id frames);

}  // namespace gpm::parsers::torch
