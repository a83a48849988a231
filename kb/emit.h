// SPDX-License-Identifier: Apache-2.0
//
// Knowledge -> C++ source that defines embedded() of kb/model.h from packed tables (kb/packed.h). The same knowledge gives
// the same bytes.
#pragma once

#include <string>

#include "kb/model.h"

namespace gpm::kb {

std::string emit(const Knowledge& knowledge);

}  // namespace gpm::kb
