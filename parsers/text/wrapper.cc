// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/wrapper.h"

namespace gpm::text {

Line unwrap(std::uint64_t number, std::string_view raw, std::string& scratch) {
  (void)scratch;
  Line line;
  line.number = number;
  line.raw = raw;
  line.message = raw;
  return line;
}

}  // namespace gpm::text
