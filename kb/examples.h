// SPDX-License-Identifier: Apache-2.0
//
// The examples and near misses of causes: small bundles, written beside the cause that they are about. Tests analyse
// them; they are not part of the binary.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kb/problem.h"

namespace gpm::kb {

struct CauseExample {
  std::string cause;
  std::string name;
  bool near_miss = false;  // must not give the cause 0.5 or more; else must give it first, with 0.5 or more
  std::map<std::string, std::string> files;  // path in the bundle -> text; paths are relative and hold no ".."
};

// Of all files below causes/ of a knowledge folder, ordered by cause, examples before near misses.
std::vector<CauseExample> load_examples(const std::string& folder, Problems& problems);

}  // namespace gpm::kb
