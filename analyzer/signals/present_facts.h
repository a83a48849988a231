// SPDX-License-Identifier: Apache-2.0
//
// Which facts a store holds. To prepare a query costs more than to run it, and most need some that are not there.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "analyzer/store/store.h"

namespace gpm::signals {

class PresentFacts {
 public:
  // Of a store that nothing is added to any more, and that outlives this.
  explicit PresentFacts(store::Store& store);

  // Whether the store holds a fact, written as kb::query_needs does.
  bool has(std::string_view fact) const;

  // Whether it holds one of each need's.
  template <typename Needs>
  bool meet(const Needs& needs) const {
    return std::all_of(needs.begin(), needs.end(), [&](std::string_view need) { return has_one_of(need); });
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  bool has_one_of(std::string_view need) const;
  bool has_text(std::string_view metric, std::string_view text) const;
  bool has_number(std::string_view metric, std::string_view comparison) const;
  bool has_rows(std::string_view table) const;

  store::Store& store_;
  std::unordered_set<std::string, Hash, std::equal_to<>> present_;
  // What few queries ask for is looked up when it is asked for.
  mutable std::optional<store::Statement> select_text_, select_range_;
  mutable std::map<std::string, std::optional<std::pair<double, double>>, std::less<>> ranges_;  // of a metric's numbers
  mutable std::map<std::string, bool, std::less<>> tables_;
};

}  // namespace gpm::signals
