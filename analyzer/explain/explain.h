// SPDX-License-Identifier: Apache-2.0
//
// `gpu-postmortem explain`: what a code, a cause, a signal or any line of a log means, from the knowledge base alone.
//
//   std::string unknown;
//   if (!explain({"xid", "79"}, kb::embedded(), {.language = "en"}, std::cout, unknown)) say(unknown);
//
// Everything that is printed is inert (analyzer/report/inert.h) and fits the columns, but for commands, addresses and
// samples of log lines, of which only the first two may be wider: they are there to be copied.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "kb/model.h"

namespace gpm::explain {

struct Style {
  std::string language = "en";  // en, zh
  std::size_t columns = 80;
  bool with_causes = true;  // look up which signals and causes a code speaks for; costs an analysis of its example line
};

// True if something was written. False if nothing is known of what was asked: `unknown` is one sentence for the user.
bool explain(const std::vector<std::string>& words, const kb::Knowledge& knowledge, const Style& style, std::ostream& out,
             std::string& unknown);

}  // namespace gpm::explain
