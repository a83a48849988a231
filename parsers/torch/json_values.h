// SPDX-License-Identifier: Apache-2.0
//
// A JSON text as Values. Read event by event, so that neither depth nor size can hurt: what nests deeper than max_depth or
// is more than Values hold ends the reading, and what came before is kept.
#pragma once

#include <string_view>

#include "parsers/torch/values.h"

namespace gpm::parsers::torch {

ValueReading read_json_values(std::string_view text);

}  // namespace gpm::parsers::torch
