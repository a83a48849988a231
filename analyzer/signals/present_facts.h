// SPDX-License-Identifier: Apache-2.0
//
// Which kinds of facts a store holds. To prepare a query costs more than to run it, and most need kinds that are not there.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "analyzer/store/store.h"

namespace gpm::signals {

class PresentFacts {
 public:
  explicit PresentFacts(store::Store& store);

  bool has(std::string_view need) const { return present_.contains(need); }
  // Whether one of these is there, or nothing is said; they are written as kb::query_needs does.
  template <typename Needs>
  bool any_of(const Needs& needs) const {
    return needs.empty() || std::any_of(needs.begin(), needs.end(), [&](const auto& need) { return has(need); });
  }

 private:
  std::set<std::string, std::less<>> present_;
};

}  // namespace gpm::signals
