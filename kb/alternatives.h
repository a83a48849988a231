// SPDX-License-Identifier: Apache-2.0
//
// An RE2 pattern as the list of its alternatives.
//
//   "a (?:b|c+)? d"  ->  "a b d", "a cc* d", "a  d"
//
// RE2's prefilter gives the literals of a pattern after common prefixes of alternatives were factored out ("unable to "
// and "write" of `unable to write|unable to map`), so that a gate across the cut cannot be proved. Alternatives taken
// one by one are not cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::kb {

// Patterns of which at least one matches wherever `pattern` does. Flags in groups may get lost, so they are good for
// asking which literals must be there, not for matching. Only `pattern` itself if it has more than 256 alternatives.
std::vector<std::string> alternatives(std::string_view pattern);

}  // namespace gpm::kb
