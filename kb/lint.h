// SPDX-License-Identifier: Apache-2.0
//
// What must hold of knowledge beyond its schema: names that are used exist, patterns do what their examples say,
// queries are single SELECTs, combinations have no cycles, texts are Chinese where they should be, commands are real
// and keep to the placeholders that the report fills in. The build stops on any finding; `--kb` refuses the folder.
#pragma once

#include <string_view>

#include "kb/load.h"
#include "kb/model.h"
#include "kb/problem.h"

namespace gpm::kb {

struct LintOptions {
  // CREATE statements of the tables that queries may read; queries are not prepared if it is empty. SQL functions other
  // than SQLite's own are unknown to the linter.
  std::string_view schema_sql;
};

// `origins` says where entries come from (LoadedKnowledge::origins); entries without an origin are those compiled in.
void lint(const Knowledge& knowledge, const Origins& origins, const LintOptions& options, Problems& problems);

}  // namespace gpm::kb
