// SPDX-License-Identifier: Apache-2.0
//
//   NVLink  ─┬────┬──────────┬────┬─     one bar where every GPU has every other, else an arc for each pair
//   ┌────────│────│─┐ ┌───────│────│─┐
//   │ ┌─────────┐   │ │ ┌─────────┐  │    PCIe switch: devices that reach each other by PIX or PXB
//   │ │GPU0 GPU1│   │ │ │GPU2 GPU3│  │
//   │ │  NIC0   │   │ │ │  NIC1   │  │
//   │ └─────────┘   │ │ └─────────┘  │
//   └ NUMA node 0 ──┘ └ NUMA node 1 ─┘
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "analyzer/report/columns.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/pictures.h"
#include "analyzer/report/svg.h"

namespace gpm::report {
namespace {

constexpr double box = 78, box_height = 42, between = 8, switch_pad = 10, node_pad = 12, node_gap = 26, least_width = 900, arc_step = 9;
constexpr std::size_t arcs_shown = 96;

bool is_nvlink(const std::string& type) { return type.starts_with("NV"); }
bool is_switch(const std::string& type) { return type == "PIX" || type == "PXB" || type == "PSB"; }

struct Group {  // devices behind one PCIe switch, or one device by itself
  std::vector<std::size_t> gpus, nics;
  std::size_t columns() const { return std::max(gpus.size(), nics.size()); }
  bool is_switch() const { return gpus.size() + nics.size() > 1; }
};

struct Node {
  std::string numa, cpus;
  std::vector<Group> groups;
};

class Board {
 public:
  Board(const Words& words, const Topology& topology, const Faults& faults) : words_(words), t_(topology), faults_(faults) {}

  std::string draw(std::string_view id) {
    if (t_.devices.size() < 2 || t_.links.empty()) return {};
    make_nodes();
    find_nvlinks();
    const double arcs = all_linked_.empty() ? static_cast<double>(std::min<std::size_t>(levels_, 8)) * arc_step : 0;
    top_ = nvlinks_.empty() ? 8 : 44 + arcs;
    double x = 4;
    for (const auto& node : nodes_) x += width(node) + node_gap;
    const double height = top_ + node_height() + 44;
    Svg svg(std::max(least_width, x - node_gap + 4), height, id, words_.with("topology-of", {t_.host.empty() ? std::string(words_("host-unnamed")) : t_.host}),
            description());
    x = 4;
    for (const auto& node : nodes_) {
      if (&node != &nodes_.front()) {
        svg.line(x - node_gap, top_ + node_height() / 2, x, top_ + node_height() / 2, "wire");
        svg.text(x - node_gap / 2, top_ + node_height() / 2 - 5, "mid soft small", "SYS");
      }
      draw_node(svg, node, x);
      x += width(node) + node_gap;
    }
    draw_nvlinks(svg);
    for (const auto& [device, at] : at_) draw_device(svg, device, at.first, at.second);
    svg.text(4, height - 8, "soft", legend());
    return svg.take();
  }

 private:
  bool at_fault(std::size_t i) const {
    const auto& d = t_.devices[i];
    return !d.trouble.empty() || (d.kind == "gpu" && faults_.gpu(t_.host, d.gpu_index, d.pci, ""));
  }

  // A GPU at fault has sound links all the same; a GPU of which a link is down has a bad one.
  bool link_down(std::size_t i) const { return t_.devices[i].kind == "gpu" && !t_.devices[i].trouble.empty(); }

  std::size_t leader(std::vector<std::size_t>& of, std::size_t i) const {
    while (of[i] != i) i = of[i] = of[of[i]];
    return i;
  }

  void make_nodes() {
    std::vector<std::size_t> of(t_.devices.size());
    std::iota(of.begin(), of.end(), 0u);
    for (const auto& link : t_.links)
      if (is_switch(link.type) && link.from < of.size() && link.to < of.size()) of[leader(of, link.to)] = leader(of, link.from);
    std::map<std::size_t, Group> groups;
    for (std::size_t i = 0; i < of.size(); ++i) {
      auto& group = groups[leader(of, i)];
      (t_.devices[i].kind == "gpu" ? group.gpus : group.nics).push_back(i);
    }
    std::map<std::pair<std::size_t, std::string>, Node> nodes;  // "0" before "10"; what is not told last
    for (auto& [first, group] : groups) {
      const auto& device = t_.devices[group.gpus.empty() ? group.nics.front() : group.gpus.front()];
      const bool told = !device.numa.empty() && device.numa != "N/A";
      auto& node = nodes[{told ? device.numa.size() : 999, told ? device.numa : ""}];
      node.numa = told ? device.numa : "";
      if (node.cpus.empty()) node.cpus = device.cpus;
      node.groups.push_back(std::move(group));
    }
    for (auto& [key, node] : nodes) nodes_.push_back(std::move(node));
    for (const auto& node : nodes_)
      for (const auto& group : node.groups) {
        any_gpu_ |= !group.gpus.empty();
        any_nic_ |= !group.nics.empty();
        any_switch_ |= group.is_switch();
      }
  }

  void find_nvlinks() {
    std::set<std::string> types;
    std::size_t gpus = 0;
    for (const auto& d : t_.devices) gpus += d.kind == "gpu";
    for (const auto& link : t_.links)
      if (is_nvlink(link.type)) {
        nvlinks_.push_back(&link);
        types.insert(link.type);
      }
    if (gpus > 1 && types.size() == 1 && nvlinks_.size() == gpus * (gpus - 1) / 2) all_linked_ = *types.begin();
    levels_ = nvlinks_.size();
  }

  static double width(const Group& group) {
    return static_cast<double>(group.columns()) * (box + between) - between + 2 * switch_pad;
  }

  static double width(const Node& node) {
    double sum = 2 * node_pad;
    for (const auto& group : node.groups) sum += width(group) + between;
    return std::max(sum - between, 190.0);
  }

  double group_height() const { return 2 * switch_pad + (any_switch_ ? 14 : 0) + (any_gpu_ ? box_height : 0) + (any_nic_ ? box_height + (any_gpu_ ? 22 : 0) : 0); }
  double node_height() const { return node_pad + group_height() + 28; }

  void draw_node(Svg& svg, const Node& node, double x) {
    svg.rect(x, top_, width(node), node_height(), "node", 6);
    auto title = node.numa.empty() ? std::string(words_("numa-unknown")) : words_.with("numa-n", {node.numa});
    if (!node.cpus.empty()) title += ", CPU " + node.cpus;
    svg.begin("lane", title).text(x + node_pad, top_ + node_height() - 10, "name", cut(title, static_cast<std::size_t>(width(node) / 7.4))).end();
    double gx = x + node_pad;
    for (const auto& group : node.groups) {
      draw_group(svg, group, gx, top_ + node_pad);
      gx += width(group) + between;
    }
  }

  void draw_group(Svg& svg, const Group& group, double x, double y) {
    const double height = group_height();
    if (group.is_switch()) {
      svg.rect(x, y, width(group), height, "switch", 4);
      svg.text(x + switch_pad, y + height - 6, "soft small", cut(words_("pcie-switch"), static_cast<std::size_t>((width(group) - 10) / 6)));
    }
    place(svg, group.gpus, x + switch_pad, y + switch_pad, false);
    if (!group.nics.empty()) place(svg, group.nics, x + switch_pad, y + switch_pad + (any_gpu_ ? box_height + 22 : 0), group.is_switch() && !group.gpus.empty());
  }

  void place(Svg& svg, const std::vector<std::size_t>& devices, double x, double y, bool wired) {
    for (auto i : devices) {
      if (wired) svg.line(x + box / 2, y - 22, x + box / 2, y, "wire");
      at_[i] = {x, y};
      x += box + between;
    }
  }

  void draw_device(Svg& svg, std::size_t i, double x, double y) const {
    const auto& d = t_.devices[i];
    std::string title = d.name;
    for (const auto* more : {&d.device, &d.pci, &d.trouble})
      if (!more->empty()) title += ", " + *more;
    svg.begin(at_fault(i) ? "device fault" : "device", title).rect(x, y, box, box_height, d.kind == "gpu" ? "gpu" : "nic", 3);
    svg.text(x + box / 2, y + 17, "mid name", cut(d.name, 10));
    const auto second = !d.trouble.empty() ? d.trouble : d.kind == "gpu" ? short_pci(d.pci) : d.device;
    svg.text(x + box / 2, y + 33, "mid small", cut(second, 13)).end();
  }

  static std::string short_pci(const std::string& pci) { return pci.starts_with("0000:") ? pci.substr(5) : pci; }

  void draw_nvlinks(Svg& svg) const {
    if (nvlinks_.empty()) return;
    if (!all_linked_.empty()) {
      double from = 1e9, to = 0;
      for (const auto& [device, at] : at_) {
        if (t_.devices[device].kind != "gpu") continue;
        const double x = at.first + box / 2;
        svg.line(x, 30, x, at.second, link_down(device) ? "nvlink fault" : "nvlink");
        from = std::min(from, x);
        to = std::max(to, x);
      }
      svg.line(from, 30, to, 30, "nvlink").text(from, 20, "name", words_.with("nvlink-all", {all_linked_}));
      return;
    }
    svg.text(4, 14, "name", "NVLink");
    std::size_t level = 0;
    for (const auto* link : nvlinks_) {
      const auto a = at_.find(link->from), b = at_.find(link->to);
      if (a == at_.end() || b == at_.end() || level == arcs_shown) continue;
      const double x1 = a->second.first + box / 2, x2 = b->second.first + box / 2, y = a->second.second;
      const double peak = 26 + static_cast<double>(level++ % 8) * arc_step;
      svg.begin("arc", t_.devices[link->from].name + " – " + t_.devices[link->to].name + ": " + link->type);
      svg.path("M" + number(x1) + " " + number(y) + "V" + number(peak + 6) + "Q" + number(x1) + " " + number(peak) + " " + number(x1 + 6) + " " + number(peak) +
                   "H" + number(x2 - 6) + "Q" + number(x2) + " " + number(peak) + " " + number(x2) + " " + number(peak + 6) + "V" + number(y),
               link_down(link->from) || link_down(link->to) ? "nvlink fault" : "nvlink");
      if (nvlinks_.size() <= 12) svg.text((x1 + x2) / 2, peak - 4, "mid small", link->type);
      svg.end();
    }
  }

  std::string legend() const {
    std::set<std::string> types;
    for (const auto& link : t_.links)
      if (!is_nvlink(link.type)) types.insert(link.type);
    std::string text;
    for (const auto& type : types) {
      const auto words = words_.of("link", type);
      text += (text.empty() ? "" : " · ") + type + words_.colon() + words;
    }
    return text;
  }

  std::string description() const {
    std::string text;
    for (const auto& node : nodes_) {
      if (text.size() > 400) break;
      std::string names;
      for (const auto& group : node.groups)
        for (const auto* list : {&group.gpus, &group.nics})
          for (auto i : *list) names += (names.empty() ? "" : ", ") + t_.devices[i].name + (at_fault(i) ? words_.in_brackets(std::string(words_("at-fault"))) : "");
      text += (node.numa.empty() ? std::string(words_("numa-unknown")) : words_.with("numa-n", {node.numa})) + words_.colon() + names + words_.stop();
    }
    if (!all_linked_.empty()) text += words_.with("nvlink-all", {all_linked_}) + words_.stop();
    return text;
  }

  const Words& words_;
  const Topology& t_;
  const Faults& faults_;
  std::vector<Node> nodes_;
  std::vector<const TopologyLink*> nvlinks_;
  std::string all_linked_;  // type, where every GPU has every other by it
  std::size_t levels_ = 0;
  bool any_gpu_ = false, any_nic_ = false, any_switch_ = false;
  double top_ = 0;
  std::map<std::size_t, std::pair<double, double>> at_;
};

}  // namespace

std::string topology_picture(const Words& words, const Topology& topology, const Faults& faults, std::string_view id) {
  return Board(words, topology, faults).draw(id);
}

}  // namespace gpm::report
