// SPDX-License-Identifier: Apache-2.0
//
// What is fuzzed: each function takes any bytes and ends the process where something that must hold does not.
#pragma once

#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace gpm::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// The bytes as an input of the command: a file, or any archive.
void bundle(std::string_view bytes);
// The bytes as a document: its lines out of their wrappers, the stamps in them, the clocks on one axis.
void text(std::string_view bytes);
// The bytes as a document whose format, parts and sections are to be found.
void formats(std::string_view bytes);
// The bytes as a document for every parser of these folders of parsers/: as the scanner hands it over (lines with a gate,
// lines asked for), then all lines, then as a tree where it looks like one.
void parsers(std::string_view bytes, std::initializer_list<std::string_view> folders);

}  // namespace gpm::fuzz
