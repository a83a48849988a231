// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/processors.h"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace gpm::scan {

std::size_t processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);  // more than a set holds
}

}  // namespace gpm::scan
