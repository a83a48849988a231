// SPDX-License-Identifier: Apache-2.0
//
// What must hold of known lines (kb/lines/) beyond their schema: a form can be found, its example is this line and not a
// more specific one, near misses are not, causes exist, advice points to none.
#pragma once

#include "kb/load.h"
#include "kb/model.h"
#include "kb/problem.h"

namespace gpm::kb {

void lint_lines(const Knowledge& knowledge, const Origins& origins, Problems& problems);

}  // namespace gpm::kb
