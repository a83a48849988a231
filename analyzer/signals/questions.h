// SPDX-License-Identifier: Apache-2.0
//
// Asking one database the queries of signals, one after the other. What they may read and how long they may take is bounded.
//
// To prepare a query takes longer than to run it, and half of that is for the two dozen columns of its rows, that most queries
// do not give then. So a query for whole rows is asked for their ids, and one statement for all queries gives the rows.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/signals/rows.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/sqlite.h"
#include "kb/model.h"

namespace gpm::signals {

// "SELECT e.* FROM events e WHERE ..." as "SELECT e.id FROM events e WHERE ...". Nothing where that might mean another thing:
// another table, groups, several SELECTs, a limit.
struct QueryOfIds {
  std::string_view table;
  std::string sql;
};
std::optional<QueryOfIds> query_of_ids(std::string_view query);

// While it lives, nobody can do anything with the database that a query of a signal has no right to.
class Questions {
 public:
  explicit Questions(const store::Database& database);
  ~Questions();
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  using Take = std::function<bool(Observation)>;
  // Hands the rows of a signal's query, or of its pattern's lines, to `take` one by one, as long as that says true. Throws
  // store::SqliteError, also where the query takes what it has no right to, or for ever.
  void ask(const kb::Signal& signal, const Take& take);

 private:
  struct Rows {
    Rows(sqlite3* db, std::string_view sql) : statement(db, sql), row(statement) {}
    store::Statement statement;
    const Row row;
  };

  Rows& prepared(const std::string& sql);
  bool take_by_id(const QueryOfIds& query, const Take& take);

  sqlite3* db_;
  std::map<std::string, Rows, std::less<>> prepared_;
};

}  // namespace gpm::signals
