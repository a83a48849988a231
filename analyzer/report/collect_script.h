// SPDX-License-Identifier: Apache-2.0
//
// What to collect next as one shell script to copy: every command writes a file of its own into a new folder.
#pragma once

#include <string>

#include "analyzer/report/result.h"
#include "analyzer/report/words.h"

namespace gpm::report {

// Empty where no entry has a command. A command with a <placeholder>, which a shell would read as a redirection, stands in a
// comment. All texts are inert and on one line, so that none leaves its comment.
std::string collect_script(const Words& words, const Result& result);

}  // namespace gpm::report
