// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/questions.h"

#include <algorithm>
#include <array>
#include <vector>

#include "analyzer/store/visible.h"
#include "kb/query_rights.h"
#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

constexpr int progress_every = 10'000;   // SQLite instructions between two looks at the budget
constexpr int progress_budget = 20'000;  // looks; two hundred million instructions in all
constexpr std::size_t most_by_id = 32;   // rows; to find many one by one takes longer than to prepare the query for them

int spend(void* budget) { return --*static_cast<int*>(budget) < 0; }

// A query may read the tables of facts, and they, where they are views, what Visible keeps for them.
int right(void* data, int action, const char* first, const char* second, const char* schema, const char* view) {
  const std::string_view table = first != nullptr ? first : "";
  if (action == SQLITE_READ && view != nullptr && (table == store::Visible::machines_table || table == store::Visible::documents_table)) return SQLITE_OK;
  return kb::query_right(data, action, first, second, schema, view);
}

// The time that a query has; ends with the scope.
class Budget {
 public:
  explicit Budget(sqlite3* db) : db_(db) { sqlite3_progress_handler(db, progress_every, spend, &left_); }
  ~Budget() { sqlite3_progress_handler(db_, 0, nullptr, nullptr); }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

 private:
  sqlite3* db_;
  int left_ = progress_budget;
};

// Resets a statement that others use after it.
class Use {
 public:
  explicit Use(store::Statement& statement) : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  store::Statement& statement_;
};

// Takes the word that the text begins with, and the blank behind it.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

std::optional<QueryOfIds> query_of_ids(std::string_view query) {
  static constexpr std::array<std::string_view, 4> tables = {"events", "settings", "snapshots", "ranks"};
  auto rest = query;
  if (take_word(rest) != "SELECT") return std::nullopt;
  const auto what = take_word(rest);
  if (take_word(rest) != "FROM") return std::nullopt;
  const auto from = rest;
  const auto table = take_word(rest);
  auto behind = take_word(rest);
  if (what != "*" && behind.ends_with(',')) behind.remove_suffix(1);
  const auto name = what == "*" ? std::string_view() : what.ends_with(".*") ? what.substr(0, what.size() - 2) : what;
  if (std::find(tables.begin(), tables.end(), table) == tables.end()) return std::nullopt;
  // "*" is that of one table: "events WHERE", "events e WHERE"; with others beside it, it has to be named: "e.* FROM events e JOIN".
  if (what == "*" ? behind != "WHERE" && take_word(rest) != "WHERE" : name == what || behind != name) return std::nullopt;
  for (const std::string_view word : {"GROUP", "UNION", "LIMIT", "INTERSECT", "EXCEPT"})
    if (text::contains(rest, word)) return std::nullopt;
  return QueryOfIds{table, "SELECT " + (name.empty() ? std::string() : std::string(name) + '.') + "id FROM " + std::string(from)};
}

// Once for all queries: each time that rights are given, SQLite prepares all statements anew.
Questions::Questions(const store::Database& database) : db_(database.get()) { sqlite3_set_authorizer(db_, right, nullptr); }

Questions::~Questions() { sqlite3_set_authorizer(db_, nullptr, nullptr); }

Questions::Rows& Questions::prepared(const std::string& sql) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) found = prepared_.try_emplace(sql, db_, sql).first;
  return found->second;
}

// False where there are more rows than that is good for; then none is taken.
bool Questions::take_by_id(const QueryOfIds& query, const Take& take) {
  std::vector<std::int64_t> ids;
  for (store::Statement statement(db_, query.sql); statement.step(); ids.push_back(statement.integer(0)))
    if (ids.size() == most_by_id) return false;
  if (ids.empty()) return true;
  auto& rows = prepared("SELECT * FROM " + std::string(query.table) + " WHERE id = ?1");
  for (const auto id : ids) {
    const Use use(rows.statement);
    if (rows.statement.bind(1, id).step() && !take(rows.row.observation())) break;
  }
  return true;
}

void Questions::ask(const kb::Signal& signal, const Take& take) {
  const Budget budget(db_);
  if (!signal.pattern.empty()) {
    auto& rows = prepared("SELECT * FROM events WHERE kind = ?1");
    const Use use(rows.statement);
    rows.statement.bind(1, std::string_view("line." + std::string(signal.id)));
    while (rows.statement.step() && take(rows.row.observation())) {
    }
    return;
  }
  if (const auto ids = query_of_ids(signal.query); ids && take_by_id(*ids, take)) return;
  store::Statement statement(db_, signal.query);
  std::optional<Row> row;
  while (statement.step()) {
    if (!row) row.emplace(statement);
    if (!take(row->observation())) return;
  }
}

}  // namespace gpm::signals
