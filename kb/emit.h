// SPDX-License-Identifier: Apache-2.0
//
// Knowledge -> C++ source that defines embedded() of kb/model.h from constexpr arrays: the compiler lays everything
// out, nothing runs at start. The same knowledge gives the same bytes.
#pragma once

#include <string>

#include "kb/model.h"

namespace gpm::kb {

std::string emit(const Knowledge& knowledge);

}  // namespace gpm::kb
