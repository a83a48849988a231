// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/visible.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace gpm::store {
namespace {

constexpr std::array tables_of_rows = {"events", "settings", "snapshots", "ranks"};
constexpr std::array tables_of_documents = {"notes", "parts"};
constexpr std::array<std::pair<const char*, const char*>, 3> tables_of_hosts = {{{"documents", "host"}, {"gpus", "host"}, {"hosts", "name"}}};

}  // namespace

Visible::Visible(Database& db, Which which, const std::set<std::string>& machines) : db_(db) {
  db_.run(fmt::format("CREATE TEMP TABLE {}(name TEXT PRIMARY KEY) WITHOUT ROWID", table_of_names).c_str());
  {
    Statement insert(db_.get(), fmt::format("INSERT INTO temp.{} VALUES (?1)", table_of_names));
    for (const auto& machine : machines) insert.bind(1, std::string_view(machine)).run();
  }
  const auto seen = fmt::format("{}IN (SELECT name FROM temp.{})", which == Which::all_but ? "NOT " : "", table_of_names);
  const auto view = [&](std::string_view table, const std::string& condition) {
    db_.run(fmt::format("CREATE TEMP VIEW {0} AS SELECT * FROM main.{0} WHERE {1}", table, condition).c_str());
  };
  for (const auto* table : tables_of_rows) view(table, fmt::format("{} {}", machine_of_row, seen));
  for (const auto& [table, column] : tables_of_hosts) view(table, fmt::format("{} {}", column, seen));
  for (const auto* table : tables_of_documents) view(table, fmt::format("document_id IN (SELECT id FROM main.documents WHERE host {})", seen));
  view("communicators", fmt::format("id IN (SELECT communicator_id FROM main.ranks WHERE {} {})", machine_of_row, seen));
}

Visible::~Visible() {
  try {
    for (const auto* table : tables_of_rows) db_.run(fmt::format("DROP VIEW temp.{}", table).c_str());
    for (const auto& [table, column] : tables_of_hosts) db_.run(fmt::format("DROP VIEW temp.{}", table).c_str());
    for (const auto* table : tables_of_documents) db_.run(fmt::format("DROP VIEW temp.{}", table).c_str());
    db_.run("DROP VIEW temp.communicators");
    db_.run(fmt::format("DROP TABLE temp.{}", table_of_names).c_str());
  } catch (const SqliteError&) {  // only where there is no memory left; what follows fails too, and says so
  }
}

}  // namespace gpm::store
