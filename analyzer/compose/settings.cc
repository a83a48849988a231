// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/settings.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace gpm::compose {
namespace {

constexpr std::size_t kept_settings = 4000;  // before they are sorted; of each at most what the store keeps of a value

template <std::size_t N>
bool starts_with_one_of(std::string_view text, const std::array<std::string_view, N>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto p) { return text.starts_with(p); });
}

// Whether an engineer who looks for a GPU fault would want to see it, even where nothing is wrong with it.
bool matters(std::string_view scope, std::string_view key) {
  constexpr std::array<std::string_view, 22> variables = {
      "NCCL_",       "CUDA_",  "NVIDIA_VISIBLE", "NVIDIA_DRIVER_CAP", "TORCH_",    "PYTORCH_", "UCX_",   "MASTER_", "GLOO_",         "OMP_NUM",  "WORLD_SIZE",
      "LOCAL_RANK", "NVSHMEM_", "VLLM_",         "SGLANG_",           "XLA_FLAGS", "XLA_PYTHON", "MPI_", "OMPI_MCA", "HOROVOD_", "FI_", "LD_PRELOAD"};
  constexpr std::array<std::string_view, 17> container = {
      "privileged", "host_ipc", "host_pid",    "host_network",       "shm_",    "ipc_mode", "pid_mode", "share_process_namespace", "gpu_request",
      "gpus",       "runtime",  "memory_limit", "memlock", "capability", "device", "cgroup",  "node_selector"};
  constexpr std::array<std::string_view, 10> cmdline = {"iommu", "intel_iommu", "amd_iommu", "pci", "nvidia", "nouveau", "hugepages", "default_hugepages", "numa", "rd.driver"};
  constexpr std::array<std::string_view, 3> limits = {"memlock", "nofile", "stack"};
  if (scope == "env" || scope == "nccl") return starts_with_one_of(key, variables) && key != "CUDA_HOME" && key != "CUDA_PATH";
  if (scope == "container" || scope == "pod") return starts_with_one_of(key, container);
  if (scope == "kernel_cmdline") return starts_with_one_of(key, cmdline);
  if (scope == "limit") return starts_with_one_of(key, limits);
  return scope == "numactl" || scope == "modprobe" || scope == "limits_conf" || scope == "service";
}

using LineKey = std::pair<std::int64_t, std::uint64_t>;

// Signals that observe a line, best known first; lines that no setting stands on do not matter.
std::multimap<LineKey, const kb::Signal*> observers(const signals::Findings& findings) {
  std::multimap<LineKey, const kb::Signal*> lines;
  for (const auto& [id, present] : findings.present) {
    const auto role = present.signal->role;
    if (role == kb::Role::benign || role == kb::Role::advice || role == kb::Role::teardown) continue;
    if (present.signal->query.find("settings") == std::string_view::npos && present.signal->pattern.empty()) continue;
    for (const auto& o : present.observations) lines.emplace(LineKey{o.document_id, o.line}, present.signal);
  }
  return lines;
}

// The conditions of the outer SELECT: what a row must be, without what other rows must be.
std::string_view own_conditions(std::string_view query) {
  const auto first = query.find("SELECT");
  return query.substr(0, query.find("SELECT", first == std::string_view::npos ? 0 : first + 1));
}

const kb::Signal* unusual_by(const LineKey& key, const std::string& setting, const std::multimap<LineKey, const kb::Signal*>& lines,
                             const std::map<LineKey, std::size_t>& on_line) {
  const auto [from, to] = lines.equal_range(key);
  const kb::Signal* best = nullptr;
  for (auto at = from; at != to; ++at) {
    const auto* signal = at->second;
    const bool asks = own_conditions(signal->query).find("'" + setting + "'") != std::string_view::npos;
    const bool alone = !signal->pattern.empty() && on_line.at(key) == 1;
    if ((asks || alone) && (best == nullptr || signal->role < best->role)) best = signal;
  }
  return best;
}

LineKey line_key(const store::Statement& s) { return {s.integer(0), static_cast<std::uint64_t>(std::max<std::int64_t>(0, s.integer(1)))}; }

// A container that is given GPUs and lacks something is observed on the line of its GPUs, but it is its `host_ipc: false`
// that is unusual. Such a signal is shown at those settings of the same subject and document that its NOT EXISTS names, and
// only if there are none at the line that it observed.
class Lacking {
 public:
  Lacking(store::Store& store, const std::multimap<LineKey, const kb::Signal*>& lines) {
    store::Statement observed(store.database().get(), rows);
    while (observed.step()) {
      const auto key = observed.text(3);
      if (key != "gpu_request" && key != "gpus") continue;
      const auto [from, to] = lines.equal_range(line_key(observed));
      for (auto at = from; at != to; ++at)
        if (names(own_conditions(at->second->query), key) && !lacking_part(at->second->query).empty()) wanted_[subject_of(observed)].insert(at->second);
    }
    if (wanted_.empty()) return;
    store::Statement all(store.database().get(), rows);
    while (all.step()) {
      const auto of = wanted_.find(subject_of(all));
      if (of == wanted_.end()) continue;
      for (const auto* signal : of->second)
        if (names(lacking_part(signal->query), all.text(3))) {
          at_[{line_key(all), all.text(3)}] = signal;
          moved_.emplace(of->first, signal);
        }
    }
  }

  // The signal that is to be shown at this setting.
  const kb::Signal* at(const LineKey& line, const std::string& key) const {
    const auto found = at_.find({line, key});
    return found == at_.end() ? nullptr : found->second;
  }
  // Whether this signal is shown at another setting of the same subject.
  bool moved(std::int64_t document, const std::string& subject, const kb::Signal* signal) const { return moved_.contains({{document, subject}, signal}); }

 private:
  using Subject = std::pair<std::int64_t, std::string>;
  static constexpr const char* rows = "SELECT document_id, line, subject, key FROM settings WHERE subject <> '' ORDER BY id";

  static Subject subject_of(const store::Statement& s) { return {s.integer(0), s.text(2)}; }
  static std::string_view lacking_part(std::string_view query) {
    const auto at = query.find("NOT EXISTS");
    return at == std::string_view::npos ? std::string_view() : query.substr(at);
  }
  static bool names(std::string_view conditions, const std::string& key) { return conditions.find("'" + key + "'") != std::string_view::npos; }

  std::map<Subject, std::set<const kb::Signal*>> wanted_;
  std::map<std::pair<LineKey, std::string>, const kb::Signal*> at_;
  std::set<std::pair<Subject, const kb::Signal*>> moved_;
};

// How many settings stand on each line that a signal observes.
std::map<LineKey, std::size_t> settings_on_lines(store::Store& store, const std::multimap<LineKey, const kb::Signal*>& lines) {
  std::map<LineKey, std::size_t> count;
  store::Statement s(store.database().get(), "SELECT document_id, line FROM settings");
  while (s.step())
    if (const auto key = line_key(s); lines.contains(key)) ++count[key];
  return count;
}

}  // namespace

void add_settings(store::Store& store, const signals::Findings& findings, report::Result& result) {
  const auto lines = observers(findings);
  const auto on_line = settings_on_lines(store, lines);
  const Lacking lacking(store, lines);
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> known;  // signal, scope, key, value
  std::vector<report::Setting> list;
  store::Statement s(store.database().get(),
                     "SELECT s.document_id, s.line, s.scope, s.key, s.value, s.subject, s.host, d.path FROM settings s JOIN documents d ON d.id = s.document_id "
                     "WHERE s.scope NOT IN ('package', 'host', 'kernel_module', 'module_version', 'driver_param', 'mount') ORDER BY d.path, s.line, s.scope, "
                     "s.key, s.id");
  while (s.step()) {
    const auto scope = s.text(2), name = s.text(3);
    const auto* signal = unusual_by(line_key(s), name, lines, on_line);
    if (signal != nullptr && lacking.moved(s.integer(0), s.text(5), signal)) signal = nullptr;
    if (signal == nullptr) signal = lacking.at(line_key(s), name);
    if (signal == nullptr && !matters(scope, name)) continue;
    if (list.size() >= kept_settings && signal == nullptr) {
      ++result.settings_omitted;
      continue;
    }
    const auto value = s.text(4);
    const auto [at, fresh] = known.try_emplace({signal == nullptr ? std::string() : std::string(signal->id), scope, name, value}, list.size());
    if (!fresh) {
      ++list[at->second].count;
      continue;
    }
    list.push_back({scope, s.text(5), name, value, s.text(6), s.text(7), line_key(s).second, 1, "", "", false});
    if (signal == nullptr) continue;
    list.back().signal = signal->id;
    list.back().signal_title = signal->title.in(result.language);
    list.back().trouble = signal->role != kb::Role::confirmation;
  }
  const auto key = [](const report::Setting& s) { return std::tuple(!s.trouble, s.signal.empty(), std::string_view(s.scope), std::string_view(s.key), std::string_view(s.value)); };
  std::stable_sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  result.settings_omitted += list.size() > listed_settings ? list.size() - listed_settings : 0;
  list.resize(std::min(list.size(), listed_settings));
  result.settings = std::move(list);
}

}  // namespace gpm::compose
