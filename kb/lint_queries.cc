// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_queries.h"

#include <sqlite3.h>

namespace gpm::kb {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

std::string_view text_of(const char* text) { return text != nullptr ? text : ""; }

}  // namespace

QueryChecker::QueryChecker(std::string_view schema_sql) {
  if (sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_exec(db_, std::string(schema_sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    error_ = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
    return;
  }
  sqlite3_stmt* raw = nullptr;
  sqlite3_prepare_v2(db_, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'",
                     -1, &raw, nullptr);
  const Statement names(raw);
  while (sqlite3_step(raw) == SQLITE_ROW) {
    tables_.emplace(reinterpret_cast<const char*>(sqlite3_column_text(raw, 0)));
  }
  sqlite3_limit(db_, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_set_authorizer(db_, &QueryChecker::authorize, this);
}

QueryChecker::~QueryChecker() { sqlite3_close(db_); }

int QueryChecker::authorize(void* self, int action, const char* first, const char* second, const char*, const char*) {
  const std::string_view name = text_of(first);
  const std::string_view column = text_of(second);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return column == "load_extension" || column == "fts3_tokenizer" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_READ:
      // A table of WITH whose columns are not used (`EXISTS (SELECT 1 FROM recent)`) comes by its own name, without
      // column.
      if (column.empty() && !name.starts_with("pragma_") && !name.starts_with("sqlite_")) {
        return SQLITE_OK;
      }
      return static_cast<const QueryChecker*>(self)->tables_.contains(name) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

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
