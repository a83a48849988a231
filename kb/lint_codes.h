// SPDX-License-Identifier: Apache-2.0
//
// What must hold of codes (kb/codes/) beyond their schema: buckets and related codes exist, a name belongs to one code
// of its family, texts are in both languages, rows of the NVLink5 table can match and are not hidden by one before.
#pragma once

#include "kb/load.h"
#include "kb/model.h"
#include "kb/problem.h"

namespace gpm::kb {

void lint_codes(const Knowledge& knowledge, const Origins& origins, Problems& problems);

}  // namespace gpm::kb
