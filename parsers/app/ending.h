// SPDX-License-Identifier: Apache-2.0
//
// Lines that tell that a process ended, and how.
#pragma once

#include <optional>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::parsers::app {

// app.signal: a process died by a signal, was sent one or got one. `role`: died, received, sent (by a launcher that
// closes its other workers: their deaths follow from the first).
std::optional<facts::Event> read_signal(const text::Line& line);

// app.exit: an exit code other than 0, or the launcher's reason (oom-kill, cancelled, time-limit, preemption,
// node-failure, died). 128 + N is left as it is.
std::optional<facts::Event> read_exit(const text::Line& line);

}  // namespace gpm::parsers::app
