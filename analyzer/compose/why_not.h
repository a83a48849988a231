// SPDX-License-Identifier: Apache-2.0
//
// Why a cause that competes for an incident is not the first: what the first has, what of its own evidence follows from
// others, what speaks against it and what would decide for it and was not seen.
#pragma once

#include <string>

#include "analyzer/ranking/ranking.h"
#include "analyzer/signals/signals.h"
#include "kb/model.h"

namespace gpm::compose {

// One paragraph in `language` (en or zh). `first` leads the incident of `second`.
std::string why_not_first(const kb::Knowledge& knowledge, const signals::Findings& findings, const ranking::RankedCause& first,
                          const ranking::RankedCause& second, const std::string& language);

}  // namespace gpm::compose
