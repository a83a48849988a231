// SPDX-License-Identifier: Apache-2.0
//
// The query of a signal, prepared on empty tables: one SELECT that reads documented tables and nothing else.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;

namespace gpm::kb {

class QueryChecker {
 public:
  // `schema_sql`: CREATE statements, run in an empty database in memory.
  explicit QueryChecker(std::string_view schema_sql);
  ~QueryChecker();
  QueryChecker(const QueryChecker&) = delete;
  QueryChecker& operator=(const QueryChecker&) = delete;

  // Why the tables could not be made; empty if they were.
  const std::string& error() const { return error_; }
  // What is wrong with the query, if anything is.
  std::optional<std::string> finding(std::string_view query) const;

 private:
  sqlite3* db_ = nullptr;
  std::string error_;
};

}  // namespace gpm::kb
