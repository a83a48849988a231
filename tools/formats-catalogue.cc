// SPDX-License-Identifier: Apache-2.0
//
// Writes docs/formats.md from the table of formats and the registry of parsers:  formats-catalogue > docs/formats.md
#include <iostream>
#include <set>

#include "parsers/formats/formats.h"
#include "parsers/registry.h"

int main() {
  std::cout << "# Formats\n\n"
               "What a document can be recognised as, by its content; names of files are never asked. Written by\n"
               "`build/release/formats-catalogue > docs/formats.md` from `parsers/formats/formats.cc` and `parsers/registry.cc`.\n"
               "\"Recognised only\" gives no facts of its own; known error lines are found in it as in any text. Facts: [facts.md](facts.md).\n\n"
               "| format | printed or written by | layouts | facts |\n|---|---|---|---|\n";
  for (const auto& format : gpm::formats::all())
    std::cout << "| `" << format.id << "` | " << format.tool << " | " << format.versions << " | "
              << (format.facts.empty() ? "recognised only" : format.facts) << " |\n";
  std::cout << "\nThree more words stand in `documents.format` where nothing of this fits: `text`, `binary`, `empty`; parts below an unknown command are\n"
               "`command-output`. What was not understood, and why: the view `not_understood` ([store.md](store.md)).\n\n"
               "## Parsers\n\nEach reads its records wherever they stand, in any document. Line parsers:\n\n";
  std::set<std::string> names;
  for (const auto& parser : gpm::parsers::make_line_parsers()) names.emplace(parser->format());
  for (const auto& name : names) std::cout << "`" << name << "` ";
  std::cout << "\n\nFormats that are read as a whole:\n\n";
  names.clear();
  for (const auto& parser : gpm::parsers::make_tree_parsers()) names.emplace(parser->format());
  for (const auto& name : names) std::cout << "`" << name << "` ";
  std::cout << "\n";
}
