// SPDX-License-Identifier: Apache-2.0
//
// Order in time, where clocks tell: which likely causes were over a day before the rest happened.
#pragma once

#include <span>

#include "analyzer/ranking/sum.h"

namespace gpm::ranking {

Over find_over(std::span<const kb::Cause* const> causes, const signals::Findings& findings);

}  // namespace gpm::ranking
