// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/platforms.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace gpm::compose {
namespace {

struct Sign {
  std::string_view format;  // of a document, or the start of one that ends in '-'
  std::string_view platform;
};

constexpr std::array signs = {Sign{"kubernetes-", "kubernetes"}, Sign{"kubectl-", "kubernetes"}, Sign{"docker-", "docker"},   Sign{"compose", "docker"},
                              Sign{"daemon-json", "docker"},     Sign{"scontrol-", "slurm"},     Sign{"sacct", "slurm"},      Sign{"squeue", "slurm"},
                              Sign{"sinfo", "slurm"},            Sign{"slurmctld", "slurm"},     Sign{"slurmd-log", "slurm"}, Sign{"sbatch", "slurm"}};

std::string_view platform_of(std::string_view format) {
  const auto sign = std::find_if(signs.begin(), signs.end(),
                                 [&](const Sign& s) { return s.format.ends_with('-') ? format.starts_with(s.format) : format == s.format; });
  return sign == signs.end() ? std::string_view() : sign->platform;
}

}  // namespace

void mark_fixes_for_elsewhere(store::Store& store, report::Result& result) {
  std::set<std::string_view> seen;
  const auto add = [&](std::string_view format) {
    if (const auto platform = platform_of(format); !platform.empty()) seen.insert(platform);
  };
  for (const auto& document : result.documents) add(document.format);
  store::Statement parts(store.database().get(), "SELECT DISTINCT format FROM parts");
  while (parts.step()) add(parts.text(0));
  for (const auto& cause : result.causes)
    if (!cause.where.pods.empty()) seen.insert("kubernetes");
  if (seen.empty()) return;
  const auto is_platform = [](std::string_view where) { return std::any_of(signs.begin(), signs.end(), [&](const Sign& s) { return s.platform == where; }); };
  for (auto& cause : result.causes) {
    for (auto& fix : cause.fixes) fix.elsewhere = is_platform(fix.where) && !seen.contains(fix.where);
    // If nothing were left, the bundle's platform is not one that the cause knows.
    if (std::all_of(cause.fixes.begin(), cause.fixes.end(), [](const report::Fix& f) { return f.elsewhere; }))
      for (auto& fix : cause.fixes) fix.elsewhere = false;
  }
}

}  // namespace gpm::compose
