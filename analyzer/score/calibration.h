// SPDX-License-Identifier: Apache-2.0
//
// Does confidence mean something? Of the answers given with 0.8, four in five should be right.
#pragma once

#include <optional>
#include <vector>

#include "analyzer/score/score.h"

namespace gpm::score {

// One number is fitted: the factor on the log-odds of each first answer's confidence under which the answers of the corpus
// are likeliest. Above 1 the answers were too modest, below 1 too sure.
struct Fit {
  double factor = 1;
  double log_loss = 0;         // mean over the answers, with that factor
  double log_loss_as_given = 0;
};

// Nothing where all answers are right or all are wrong: no factor fits best then.
std::optional<Fit> fit_confidence(const std::vector<Judged>& judged);

}  // namespace gpm::score
