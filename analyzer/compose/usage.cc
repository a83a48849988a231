// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "analyzer/compose/clock.h"
#include "analyzer/compose/gpu_lookup.h"
#include "analyzer/compose/pictures.h"

namespace gpm::compose {
namespace {

constexpr std::size_t max_usages = 64, max_processes = 64;

struct Seen {  // what one document says of one host
  std::string path;
  std::uint64_t line = 0;
  std::optional<std::int64_t> utc_ns;
  std::int64_t precision_ms = 0;
  bool lists_processes = false;
  std::map<std::int64_t, report::GpuUsage> gpus;  // by place in the inventory; GPUs that are not there behind, by index
  std::map<std::tuple<std::int64_t, std::string, std::int64_t>, std::optional<double>> processes;  // GPU, name, PID

  std::size_t says() const {
    std::size_t with_memory = 0;
    for (const auto& [key, gpu] : gpus) with_memory += gpu.used_mib.has_value();
    return 4 * with_memory + 2 * lists_processes + processes.size();
  }
};

class Usages {
 public:
  Usages(store::Store& store, const report::Result& result) : store_(store), result_(result), lookup_(result.gpus) {}

  std::vector<report::Usage> run(const signals::Findings& findings) {
    if (findings.may_hold({"metric gpu.memory_used_mib", "metric gpu.memory_total_mib", "metric gpu.utilization_percent", "metric gpu.process_memory_used_mib"})) read_snapshots();
    if (findings.may_hold({"kind nvidia_smi.process", "kind nvidia_smi.no_processes"})) read_processes();
    std::map<std::string, const Seen*> best;  // by host; of equals the last path
    for (const auto& [key, seen] : seen_) {
      auto& one = best[std::get<0>(key)];
      const bool shown = std::any_of(seen.gpus.begin(), seen.gpus.end(), [](const auto& g) { return g.second.used_mib || g.second.utilization_percent; });
      if (shown && (one == nullptr || seen.says() >= one->says())) one = &seen;
    }
    std::vector<report::Usage> list;
    for (const auto& [host, seen] : best)
      if (seen != nullptr && list.size() < max_usages) list.push_back(usage(host, *seen));
    return list;
  }

 private:
  static constexpr std::int64_t unlisted = std::int64_t{1} << 32;

  std::int64_t gpu_key(const store::Statement& s) const {
    const auto found = lookup_.find(s.text(3), s.text(4), s.maybe_integer(5), s.text(6));
    return found ? static_cast<std::int64_t>(*found) : unlisted + s.maybe_integer(5).value_or(0);
  }

  Seen& seen_by(const store::Statement& s) {
    auto& seen = seen_[{s.text(3), s.text(0)}];
    seen.path = s.text(0);
    if (seen.line == 0) seen.line = static_cast<std::uint64_t>(std::max<std::int64_t>(0, s.integer(1)));
    if (const auto utc = s.maybe_integer(2)) {
      seen.utc_ns = std::max(seen.utc_ns.value_or(*utc), *utc);
      seen.precision_ms = s.integer(7);
    }
    return seen;
  }

  report::GpuUsage& gpu_of(Seen& seen, const store::Statement& s) const {
    const auto key = gpu_key(s);
    auto& gpu = seen.gpus[key];
    if (key < unlisted) {
      gpu.index = result_.gpus[static_cast<std::size_t>(key)].index;
      gpu.pci = result_.gpus[static_cast<std::size_t>(key)].pci;
    } else if (const auto index = s.maybe_integer(5)) {
      gpu.index = static_cast<int>(*index);
    }
    return gpu;
  }

  void read_snapshots() {
    store::Statement s(store_.database().get(),
                       "SELECT d.path, s.line, s.utc_ns, s.host, s.pci, s.gpu_index, s.gpu_uuid, s.time_precision_ms, s.metric, s.number, s.process, s.pid FROM "
                       "snapshots s JOIN documents d ON d.id = s.document_id WHERE s.number IS NOT NULL AND s.metric IN ('gpu.memory_used_mib', "
                       "'gpu.memory_total_mib', 'gpu.utilization_percent', 'gpu.process_memory_used_mib') AND (s.gpu_index IS NOT NULL OR s.pci <> '' OR "
                       "s.gpu_uuid <> '') ORDER BY s.utc_ns, d.path, s.line, s.id");
    while (s.step()) {
      auto& seen = seen_by(s);
      const auto metric = s.text(8);
      const auto number = s.real(9);
      if (metric == "gpu.process_memory_used_mib") {
        seen.processes[{gpu_key(s), s.text(10), s.maybe_integer(11).value_or(-1)}] = number;
        continue;
      }
      auto& gpu = gpu_of(seen, s);
      (metric == "gpu.memory_used_mib" ? gpu.used_mib : metric == "gpu.memory_total_mib" ? gpu.total_mib : gpu.utilization_percent) = number;
    }
  }

  // Processes whose memory is not told (in a container: "N/A") are there all the same.
  void read_processes() {
    store::Statement s(store_.database().get(),
                       "SELECT d.path, e.line, e.utc_ns, e.host, e.pci, e.gpu_index, e.gpu_uuid, e.time_precision_ms, e.process, e.pid, "
                       "json_extract(e.attributes, '$.memory_used_mib'), e.kind FROM events e JOIN documents d ON d.id = e.document_id WHERE e.kind IN "
                       "('nvidia_smi.process', 'nvidia_smi.no_processes') ORDER BY e.utc_ns, d.path, e.line, e.id");
    while (s.step()) {
      auto& seen = seen_by(s);
      seen.lists_processes = true;
      if (s.text(11) == "nvidia_smi.no_processes") continue;
      gpu_of(seen, s);
      const auto key = std::tuple(gpu_key(s), s.text(8), s.maybe_integer(9).value_or(-1));
      if (!seen.processes.contains(key)) seen.processes.emplace(key, s.is_null(10) || s.real(10) <= 0 ? std::nullopt : std::optional(s.real(10)));
    }
  }

  report::Usage usage(const std::string& host, const Seen& seen) const {
    report::Usage u{host, seen.path, seen.utc_ns ? rfc3339(*seen.utc_ns, seen.precision_ms) : "", seen.line, {}, seen.lists_processes};
    for (const auto& [key, gpu] : seen.gpus) {
      auto one = gpu;
      for (const auto& [process, used] : seen.processes)
        if (std::get<0>(process) == key && one.processes.size() < max_processes)
          one.processes.push_back({std::get<1>(process), std::get<2>(process) < 0 ? std::nullopt : std::optional(std::get<2>(process)), used});
      std::stable_sort(one.processes.begin(), one.processes.end(),
                       [](const auto& a, const auto& b) { return a.used_mib.value_or(0) > b.used_mib.value_or(0); });
      u.gpus.push_back(std::move(one));
    }
    return u;
  }

  store::Store& store_;
  const report::Result& result_;
  const GpuLookup lookup_;
  std::map<std::pair<std::string, std::string>, Seen> seen_;  // by host and path
};

}  // namespace

void add_usage(store::Store& store, const signals::Findings& findings, report::Result& result) { result.usage = Usages(store, result).run(findings); }

}  // namespace gpm::compose
