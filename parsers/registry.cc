// SPDX-License-Identifier: Apache-2.0
#include "parsers/registry.h"

namespace gpm::parsers {

std::vector<std::unique_ptr<LineParser>> make_line_parsers() {
  std::vector<std::unique_ptr<LineParser>> parsers;
  return parsers;
}

std::vector<std::unique_ptr<TreeParser>> make_tree_parsers() {
  std::vector<std::unique_ptr<TreeParser>> parsers;
  return parsers;
}

}  // namespace gpm::parsers
