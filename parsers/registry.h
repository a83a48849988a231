// SPDX-License-Identifier: Apache-2.0
//
// All parsers that there are. Adding a format is one folder beside this file and one line in registry.cc.
#pragma once

#include <memory>
#include <vector>

#include "parsers/parser.h"

namespace gpm::parsers {

using LineParsers = std::vector<std::unique_ptr<LineParser>>;
LineParsers make_line_parsers();
// In the order in which they are tried; the first that sniffs and parses has the document.
std::vector<std::unique_ptr<TreeParser>> make_tree_parsers();

}  // namespace gpm::parsers
