// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gpm::cli {

// Memory comes from the system in large steps and is not given back each time that a step of the analysis ends, to be
// taken again by the next: for a small bundle a quarter of the time went there. Once, before anything else.
void keep_memory();

}  // namespace gpm::cli
