// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_queries.h"

#include <sqlite3.h>

#include "kb/query_rights.h"

namespace gpm::kb {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

}  // namespace

QueryChecker::QueryChecker(std::string_view schema_sql) {
  if (sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_exec(db_, std::string(schema_sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    error_ = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
    return;
  }
  sqlite3_limit(db_, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_set_authorizer(db_, query_right, nullptr);
}

QueryChecker::~QueryChecker() { sqlite3_close(db_); }

std::optional<std::string> QueryChecker::finding(std::string_view query) const {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int status = sqlite3_prepare_v2(db_, query.data(), static_cast<int>(query.size()), &raw, &tail);
  const Statement statement(raw);
  if (status != SQLITE_OK) {
    return std::string("query: ") + sqlite3_errmsg(db_);
  }
  if (!statement) {
    return "query: holds no statement";
  }
  std::string_view rest(tail, static_cast<std::size_t>(query.data() + query.size() - tail));
  if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return "query: holds more than one statement";
  }
  if (sqlite3_stmt_readonly(raw) == 0 || sqlite3_column_count(raw) == 0 || sqlite3_stmt_isexplain(raw) != 0) {
    return "query: is no SELECT";
  }
  if (sqlite3_bind_parameter_count(raw) != 0) {
    return "query: has parameters, which nothing fills in";
  }
  return std::nullopt;
}

}  // namespace gpm::kb
