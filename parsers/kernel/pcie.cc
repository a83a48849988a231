// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/pcie.h"

#include "parsers/kernel/rules.h"

namespace gpm::parsers::kernel {

std::string_view PcieParser::format() const { return format_name; }

std::span<const std::string_view> PcieParser::gates() const {
  static constexpr std::array<std::string_view, 12> literals = {"PCIe Bus Error",
                                                                "AER: can't recover",
                                                                "device recovery failed",
                                                                "DPC: containment",
                                                                "pciehp: Slot",
                                                                "available PCIe bandwidth",
                                                                ": no space for [",
                                                                ": failed to assign",
                                                                "D3cold to D0",
                                                                "config space inaccessible",
                                                                "aer_status:",
                                                                "can't assign; no space"};
  return literals;
}

Want PcieParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex report(
      R"((\S+) ([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): (?:AER: )?PCIe Bus Error: severity=([^,]+), type=([^,]+), \(([^)]*)\))");
  static const text::Regex firmware_first(
      R"((\S+) ([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): AER: aer_status: (0x[0-9a-f]+))");
  static const text::Regex lost(R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): AER: (can't recover|device recovery failed))");
  static const text::Regex dpc(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): DPC: containment event, status:(0x[0-9a-f]+) source:(0x[0-9a-f]+))");
  static const text::Regex hotplug(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?::pcie\d+)?: pciehp: Slot\(([^)]*)\): (Link Down|Link Up|Card not present|Card present))");
  static const text::Regex limited(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): ([0-9.]+) Gb/s available PCIe bandwidth, limited by ([0-9.]+ GT/s PCIe x\d+) link at ([0-9a-f:.]+) \(capable of ([0-9.]+) Gb/s with ([0-9.]+ GT/s PCIe x\d+) link\))");
  static const text::Regex no_space(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): (BAR \d+|bridge window)[: ][^:]*(no space for|failed to assign|can't assign; no space))");
  static const text::Regex failed(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): (BAR \d+|bridge window)[: ].*: (failed to assign|can't assign; no space))");
  static const text::Regex gone(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): (Unable to change power state from D3cold to D0.*|.*config space inaccessible))");
  static const std::array<Rule, 9> rules = {{
      {"PCIe Bus Error", &report, "kernel.pcie_aer", {"driver", "pci", "severity", "type", "agent"}},
      {"aer_status:", &firmware_first, "kernel.pcie_aer", {"driver", "pci", "status"}},
      {"AER: ", &lost, "kernel.pcie_aer_unrecovered", {"pci", "reason"}},
      {"DPC: ", &dpc, "kernel.pcie_dpc", {"pci", "status", "source"}},
      {"pciehp", &hotplug, "kernel.pcie_hotplug", {"pci", "slot", "state"}},
      {"available PCIe bandwidth",
       &limited,
       "kernel.pcie_limited",
       {"pci", "available_gbps", "link", "link_at", "capable_gbps", "capable_link"}},
      {"no space", &no_space, "kernel.pcie_no_space", {"pci", "bar", "reason"}},
      {"failed to assign", &failed, "kernel.pcie_no_space", {"pci", "bar", "reason"}},
      {"inaccessible", &gone, "kernel.pcie_inaccessible", {"pci", "reason"}},
  }};
  auto event = recognise(rules, line);
  if (!event.kind.empty()) sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
