// SPDX-License-Identifier: Apache-2.0
//
// What a report prints from the knowledge base: sentences in two languages, and commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kb/model.h"

namespace gpm::kb {

// What is wrong with a text that must be there in both languages, one phrase each.
std::vector<std::string> text_findings(const Text& text);

// What is wrong with a command template: a placeholder that nothing fills in, a tool that does not exist, a control
// character. `{x}` is a placeholder where x is lower-case letters, digits and '_', unless a '$' or a '{' is before it
// (shell variables, Go templates); write awk's blocks with blanks: `{ print }`.
std::vector<std::string> command_findings(std::string_view command);

}  // namespace gpm::kb
