// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/budget.h"

#include <fmt/format.h>

namespace gpm::bundle {

Fault ratio_fault(const Limits& limits) {
  return {"limit:ratio",
          fmt::format("It unpacks to over {} bytes and over {} times its packed size; the rest is not read.",
                      limits.ratio_from_bytes, limits.ratio)};
}

Fault total_bytes_fault(const Limits& limits) {
  return {"limit:total-bytes",
          fmt::format("The bundle unpacks to over {} bytes; the rest is not read.", limits.total_bytes)};
}

}  // namespace gpm::bundle
