// SPDX-License-Identifier: Apache-2.0
//
// The timeline: what the signals saw, in order, with who said it and what it has to do with the causes.
#pragma once

#include "analyzer/ranking/ranking.h"
#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"

namespace gpm::compose {

// Who speaks: kernel, nccl, application, platform (containers, Kubernetes, Slurm), host. From the first word of the signal's id
// and the format of the document.
std::string source_of(std::string_view signal, std::string_view format);

// Whether what a signal observes are moments of the timeline.
bool on_timeline(const kb::Signal& signal);

// Needs result.language and result.documents. `ranked` gives the causes in the order of the report; those that the verdict dropped do not count.
void add_timeline(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked, report::Result& result);

}  // namespace gpm::compose
