// SPDX-License-Identifier: Apache-2.0
//
// Which GPU of the inventory a row of the store is about. The store has tied addresses, indices and UUIDs together where
// it could; a row may still hold but one of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/report/result.h"

namespace gpm::compose {

class GpuLookup {
 public:
  explicit GpuLookup(const std::vector<report::Gpu>& gpus) {
    for (std::size_t i = 0; i < gpus.size(); ++i) {
      const auto& gpu = gpus[i];
      if (!gpu.uuid.empty()) by_uuid_.emplace(gpu.uuid, i);
      if (!gpu.pci.empty()) by_pci_.emplace(std::pair(gpu.host, gpu.pci), i);
      if (gpu.index) by_index_.emplace(std::pair(gpu.host, std::int64_t{*gpu.index}), i);
    }
  }

  std::optional<std::size_t> find(const std::string& host, const std::string& pci, std::optional<std::int64_t> index, const std::string& uuid) const {
    if (const auto at = by_uuid_.find(uuid); at != by_uuid_.end()) return at->second;
    if (const auto at = by_pci_.find({host, pci}); at != by_pci_.end()) return at->second;
    if (!index) return std::nullopt;
    const auto at = by_index_.find({host, *index});
    return at == by_index_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  std::map<std::string, std::size_t> by_uuid_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_pci_;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> by_index_;
};

}  // namespace gpm::compose
