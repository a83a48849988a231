// SPDX-License-Identifier: Apache-2.0
//
// The topics of a knowledge base against each other: each must win its examples and lose its near misses.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kb/match/topics.h"
#include "kb/model.h"

namespace gpm::kb {

// What is wrong with the topic of `signal`, one phrase each; `topics` are those of the whole knowledge base.
std::vector<std::string> topic_findings(const Signal& signal, const Topics& topics);

}  // namespace gpm::kb
