// SPDX-License-Identifier: Apache-2.0
//
// What each verb does with its options; they return the exit status.
#pragma once

#include "tools/cli/options.h"

namespace gpm::cli {

int analyze(const Analyze& options);
int explain(const Explain& options);
int patterns();
int score(const Score& options);

}  // namespace gpm::cli
