// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/visible.h"

#include <fmt/format.h>

#include <array>

namespace gpm::store {
namespace {

constexpr std::array views = {"events", "settings", "snapshots", "ranks", "gpus", "hosts", "documents", "notes", "parts", "communicators"};

}  // namespace

Visible::Visible(Database& db, Which which, const std::set<std::string>& machines, const std::set<std::int64_t>& documents) : db_(db) {
  db_.run(fmt::format("CREATE TEMP TABLE {}(name TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TEMP TABLE {}(id INTEGER PRIMARY KEY)", machines_table, documents_table).c_str());
  {
    Statement machine(db_.get(), fmt::format("INSERT INTO temp.{} VALUES (?1)", machines_table));
    for (const auto& name : machines) machine.bind(1, std::string_view(name)).run();
    Statement document(db_.get(), fmt::format("INSERT INTO temp.{} VALUES (?1)", documents_table));
    for (const auto id : documents) document.bind(1, id).run();
  }
  const bool only = which == Which::only;
  const auto of_machine = fmt::format("{}IN (SELECT name FROM temp.{})", only ? "" : "NOT ", machines_table);
  const auto of_document = fmt::format("{}IN (SELECT id FROM temp.{})", only ? "" : "NOT ", documents_table);
  const auto row = fmt::format("({} {} {} document_id {})", machine_of_row, of_machine, only ? "OR" : "AND", of_document);
  const auto view = [&](std::string_view table, const std::string& condition) {
    db_.run(fmt::format("CREATE TEMP VIEW {0} AS SELECT * FROM main.{0} WHERE {1}", table, condition).c_str());
  };
  for (const auto* table : {"events", "settings", "snapshots", "ranks"}) view(table, row);
  view("gpus", "host " + of_machine);
  view("hosts", "name " + of_machine);
  view("documents", "id " + of_document);
  for (const auto* table : {"notes", "parts"}) view(table, fmt::format("document_id {}", of_document));
  view("communicators", fmt::format("id IN (SELECT communicator_id FROM main.ranks WHERE {})", row));
}

Visible::~Visible() {
  try {
    for (const auto* view : views) db_.run(fmt::format("DROP VIEW temp.{}", view).c_str());
    db_.run(fmt::format("DROP TABLE temp.{}; DROP TABLE temp.{}", machines_table, documents_table).c_str());
  } catch (const SqliteError&) {  // only where there is no memory left; what follows fails too, and says so
  }
}

}  // namespace gpm::store
