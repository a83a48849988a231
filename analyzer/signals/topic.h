// SPDX-License-Identifier: Apache-2.0
//
// The last resort: what are the complaints of this bundle about?
//
// Where no cause is likely, an engineer who has never seen these messages still reads which part they complain about: a hook of
// the container engine, a library, a port. add_topic does the same with the topics of the knowledge base over the bundle's
// complaints: a topic's points are those of its best line and a quarter of the next ones'. The winner becomes a signal that is
// present, and brings its cause to even odds (kb::Weight::guess). A complaint that a log went on after for long was survived, and
// is none.
#pragma once

#include "analyzer/scan/unusual.h"
#include "analyzer/signals/signals.h"
#include "kb/model.h"

namespace gpm::signals {

// True where a topic was found and added to the findings. `possible`: the causes that have some evidence already; where there
// are any, only theirs are asked for.
bool add_topic(const kb::Knowledge& knowledge, store::Store& store, const scan::UnusualLines& lines,
               const std::vector<const kb::Cause*>& possible, Findings& findings);

}  // namespace gpm::signals
