// SPDX-License-Identifier: Apache-2.0
//
// What a terminal makes of a text: whether anything steers it, and how wide each line is.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include "analyzer/report/columns.h"
#include "parsers/text/utf8.h"

namespace gpm::test {

// The first thing in it that is no visible text of UTF-8 nor a line end; empty if there is none.
inline std::string steering(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = text::first_code_point(text.substr(at));
    if (!point.valid || (point.value != '\n' && (text::is_control(point.value) || text::is_hidden(point.value))))
      return "byte " + std::to_string(at) + ": code " + std::to_string(static_cast<unsigned>(point.value)) + " behind " + std::string(text.substr(at > 60 ? at - 60 : 0, at > 60 ? 60 : at));
    at += point.bytes;
  }
  return {};
}

// The first line wider than `columns`; empty if there is none. Commands and addresses are there to be copied and so are
// never broken.
inline std::string too_wide(const std::string& text, std::size_t columns) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto start = line.find_first_not_of(' ');
    const bool for_copying = start != std::string::npos && (line.compare(start, 2, "$ ") == 0 || line.compare(start, 8, "https://") == 0);
    if (!for_copying && report::width_of(line) > columns) return line;
  }
  return {};
}

}  // namespace gpm::test
