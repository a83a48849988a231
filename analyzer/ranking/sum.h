// SPDX-License-Identifier: Apache-2.0
//
// The sum behind a cause: its prior and what each of its signals adds or takes, given what other causes account for.
#pragma once

#include <map>
#include <set>
#include <string_view>

#include "analyzer/ranking/ranking.h"

namespace gpm::ranking {

struct Candidate {
  RankedCause ranked;
  bool has_for = false;  // something that is present counts for it
};

using Explained = std::map<std::string_view, std::string_view>;  // a signal and the cause that accounts for it
using Over = std::set<std::string_view>;  // causes whose evidence was over long before that of another

Candidate add_up(const kb::Cause& cause, const signals::Findings& findings, const Explained& explained, const Over& over);

}  // namespace gpm::ranking
