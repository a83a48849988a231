// SPDX-License-Identifier: Apache-2.0
//
// The texts of a bundle in those parts of the result that pictures and their tables show. What replaces secrets must reach
// them all, here and in the store alike.
#pragma once

#include "analyzer/report/result.h"

namespace gpm::report {

// Calls `apply` with each text. GPU addresses, UUIDs and serial numbers are no secrets.
template <typename Apply>
void each_pictured_text(Result& result, Apply apply) {
  for (auto& cause : result.causes)
    for (auto& evidence : cause.evidence) {
      apply(evidence.match);
      for (auto& line : evidence.context) apply(line.text);
    }
  for (auto& gpu : result.gpus)
    for (auto& reading : gpu.readings) {
      apply(reading.subject);
      apply(reading.value);
      apply(reading.document);
    }
  for (auto& communicator : result.communicators) {
    for (auto& rank : communicator.absent) apply(rank.host);
    for (auto& group : communicator.groups) {
      for (auto& host : group.hosts) apply(host);
      apply(group.document);
      apply(group.text);
    }
  }
  for (auto& topology : result.topologies) {
    apply(topology.host);
    apply(topology.document);
    for (auto& device : topology.devices) {
      apply(device.device);
      apply(device.trouble);
    }
  }
  for (auto& usage : result.usage) {
    apply(usage.host);
    apply(usage.document);
    for (auto& gpu : usage.gpus)
      for (auto& process : gpu.processes) apply(process.name);
  }
  for (auto& setting : result.settings)
    for (auto* text : {&setting.subject, &setting.key, &setting.value, &setting.host, &setting.document}) apply(*text);
}

}  // namespace gpm::report
