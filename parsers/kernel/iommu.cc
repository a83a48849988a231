// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/iommu.h"

#include "parsers/kernel/rules.h"

namespace gpm::parsers::kernel {

std::string_view IommuParser::format() const { return format_name; }

std::span<const std::string_view> IommuParser::gates() const {
  static constexpr std::array<std::string_view, 5> literals = {"DMAR: [", "DMAR: IOMMU enabled",
                                                               "AMD-Vi: ", "iommu: Default domain type", "arm-smmu-v3"};
  return literals;
}

Want IommuParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex intel(
      R"(DMAR: \[DMA (\w+)[^\]]*\] Request device \[((?:0x)?[0-9a-f:.x]+)\](?: PASID \w+)? fault addr (?:0x)?([0-9a-f]+) \[fault reason (?:0x)?(\w+)\])");
  static const text::Regex amd_old(R"(AMD-Vi: Event logged \[(IO_PAGE_FAULT) device=([0-9a-f:.]+) .*?address=(0x[0-9a-f]+))");
  static const text::Regex amd_new(
      R"(([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): AMD-Vi: Event logged \[(IO_PAGE_FAULT) .*?address=(0x[0-9a-f]+))");
  static const text::Regex amd_timeout(R"(AMD-Vi: (Completion-Wait loop timed out))");
  static const text::Regex smmu(R"(arm-smmu-v3 \S+: event (0x[0-9a-f]+) received)");
  static const text::Regex domain(R"(iommu: Default domain type: (\w+))");
  static const text::Regex intel_on(R"(^DMAR: IOMMU enabled)");
  static const text::Regex amd_on(
      R"(AMD-Vi: (?:Found IOMMU|IOMMU performance counters|Interrupt remapping enabled|AMD IOMMUv2 loaded))");
  static const std::array<Rule, 8> rules = {{
      {"Request device", &intel, "kernel.iommu_fault", {"access", "device", "address", "reason"}},
      {"IO_PAGE_FAULT device=", &amd_old, "kernel.iommu_fault", {"reason", "device", "address"}},
      {"IO_PAGE_FAULT", &amd_new, "kernel.iommu_fault", {"device", "reason", "address"}},
      {"Completion-Wait", &amd_timeout, "kernel.iommu_timeout", {"reason"}},
      {"arm-smmu-v3", &smmu, "kernel.iommu_fault", {"reason"}},
      {"Default domain type", &domain, "kernel.iommu_domain", {"type"}},
      {"IOMMU enabled", &intel_on, "kernel.iommu_enabled", {}},
      {"AMD-Vi", &amd_on, "kernel.iommu_enabled", {}},
  }};
  auto event = recognise(rules, line);
  if (event.kind.empty()) return Want::gated;
  if (event.kind == "kernel.iommu_enabled")
    event.attributes["vendor"] = text::contains(line.message, "AMD-Vi") ? "amd" : "intel";
  if (const auto device = event.attributes.find("device"); device != event.attributes.end()) {
    std::string address;  // kernels 5.13 and 5.14 write [0x04:0x00.0]
    for (std::size_t i = 0; i < device->second.size(); ++i) {
      if (device->second.compare(i, 2, "0x") == 0) {
        ++i;
        continue;
      }
      address += device->second[i];
    }
    event.place.pci = pci(address);
  }
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
