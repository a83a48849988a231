// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace gpm::scan {

// That this process may use (taskset counts, a container's quota does not), at least 1.
std::size_t processors();

}  // namespace gpm::scan
