// SPDX-License-Identifier: Apache-2.0
//
// SQLite with owners for its handles. Errors of our own making (a statement that does not prepare, a full disk) are
// exceptions of type SqliteError; values from bundles are always bound, never pasted into SQL.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace gpm::store {

struct SqliteError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view value);
  Statement& bind_null(int index);
  template <typename T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, static_cast<std::conditional_t<std::is_integral_v<T>, std::int64_t, T>>(*value)) : bind_null(index);
  }

  bool step();  // true while there is a row
  void run();   // steps to the end and resets
  void reset();

  int columns() const { return sqlite3_column_count(handle_.get()); }
  std::string_view column_name(int column) const { return sqlite3_column_name(handle_.get(), column); }
  bool is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string text(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  sqlite3_stmt* get() const { return handle_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// One that many analyses never need: prepared when it is first used.
class LaterStatement {
 public:
  LaterStatement(sqlite3* db, std::string sql) : db_(db), sql_(std::move(sql)) {}
  Statement& operator*() {
    if (!statement_) statement_.emplace(db_, sql_);
    return *statement_;
  }
  Statement* operator->() { return &**this; }

 private:
  sqlite3* db_;
  std::string sql_;
  std::optional<Statement> statement_;
};

// The bytes of a database.
struct Image {
  struct Free {
    void operator()(unsigned char* bytes) const { sqlite3_free(bytes); }
  };
  std::unique_ptr<unsigned char, Free> bytes;
  std::size_t size = 0;
};

// Of one thread at a time.
class Database {
 public:
  static Database in_memory();
  static Database of_image(Image image);  // to read only
  static Database create_file(const std::string& path);  // replaces what was there

  void run(const char* sql);
  sqlite3* get() const { return handle_.get(); }
  std::size_t bytes() const;
  Image image() const;  // of what is committed
  // Writes a copy of the whole database to `path`, replacing what was there. No side files are left.
  void copy_to(const std::string& path) const;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  explicit Database(const char* path, int flags);
  std::unique_ptr<sqlite3, Close> handle_;
};

// What a function in SQL was called with, and what it gives.
class SqlCall {
 public:
  SqlCall(sqlite3_context* context, sqlite3_value** arguments) : context_(context), arguments_(arguments) {}

  std::int64_t integer(int argument) const { return sqlite3_value_int64(arguments_[argument]); }
  std::optional<std::int64_t> maybe_integer(int argument) const;
  std::string_view text(int argument) const;  // as long as the call lasts
  void give(std::string_view text) { sqlite3_result_text64(context_, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8); }
  void give(std::optional<std::int64_t> number);

 private:
  sqlite3_context* context_;
  sqlite3_value** arguments_;
};

// A function of ours in SQL; it always gives the same for the same arguments, and throws nothing. Ends with the scope.
class SqlFunction {
 public:
  using Body = std::function<void(SqlCall&)>;

  SqlFunction(Database& db, const char* name, int arguments, Body body);
  ~SqlFunction();
  SqlFunction(const SqlFunction&) = delete;
  SqlFunction& operator=(const SqlFunction&) = delete;

 private:
  sqlite3* db_;
  const char* name_;
  int arguments_;
  Body body_;
};

}  // namespace gpm::store
