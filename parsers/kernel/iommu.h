// SPDX-License-Identifier: Apache-2.0
//
// IOMMU: whether it translates, and what it refused. A refused access to another GPU's BAR is a peer-to-peer copy that
// hangs.
//
//   iommu: Default domain type: Translated                        DMAR: IOMMU enabled
//   DMAR: [DMA Write NO_PASID] Request device [04:00.0] fault addr 0x69974000 [fault reason 0x05] PTE Write access is
//   not set AMD-Vi: Event logged [IO_PAGE_FAULT device=08:00.0 domain=0x002c address=0x00000000fdf9 flags=0x0008]
//   (older) nvidia 0000:41:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0010 address=0xfea00000 flags=0x0020]
//   (newer)
//
// Gives `kernel.iommu_fault` (place.pci = the device that asked), `kernel.iommu_domain`, `kernel.iommu_enabled`.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class IommuParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::kernel
