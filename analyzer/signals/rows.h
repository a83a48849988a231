// SPDX-License-Identifier: Apache-2.0
//
// Rows of a query as observations, by column name; columns that the query does not have keep their defaults.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/signals/job_view.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/sqlite.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

class Row {
 public:
  explicit Row(const store::Statement& statement);
  Observation observation() const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::string text(std::string_view name) const;

 private:
  const store::Statement& s_;
  std::map<std::string, int, std::less<>> columns_;
};

// Rows of a SELECT; it is not even prepared where the facts that it needs are not there.
void for_each_row(const JobView& view, std::string_view sql, const std::function<void(const Row&)>& use);

}  // namespace gpm::signals
