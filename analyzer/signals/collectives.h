// SPDX-License-Identifier: Apache-2.0
//
// Which rank kept the others waiting: process groups as each rank saw them, side by side.
//
// A collective ends only when all members of its group have entered it. So of a group that stands still the first
// collective that some rank entered and did not finish decides:
//
//   members that never entered it          keep the others waiting                       never_entered
//   members that entered something else    operation, size or type differ                differs
//   few that entered and did not finish,
//     where the others did                 their GPU or link stands still                unfinished
//   all entered the same, nobody finished  no rank is late: below lies the transport     all_waiting
//
// A rank that never came may itself wait in another group, for somebody else. Ranks that others wait for and that wait
// for nobody are the ones to look at; where ranks wait for each other in a circle, they issued collectives of different
// groups in different order (circular). Groups of one rank say nothing. Numbers count per group and are never compared
// across groups. A rank without a dump where others have one is named (no_dump): it had died, or nobody collected it.
//
// Views come from flight recorder dumps, and for groups without a dump from the watchdog's lines (last enqueued work N).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/signals/signals.h"

namespace gpm::signals {

// One collective, or all that were issued together under one number.
struct Entered {
  std::string operation;  // "all_reduce"; several joined by '+'
  std::string shape;      // elements and types, where all ranks must have the same; else empty
  std::string state;      // scheduled, started, completed
  Observation at;
};

// A group as one rank saw it.
struct GroupAtRank {
  std::optional<std::int64_t> entered;  // highest collective; nothing = none
  std::optional<std::int64_t> pending;  // first that is not completed; nothing = none outstanding
  std::optional<Entered> decisive;      // the collective that decides (decisive_seq), where this rank entered it
  std::optional<int> awaited_peer;      // of the first outstanding send or receive
  Observation at;
};

struct GroupView {
  std::string name;
  bool from_dumps = false;
  std::vector<int> members;  // sorted; empty = not known
  std::map<int, GroupAtRank> ranks;

  // Lowest number that some rank has outstanding.
  std::optional<std::int64_t> decisive_seq() const;
  bool has_peers() const { return members.size() > 1 || ranks.size() > 1; }
};

enum class StandstillKind { never_entered, differs, unfinished, circular, no_dump, all_waiting };

struct Standstill {
  StandstillKind kind = StandstillKind::never_entered;
  std::vector<Observation> rows;  // place.rank is the rank at fault; a waiting rank's row has none
};

// `with_dump`: ranks of which there is a dump at all.
std::vector<Standstill> compare(const std::vector<GroupView>& groups, const std::set<int>& with_dump);

// Names of one NCCL operation, in dumps and in the watchdog's lines, as one.
std::string operation_of(std::string_view name);
// Whether no rank can be through before all have come. Of a broadcast or a gather some ranks may be.
bool is_even(std::string_view operation);
// Whether all ranks must hand in the same number of elements of the same type.
bool has_one_size(std::string_view operation);

}  // namespace gpm::signals
