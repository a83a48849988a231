// SPDX-License-Identifier: Apache-2.0
//
// docs/causes.md: every cause with what speaks for and against it and what to do, for readers who want to know what the
// analyzer knows. Written by `kb-compiler --catalogue FILE`.
#pragma once

#include <string>

#include "kb/model.h"

namespace gpm::kb {

std::string catalogue(const Knowledge& knowledge);

// docs/lines.md: every known line by source. Written by `kb-compiler --lines FILE`.
std::string catalogue_of_lines(const Knowledge& knowledge);

}  // namespace gpm::kb
