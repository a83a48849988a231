// SPDX-License-Identifier: Apache-2.0
//
// Text in columns of a terminal: how wide it is, where it may be broken, where it is cut. Independent of the locale,
// which must not decide what a report looks like. Takes text that is inert (analyzer/report/inert.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::report {

// Columns that one character takes: 2 for East Asian wide and fullwidth ones and emoji, 0 for combining marks, else 1.
int width_of(char32_t code);
std::size_t width_of(std::string_view text);

// Breaks at blanks, and before and after wide characters, but puts no closing punctuation at the start of a line and no
// opening one at its end. What is wider than a line alone is broken anywhere. At least one line; none wider than
// `columns` (2 at least), none with blanks at its ends.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// Keeps every blank: for quoted lines, where the layout is part of the text. Breaks behind a blank where one stands in
// the last third of the line, else at `columns`. After `max_lines` the rest is cut and "…" says so.
std::vector<std::string> fold(std::string_view text, std::size_t columns, std::size_t max_lines);

// At most `columns` wide; "…" at the end where something was cut.
std::string cut(std::string_view text, std::size_t columns);
// Without the blanks that folding a Chinese sentence over several lines of YAML leaves in it: those beside full-width
// punctuation, and those between two wide characters.
std::string without_folded_blanks(std::string_view text);

// At most `limit` bytes, cut between characters; "…" where something was cut.
std::string cut_bytes(std::string_view text, std::size_t limit);
// Filled up with blanks to `columns`.
std::string padded(std::string_view text, std::size_t columns);

}  // namespace gpm::report
