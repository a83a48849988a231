// SPDX-License-Identifier: Apache-2.0
//
// Hosts and GPUs: the topology and the use of memory as pictures with their tables, and what is known of each GPU.
#include <array>
#include <map>
#include <set>

#include "analyzer/report/html_sheet.h"
#include "analyzer/report/pictures.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t matrix_most = 40, processes_most = 64;

std::string host_name(const Sheet& sheet, const std::string& host) {
  return host.empty() ? std::string(sheet.words("host-unnamed")) : cut_bytes(host, 100);
}

data topology(const Sheet& sheet, const Topology& t, std::size_t number) {
  data d;
  d["picture"] = data(topology_picture(sheet.words, t, sheet.faults, sheet.prefix + "topology-picture-" + std::to_string(number)));
  d["region"] = text(sheet.words.with("topology-of", {host_name(sheet, t.host)}));
  d["region_table"] = text(sheet.words.with("topology-table", {host_name(sheet, t.host)}));
  d["source"] = text(source_of(t.document, t.line));
  d["columns"] = list();
  d["rows"] = list();
  d["matrix"] = data(t.devices.size() <= matrix_most);
  if (t.devices.size() > matrix_most) return d;
  std::vector<std::vector<std::string>> cells(t.devices.size(), std::vector<std::string>(t.devices.size()));
  for (const auto& link : t.links)
    if (link.from < cells.size() && link.to < cells.size()) cells[link.from][link.to] = cells[link.to][link.from] = link.type;
  for (std::size_t i = 0; i < t.devices.size(); ++i) {
    append(d["columns"], data("name", name(t.devices[i].name)));
    data row;
    row["name"] = name(t.devices[i].name);
    row["device"] = name(t.devices[i].device.empty() ? t.devices[i].pci : t.devices[i].device);
    row["trouble"] = name(t.devices[i].trouble);
    row["numa"] = name(t.devices[i].numa);
    row["cells"] = list();
    for (std::size_t k = 0; k < cells[i].size(); ++k) append(row["cells"], data("cell", text(i == k ? "X" : cells[i][k])));
    append(d["rows"], std::move(row));
  }
  return d;
}

data usage(const Sheet& sheet, const Usage& u, std::size_t number) {
  data d;
  const auto picture = usage_picture(sheet.words, u, sheet.faults, sheet.prefix + "usage-picture-" + std::to_string(number));
  d["picture"] = picture.empty() ? data(false) : data(picture);
  const auto host = host_name(sheet, u.host);
  d["region"] = text(sheet.words.with("usage-of", {host}));
  d["region_table"] = text(sheet.words.with("processes-of", {host}));
  d["source"] = text(source_of(u.document, u.line));
  d["time"] = text(u.time);
  d["processes"] = list();
  std::size_t all = 0;
  for (const auto& gpu : u.gpus)
    for (const auto& process : gpu.processes) {
      if (all++ >= processes_most) continue;
      data row;
      row["gpu"] = text(gpu.index ? std::to_string(*gpu.index) : gpu.pci);
      row["process"] = name(process.name);
      row["pid"] = text(process.pid ? std::to_string(*process.pid) : "");
      row["used"] = text(process.used_mib && *process.used_mib >= 0 ? grouped(static_cast<std::uint64_t>(std::min(*process.used_mib, 1e15))) : "");
      append(d["processes"], std::move(row));
    }
  d["has_processes"] = data(all > 0);
  d["processes_more"] = omitted(sheet.words, all, processes_most);
  return d;
}

// "gpu.ecc_uncorrectable_volatile", "dram" -> "ECC uncorrectable (volatile) dram".
std::string label_of(const Words& words, const Reading& r) {
  auto label = words.of("metric", r.metric.substr(r.metric.find('.') + 1));
  if (!r.subject.empty()) label += " " + cut_bytes(r.subject, 40);
  return label;
}

// "40960MiB" below a label that already says "(MiB)" is 40960.
std::string_view without_unit(std::string_view label, std::string_view value) {
  const auto number = value.find_first_not_of("0123456789.");
  const bool labelled = label.ends_with(")") || label.ends_with("）");
  return labelled && number != 0 && number != std::string_view::npos && value.size() - number <= 4 ? value.substr(0, number) : value;
}

data reading(const Sheet& sheet, const Reading& r) {
  data d;
  const auto label = label_of(sheet.words, r);
  d["key"] = text(label);
  d["value"] = name(without_unit(label, r.value));
  d["odd"] = text(r.unusual.empty() ? "" : sheet.words.of("unusual", r.unusual));
  return d;
}

using ReadingKey = std::tuple<std::string, std::string, std::string>;  // metric, subject, value

// Ordinary readings that all GPUs share are said once.
std::set<ReadingKey> shared_readings(const std::vector<Gpu>& gpus) {
  std::map<ReadingKey, std::size_t> count;
  for (const auto& gpu : gpus)
    for (const auto& r : gpu.readings)
      if (r.unusual.empty()) ++count[{r.metric, r.subject, r.value}];
  std::set<ReadingKey> shared;
  for (const auto& [key, n] : count)
    if (n == gpus.size() && n > 1) shared.insert(key);
  return shared;
}

data gpu_row(const Sheet& sheet, const Gpu& gpu, const std::set<ReadingKey>& shared) {
  data d;
  d["fault"] = data(sheet.faults.gpu(gpu.host, gpu.index, gpu.pci, gpu.uuid));
  d["host"] = name(gpu.host);
  d["index"] = text(gpu.index ? std::to_string(*gpu.index) : "");
  d["pci"] = name(gpu.pci);
  d["uuid"] = name(gpu.uuid);
  d["serial"] = text(gpu.serial.empty() ? "" : sheet.words.with("serial-n", {cut_bytes(gpu.serial, 100)}));
  d["model"] = name(gpu.name);
  auto odd = list(), plain = list();
  for (const auto& r : gpu.readings) {
    if (shared.contains({r.metric, r.subject, r.value}) && r.unusual.empty()) continue;
    append(r.unusual.empty() ? plain : odd, reading(sheet, r));
  }
  d["odd_readings"] = std::move(odd);
  d["readings"] = std::move(plain);
  return d;
}

void add_gpus(const Sheet& sheet, data& page) {
  const auto& gpus = sheet.result.gpus;
  const auto shared = shared_readings(gpus);
  page["shared"] = list();
  if (!shared.empty())
    for (const auto& r : gpus.front().readings)
      if (r.unusual.empty() && shared.contains({r.metric, r.subject, r.value})) append(page["shared"], reading(sheet, r));
  page["has_shared"] = data(page["shared"].is_non_empty_list());
  page["shared_title"] = data(sheet.words.with("gpus-alike", {grouped(gpus.size())}));
  // At fault or odd first, each group in the inventory's order.
  std::vector<const Gpu*> ordered;
  for (const auto& gpu : gpus) ordered.push_back(&gpu);
  const auto ordinary = [&](const Gpu* g) {
    return !sheet.faults.gpu(g->host, g->index, g->pci, g->uuid) &&
           std::none_of(g->readings.begin(), g->readings.end(), [](const Reading& r) { return !r.unusual.empty(); });
  };
  if (gpus.size() > rows_open) std::stable_sort(ordered.begin(), ordered.end(), [&](const Gpu* a, const Gpu* b) { return ordinary(a) < ordinary(b); });
  auto rows = first_of(ordered, sheet.limits.gpus, [&](const Gpu* gpu) { return gpu_row(sheet, *gpu, shared); });
  page["gpu_parts"] = in_parts(sheet, std::move(rows), rows_open, sheet.words("gpu-caption"));
  page["gpus_more"] = omitted(sheet.words, gpus.size(), sheet.limits.gpus);
}

data host_row(const Sheet& sheet, const Host& host) {
  data d;
  d["host"] = text(host_name(sheet, host.name));
  d["fault"] = data(!host.name.empty() && sheet.faults.host(host.name));
  d["facts"] = list_of(host.facts, [&](const auto& fact) {
    data row;
    row["key"] = text(sheet.words.of("fact", fact.first));
    row["value"] = name(fact.second);
    const bool odd = std::find(host.unusual.begin(), host.unusual.end(), fact.first) != host.unusual.end();
    row["odd"] = odd ? data(std::string(sheet.words("unusual-differs"))) : data(false);
    return row;
  });
  return d;
}

}  // namespace

void add_hardware(const Sheet& sheet, data& page) {
  const auto& result = sheet.result;
  page["topologies"] = list();
  page["usages"] = list();
  // Hosts at fault first.
  const auto in_order = [&](const auto& items) {
    std::vector<decltype(items.data())> ordered;
    for (const auto& item : items) ordered.push_back(&item);
    std::stable_sort(ordered.begin(), ordered.end(), [&](const auto* a, const auto* b) { return sheet.faults.host(a->host) > sheet.faults.host(b->host); });
    return ordered;
  };
  std::size_t number = 0;
  for (const auto* t : in_order(result.topologies)) {
    if (number == sheet.limits.topologies) break;
    if (auto d = topology(sheet, *t, number + 1); !d["picture"].string_value().empty()) {
      append(page["topologies"], std::move(d));
      ++number;
    }
  }
  page["topologies_more"] = omitted(sheet.words, result.topologies.size(), sheet.limits.topologies);
  number = 0;
  for (const auto* u : in_order(result.usage))
    if (number++ < sheet.limits.usages) append(page["usages"], usage(sheet, *u, number));
  page["usages_more"] = omitted(sheet.words, result.usage.size(), sheet.limits.usages);
  page["has_topologies"] = data(page["topologies"].is_non_empty_list());
  page["has_usages"] = data(page["usages"].is_non_empty_list());
  page["has_hosts"] = data(!result.hosts.empty());
  page["has_gpus"] = data(!result.gpus.empty());
  page["has_places"] = data(!result.hosts.empty() || !result.gpus.empty() || !result.topologies.empty() || !result.usage.empty());
  page["hosts"] = first_of(result.hosts, sheet.limits.hosts, [&](const Host& host) { return host_row(sheet, host); });
  page["hosts_more"] = omitted(sheet.words, result.hosts.size(), sheet.limits.hosts);
  add_gpus(sheet, page);
}

}  // namespace gpm::report::html
