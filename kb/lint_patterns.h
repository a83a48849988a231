// SPDX-License-Identifier: Apache-2.0
//
// The pattern of a signal against its gates, examples and near misses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kb/model.h"

namespace gpm::kb {

// What is wrong, one phrase each; empty if nothing is. A line is offered to a pattern only if it holds one of the
// gates, so gates that a matching line may lack would lose matches in silence: RE2's own prefilter has to prove that
// they hold.
std::vector<std::string> pattern_findings(const Signal& signal);

// What is wrong with literals of which each line that the pattern matches has to hold one; the pattern compiles.
std::vector<std::string> gate_findings(std::string_view pattern, std::span<const std::string_view> gates);

}  // namespace gpm::kb
