// SPDX-License-Identifier: Apache-2.0
//
// What stands around a quoted line. The documents themselves are gone when the result is made; of the lines near a quote
// those are known that stated a fact.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/result.h"
#include "analyzer/scan/worker.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/text/regex.h"

namespace gpm::compose {

inline constexpr std::uint64_t context_reach = 25;    // lines before and after
inline constexpr std::size_t context_each_side = 4;   // kept of them

// Fills Evidence::context of all causes.
void add_context(store::Store& store, report::Result& result);

// The part of a line that made the signal: what its pattern matches; of a query the longest of its literals that the line
// holds. Empty where neither is found. One serves all lines of a signal, so that its pattern is compiled once.
class MatchingPart {
 public:
  explicit MatchingPart(const kb::Signal& signal) : signal_(signal), pattern_(signal.pattern, re2::RE2::Quiet) {}
  std::string of(std::string_view line) const;

 private:
  const kb::Signal& signal_;
  const text::Regex pattern_;
};

// The matching parts of all evidence, looked for by a worker meanwhile: to compile the patterns anew takes as long as much of
// the rest.
class MatchingParts {
 public:
  // Begins with the lines that the causes quote; what it needs of them is copied.
  MatchingParts(const signals::Findings& findings, const std::vector<report::Cause>& causes, scan::Worker& worker);
  // Fills in `match` of the same evidence.
  void put_in(std::vector<report::Cause>& causes);

 private:
  scan::Worker::Task<std::vector<std::string>> found_;  // of each line, in their order
};

}  // namespace gpm::compose
