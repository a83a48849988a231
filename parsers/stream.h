// SPDX-License-Identifier: Apache-2.0
//
// Whose line it is, for blocks of several lines: those of one process belong together, however the lines of others come
// in between.
#pragma once

#include <fmt/format.h>

#include <string>

#include "parsers/text/line.h"

namespace gpm::parsers {

// A key that is equal for lines of which the wrappers say the same process; without wrappers all lines are one stream.
inline std::string stream_of(const text::Line& line) {
  return fmt::format("{}/{}/{}/{}", line.place.rank.value_or(-1), line.place.pid.value_or(-1), line.place.host,
                     line.place.container.empty() ? line.place.pod : line.place.container);
}

}  // namespace gpm::parsers
