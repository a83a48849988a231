// SPDX-License-Identifier: Apache-2.0
//
// Results to lay out: one with every field in use, one full of hostile text, and the plain endings.
#pragma once

#include <string>

#include "analyzer/report/result.h"

namespace gpm::report {

Result full_result(const std::string& language);  // a GPU that fell off the bus, and an independent second fault
Result healthy_result(const std::string& language);
Result undecided_result(const std::string& language);
// 10,000 events, 4,096 ranks, 64 GPUs with all their readings, 10,000 documents, every line as long as lines are kept.
Result huge_result(const std::string& language);

// Every text is `attack`, in every field that can come from a bundle or a foreign knowledge base.
Result result_made_of(const std::string& attack, const std::string& language);
// Markup, scripts, terminal escapes, bidi overrides, backticks, pipes, newlines, NUL, invalid UTF-8, shell and template
// syntax.
const std::string& everything_hostile();

}  // namespace gpm::report
