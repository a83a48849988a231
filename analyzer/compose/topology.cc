// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "analyzer/compose/gpu_lookup.h"
#include "analyzer/compose/pictures.h"

namespace gpm::compose {
namespace {

constexpr std::size_t max_topologies = 64, max_devices = 128;

struct Matrix {  // one `topo -m` as its document gives it
  std::string host, path;
  std::uint64_t line = 0;
  std::map<std::pair<int, std::string>, std::string> links;  // row, column
  std::map<int, std::string> numa, cpus;
  std::map<std::string, std::string> nics;  // NIC0 -> mlx5_0
};

std::vector<Matrix> read_matrices(store::Store& store) {
  std::map<std::int64_t, Matrix> by_document;
  store::Statement s(store.database().get(),
                     "SELECT s.document_id, d.path, s.host, s.line, s.metric, s.subject, s.text_value, s.gpu_index FROM snapshots s JOIN documents d ON "
                     "d.id = s.document_id WHERE s.metric IN ('topo.link', 'topo.numa_affinity', 'topo.cpu_affinity', 'topo.nic') ORDER BY d.path, s.line, s.id");
  while (s.step()) {
    auto& m = by_document[s.integer(0)];
    if (m.path.empty()) m.path = s.text(1);
    if (m.host.empty()) m.host = s.text(2);
    if (m.line == 0) m.line = static_cast<std::uint64_t>(s.integer(3));
    const auto metric = s.text(4), subject = s.text(5), value = s.text(6);
    const auto row = static_cast<int>(s.maybe_integer(7).value_or(-1));
    if (metric == "topo.nic") m.nics[subject] = value;
    if (row < 0) continue;
    if (metric == "topo.link") m.links[{row, subject}] = value;
    if (metric == "topo.numa_affinity") m.numa[row] = value;
    if (metric == "topo.cpu_affinity") m.cpus[row] = value;
  }
  std::vector<Matrix> all;
  for (auto& [id, matrix] : by_document)
    if (!matrix.links.empty()) all.push_back(std::move(matrix));
  std::sort(all.begin(), all.end(), [](const Matrix& a, const Matrix& b) { return a.path < b.path; });
  return all;
}

// What the other parts of the bundle say of a host's ports, GPUs and NVLinks.
class Surroundings {
 public:
  Surroundings(store::Store& store, const report::Result& result) : result_(result), lookup_(result.gpus) {
    store::Statement s(store.database().get(),
                       "SELECT s.host, s.subject, s.text_value FROM snapshots s JOIN documents d ON d.id = s.document_id WHERE s.metric = 'rdma.port_state' "
                       "ORDER BY s.utc_ns, d.path, s.line, s.id");
    while (s.step()) ports_[{s.text(0), s.text(1)}] = s.text(2);
  }

  std::string trouble_of_nic(const std::string& host, const std::string& device) const {
    std::string trouble;
    if (device.empty()) return trouble;
    for (auto at = ports_.lower_bound({host, device + ":"}); at != ports_.end() && at->first.first == host && at->first.second.starts_with(device + ":"); ++at)
      if (at->second != "active") trouble += (trouble.empty() ? "" : ", ") + at->first.second + " " + at->second;
    return trouble;
  }

  const report::Gpu* gpu(const std::string& host, int index) const {
    const auto found = lookup_.find(host, "", index, "");
    return found ? &result_.gpus[*found] : nullptr;
  }

 private:
  const report::Result& result_;
  const GpuLookup lookup_;
  std::map<std::pair<std::string, std::string>, std::string> ports_;
};

class Drawn {
 public:
  Drawn(const Matrix& matrix, const Surroundings& around) : matrix_(matrix), around_(around) {}

  report::Topology topology() {
    t_.host = matrix_.host;
    t_.document = matrix_.path;
    t_.line = matrix_.line;
    std::set<int> gpus;
    std::set<std::pair<std::size_t, std::string>> nics;  // by length, then name: NIC2 before NIC10
    for (const auto& [cell, type] : matrix_.links) {
      gpus.insert(cell.first);
      if (!cell.second.starts_with("GPU")) nics.emplace(cell.second.size(), cell.second);
    }
    for (int gpu : gpus)
      if (t_.devices.size() < max_devices) add_gpu(gpu);
    for (const auto& [size, name] : nics)
      if (t_.devices.size() < max_devices) add_nic(name);
    for (const auto& [cell, type] : matrix_.links) add_link("GPU" + std::to_string(cell.first), cell.second, type);
    place_nics();
    return std::move(t_);
  }

 private:
  static std::string of(const std::map<int, std::string>& values, int gpu) {
    const auto at = values.find(gpu);
    return at == values.end() ? std::string() : at->second;
  }

  void add_gpu(int index) {
    report::TopologyDevice d{"GPU" + std::to_string(index), "gpu", index, "", "", of(matrix_.numa, index), of(matrix_.cpus, index)};
    if (const auto* known = around_.gpu(matrix_.host, index)) {
      d.pci = known->pci;
      for (const auto& r : known->readings)
        if (r.metric == "nvlink.links" && !r.unusual.empty()) d.trouble = "NVLink " + r.value;
    }
    add(std::move(d));
  }

  void add_nic(const std::string& name) {
    report::TopologyDevice d{name, "nic", std::nullopt, "", "", "", ""};
    const auto known = matrix_.nics.find(name);
    d.device = known != matrix_.nics.end() ? known->second : name.starts_with("NIC") ? std::string() : name;
    d.trouble = around_.trouble_of_nic(matrix_.host, d.device);
    add(std::move(d));
  }

  void add(report::TopologyDevice device) {
    place_.emplace(device.name, t_.devices.size());
    t_.devices.push_back(std::move(device));
  }

  void add_link(const std::string& row, const std::string& column, const std::string& type) {
    const auto a = place_.find(row), b = place_.find(column);
    if (a == place_.end() || b == place_.end() || a->second == b->second) return;
    const auto from = std::min(a->second, b->second), to = std::max(a->second, b->second);
    if (linked_.emplace(from, to).second) t_.links.push_back({from, to, type});
  }

  // A NIC's own affinity is not printed: that of the GPUs that it reaches without leaving the NUMA node.
  void place_nics() {
    for (std::size_t i = 0; i < t_.devices.size(); ++i) {
      auto& nic = t_.devices[i];
      if (nic.kind != "nic") continue;
      std::set<std::string> numa;
      for (const auto& link : t_.links)
        if (link.to == i && link.type != "SYS") numa.insert(t_.devices[link.from].numa);
      if (numa.size() == 1) nic.numa = *numa.begin();
    }
  }

  const Matrix& matrix_;
  const Surroundings& around_;
  report::Topology t_;
  std::map<std::string, std::size_t> place_;
  std::set<std::pair<std::size_t, std::size_t>> linked_;
};

}  // namespace

void add_topologies(store::Store& store, report::Result& result) {
  const auto matrices = read_matrices(store);
  std::map<std::string, const Matrix*> best;  // by host
  for (const auto& matrix : matrices) {
    auto& one = best[matrix.host];
    if (one == nullptr || matrix.links.size() > one->links.size()) one = &matrix;
  }
  const Surroundings around(store, result);
  for (const auto& [host, matrix] : best)
    if (result.topologies.size() < max_topologies) result.topologies.push_back(Drawn(*matrix, around).topology());
}

}  // namespace gpm::compose
