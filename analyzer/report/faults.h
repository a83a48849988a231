// SPDX-License-Identifier: Apache-2.0
//
// What a report blames: the places of the first cause and of the best cause of each other incident. Pictures and tables
// mark them.
#pragma once

#include <set>
#include <string>

#include "analyzer/report/result.h"

namespace gpm::report {

class Faults {
 public:
  explicit Faults(const Result& result);

  // By UUID, by address, or by index where one of the two has no address. Where a cause names every GPU of a host, it is the
  // host's: none is marked.
  bool gpu(const std::string& host, std::optional<int> index, const std::string& pci, const std::string& uuid) const;
  bool host(const std::string& name) const { return hosts_.contains(name); }
  bool rank(int rank) const { return ranks_.contains(rank); }

 private:
  std::set<std::string> hosts_;
  std::vector<Gpu> gpus_;
  std::set<int> ranks_;
};

}  // namespace gpm::report
