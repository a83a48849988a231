// SPDX-License-Identifier: Apache-2.0
//
// Commands as they stand in a pasted terminal.
#pragma once

#include <string_view>

namespace gpm::parsers::host {

// The line without a shell prompt: "$ cmd", "ops@gpu07:~$ cmd" -> "cmd"; equals the line where there is none.
inline std::string_view without_prompt(std::string_view text) {
  const auto at = text.substr(0, 80).find("$ ");
  if (at == std::string_view::npos || text.substr(0, at).find(' ') != std::string_view::npos) return text;
  return text.substr(at + 2);
}

}  // namespace gpm::parsers::host
