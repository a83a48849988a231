// SPDX-License-Identifier: Apache-2.0
//
// What the query of a signal may do: SELECT from the documented tables of facts, and nothing else. One rule for the
// linter, which refuses other queries, and for the evaluation, which does not trust the linter.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gpm::kb {

// Tables of facts (docs/store.md); what the analysis itself has found is not among them.
inline constexpr std::array<std::string_view, 10> readable_tables = {
    "incidents", "documents", "hosts", "gpus", "events", "settings", "snapshots", "ranks", "notes", "communicators"};

// For sqlite3_set_authorizer.
inline int query_right(void*, int action, const char* first, const char* second, const char*, const char*) {
  const std::string_view name = first != nullptr ? first : "";
  const std::string_view other = second != nullptr ? second : "";
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return other == "load_extension" || other == "fts3_tokenizer" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_READ:
      // A table of WITH whose columns are not used (`EXISTS (SELECT 1 FROM recent)`) comes by its own name, without
      // column.
      if (other.empty() && !name.starts_with("pragma_") && !name.starts_with("sqlite_")) {
        return SQLITE_OK;
      }
      return std::find(readable_tables.begin(), readable_tables.end(), name) != readable_tables.end() ? SQLITE_OK
                                                                                                      : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

}  // namespace gpm::kb
