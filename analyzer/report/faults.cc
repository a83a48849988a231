// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/faults.h"

#include <algorithm>

#include "analyzer/report/phrases.h"

namespace gpm::report {

namespace {

bool all_of_host(const Result& result, const Where& where, const std::string& host) {
  constexpr std::ptrdiff_t few = 2;
  const auto of_host = [&](const std::vector<Gpu>& gpus) { return std::count_if(gpus.begin(), gpus.end(), [&](const Gpu& g) { return g.host == host; }); };
  const auto known = of_host(result.gpus);
  return known > few && of_host(where.gpus) >= known;
}

}  // namespace

Faults::Faults(const Result& result) {
  if (result.causes.empty()) return;
  auto blamed = other_faults(result);
  blamed.push_back(&result.causes.front());
  for (const auto* cause : blamed) {
    hosts_.insert(cause->where.hosts.begin(), cause->where.hosts.end());
    for (const auto& gpu : cause->where.gpus)
      if (!all_of_host(result, cause->where, gpu.host)) gpus_.push_back(gpu);
    ranks_.insert(cause->where.ranks.begin(), cause->where.ranks.end());
  }
}

bool Faults::gpu(const std::string& host, std::optional<int> index, const std::string& pci, const std::string& uuid) const {
  return std::any_of(gpus_.begin(), gpus_.end(), [&](const Gpu& g) {
    if (!uuid.empty() && g.uuid == uuid) return true;
    if (g.host != host) return false;
    return !pci.empty() && !g.pci.empty() ? g.pci == pci : g.index && g.index == index;
  });
}

}  // namespace gpm::report
