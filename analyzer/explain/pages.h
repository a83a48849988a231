// SPDX-License-Identifier: Apache-2.0
//
// The pages that `explain` can show, one for each kind of question.
#pragma once

#include "analyzer/explain/explain.h"
#include "analyzer/explain/observe.h"
#include "analyzer/explain/page.h"
#include "analyzer/explain/question.h"
#include "analyzer/explain/words.h"

namespace gpm::explain {

struct Context {
  const kb::Knowledge& knowledge;
  const Style& style;
  const Words& words;
  Page& page;
};

// One code in full. `asked` is the number that was asked for, where that is another one (CodeHit::How).
void write_code(const Context& context, const CodeHit& hit);
// What it means and what to do, for a line that holds it.
void write_code_in_short(const Context& context, const kb::Code& code);
void write_cause(const Context& context, const kb::Cause& cause);
void write_signal(const Context& context, const kb::Signal& signal);
void write_line(const Context& context, std::string_view line);

// Causes that speak for it, a line each; those against in one paragraph. Nothing for none.
void write_spoken(const Context& context, std::size_t indent, const std::vector<Spoken>& spoken, std::size_t limit);

// "Xid 79: GPU fell off the PCIe bus"
std::string heading_of(const Words& words, const kb::Code& code);

}  // namespace gpm::explain
