// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a document of unknown format. What must hold: a format that is found is one of the table, and parts lie in
// the document, one behind the other.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parsers/formats/bug_report.h"
#include "parsers/formats/collections.h"
#include "parsers/formats/formats.h"
#include "parsers/formats/parts.h"
#include "parsers/text/fields.h"
#include "tests/fuzz/targets.h"

namespace gpm::fuzz {
namespace {

bool is_format(std::string_view id) {
  return formats::is_known(id) || id == "text" || id == "binary" || id == "empty" || id == "command-output";
}

void check_parts(const std::vector<formats::Part>& parts, std::uint64_t lines) {
  std::uint64_t last = 0;
  for (const auto& part : parts) {
    require(part.first_line > last && part.last_line >= part.first_line && part.last_line <= lines && (part.format.empty() || is_format(part.format)));
    last = part.last_line;
  }
}

}  // namespace

void formats(std::string_view bytes) {
  const auto format = formats::recognise(bytes);
  require(format.empty() || is_format(format));
  const auto lines = text::split(bytes, '\n');
  const auto split = formats::split_at_prompts(bytes);
  require(!split.parts.empty() && split.parts.size() <= formats::max_parts);
  if (!text::trim(bytes).empty()) check_parts(split.parts, lines.size());
  for (const auto part : split.texts) require(part.empty() || (part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size()));

  formats::BugReport report;
  std::uint64_t number = 0;
  for (const auto line : lines) {
    ++number;
    if (report.wants_next() || text::contains(line, formats::BugReport::separator)) report.line(number, line);
    if (const auto title = formats::heading(line)) require(text::contains(line, *title));
    for (const auto found : {formats::of_command(line), formats::of_path(line)}) require(found.empty() || is_format(found));
    formats::collected_from(line);
  }
  check_parts(report.finish(number), number);
}

}  // namespace gpm::fuzz
