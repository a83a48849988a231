// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/sqlite.h"

#include <cerrno>
#include <cstdio>

namespace gpm::store {
namespace {

void check(int code, sqlite3* db, const char* doing) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    throw SqliteError(std::string(doing) + ": " + (db ? sqlite3_errmsg(db) : sqlite3_errstr(code)));
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  check(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &raw, nullptr), db, "prepare");
  handle_.reset(raw);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // A null data pointer would bind NULL; an empty text is a text.
  sqlite3_bind_text64(get(), index, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(get(), index);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(get());
  check(code, sqlite3_db_handle(get()), "step");
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(get());
  sqlite3_clear_bindings(get());
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(get(), column));
  return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(get(), column))) : std::string();
}

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

Database::Database(const char* path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path, &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);  // one thread at a time
  handle_.reset(raw);
  check(code, raw, "open");
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

Database Database::in_memory() {
  Database db(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
  // Sorting and grouping must not open a file either: nothing outside the inputs and the named outputs is touched.
  db.run("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON");
  return db;
}

Database Database::create_file(const std::string& path) {
  if (std::remove(path.c_str()) != 0 && errno != ENOENT) throw SqliteError(path + ": cannot be replaced");
  Database db(path.c_str(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  // No journal file beside the named output (defensive mode does not allow OFF).
  db.run("PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY");
  return db;
}

Database Database::of_image(Image image) {
  Database db(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
  db.run("PRAGMA temp_store = MEMORY");
  const auto size = static_cast<sqlite3_int64>(image.size);
  check(sqlite3_deserialize(db.get(), "main", image.bytes.release(), size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY), db.get(),
        "read an image");
  return db;
}

std::size_t Database::bytes() const {
  sqlite3_int64 size = 0;
  sqlite3_serialize(get(), "main", &size, SQLITE_SERIALIZE_NOCOPY);
  return static_cast<std::size_t>(size);
}

Image Database::image() const {
  sqlite3_int64 size = 0;
  Image image{std::unique_ptr<unsigned char, Image::Free>(sqlite3_serialize(get(), "main", &size, 0)), 0};
  if (!image.bytes) throw SqliteError("no memory for a copy");
  image.size = static_cast<std::size_t>(size);
  return image;
}

void Database::run(const char* sql) { check(sqlite3_exec(get(), sql, nullptr, nullptr, nullptr), get(), "exec"); }

void Database::copy_to(const std::string& path) const {
  auto target = create_file(path);
  auto* backup = sqlite3_backup_init(target.get(), "main", get(), "main");
  if (!backup) throw SqliteError(path + ": " + sqlite3_errmsg(target.get()));
  sqlite3_backup_step(backup, -1);
  check(sqlite3_backup_finish(backup), target.get(), path.c_str());
}

std::optional<std::int64_t> SqlCall::maybe_integer(int argument) const {
  if (sqlite3_value_type(arguments_[argument]) == SQLITE_NULL) return std::nullopt;
  return integer(argument);
}

std::string_view SqlCall::text(int argument) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(arguments_[argument]));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(arguments_[argument]))) : std::string_view();
}

void SqlCall::give(std::optional<std::int64_t> number) {
  if (number) sqlite3_result_int64(context_, *number);
  else sqlite3_result_null(context_);
}

SqlFunction::SqlFunction(Database& db, const char* name, int arguments, Body body) : db_(db.get()), name_(name), arguments_(arguments), body_(std::move(body)) {
  constexpr auto call = [](sqlite3_context* context, int, sqlite3_value** values) {
    SqlCall call(context, values);
    (*static_cast<const Body*>(sqlite3_user_data(context)))(call);
  };
  check(sqlite3_create_function(db_, name_, arguments_, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, &body_, call, nullptr, nullptr), db_, "function");
}

SqlFunction::~SqlFunction() { sqlite3_create_function(db_, name_, arguments_, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr); }

}  // namespace gpm::store
