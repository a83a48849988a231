// SPDX-License-Identifier: Apache-2.0
//
// A form of a known line -> what a machine needs to find it.
//
//   "Connect to %s failed : %s"  ->  pattern "\bConnect to .* failed : ", anchor "connect to ", 21 literal bytes
//
// A template is the format string of the message's source. Placeholders are printf's, flags, width and length included:
// %s anything (also nothing), %d %i %u a number, %x %X %p hexadecimal digits (a pointer may be (nil)), %f %g %e a number
// with a fraction, %c one character, %% a percent sign. It may stand anywhere in a line, but not in the middle of a word.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kb/model.h"

namespace gpm::kb {

// A line is offered to a form only where it holds the anchor; short ones would be in every other line.
inline constexpr std::size_t shortest_anchor = 6;

struct LineShape {
  std::string pattern;            // RE2, Latin-1: a log may hold any bytes
  std::string anchor;             // in lower case; the longest literal, or the one that the form names
  std::size_t literal_bytes = 0;  // how specific it is: of a form with a pattern, those of its anchor
  std::string error;              // why the template cannot be used; else empty
};

LineShape shape_of(const LineForm& form);

}  // namespace gpm::kb
