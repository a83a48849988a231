// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/line.h"

#include <algorithm>

namespace gpm::text {

std::string quote(std::string_view raw, std::size_t offset, std::size_t size) {
  if (raw.size() <= max_evidence_bytes) return std::string(raw);
  size = std::min(size, max_evidence_bytes);
  const std::size_t margin = (max_evidence_bytes - size) / 2;
  std::size_t begin = offset > margin ? offset - margin : 0;
  begin = std::min(begin, raw.size() - max_evidence_bytes);
  return std::string(raw.substr(begin, max_evidence_bytes));
}

facts::Origin origin(const Line& line, std::string_view match) {
  std::size_t offset = 0, size = 0;
  if (match.data() >= line.raw.data() && match.data() + match.size() <= line.raw.data() + line.raw.size()) {
    offset = static_cast<std::size_t>(match.data() - line.raw.data());
    size = match.size();
  }
  return {line.number, quote(line.raw, offset, size)};
}

}  // namespace gpm::text
