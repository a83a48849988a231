// SPDX-License-Identifier: Apache-2.0
//
// Ranking: which causes the signals speak for, best first, and how sure that is.
//
// Each cause starts at its prior and gains or loses the weight of each of its signals that is present (words in the
// knowledge base, numbers here); of signals that tell the same thing (one family) only the heaviest counts. The best cause
// then explains: signals that follow from it count for no other cause. Confidence is the share of a cause among all that
// compete, with "something that we do not know" as one competitor. Evidence that was over a day before that of another likely
// cause, and accounts for nothing of it, counts once and as weak, and is an incident of its own: the past does not compete with
// the present. Nothing depends on the number of lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/signals/signals.h"
#include "kb/model.h"

namespace gpm::ranking {

// Log-odds. Calibrated so that one decisive signal of a usual cause gives about 0.9, one strong about 0.7 and one moderate
// about 0.4 where nothing competes.
double weight_of(kb::Weight weight);
double prior_of(kb::Prior prior);

// Why a signal that is present did not count in full.
enum class Reduced {
  no,
  explained,  // it follows from another cause
  family,     // a heavier signal of its family is present
  over,       // it was over long before the rest: all of it counts once and as weak
};

struct Term {
  const kb::Use* use = nullptr;
  double weight = 0;  // as counted
  Reduced reduced = Reduced::no;
  std::string_view explained_by = {};  // id of the cause
};

struct RankedCause {
  const kb::Cause* cause = nullptr;
  int incident = 1;
  double score = 0;        // log-odds
  double confidence = 0;   // 0 to 1
  std::vector<Term> terms;  // in the order of the knowledge base
  bool over = false;        // its evidence was over long before that of another likely cause
};

// Sorted by confidence, best first; of equals the lower incident number. Causes without a signal for them are left out.
std::vector<RankedCause> rank(const kb::Knowledge& knowledge, const signals::Findings& findings);

}  // namespace gpm::ranking
