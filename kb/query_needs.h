// SPDX-License-Identifier: Apache-2.0
//
// Which facts a query needs at least, read off its text:
//
//   SELECT * FROM events WHERE kind = 'kernel.xid' AND text LIKE '%x%'    ->   "kind kernel.xid"
//   SELECT * FROM events WHERE kind = 'kernel.xid' AND code IN (48, 62)   ->   "code kernel.xid 48", "code kernel.xid 62"
//   ... WHERE (metric = 'a' AND number > 0) OR metric IN ('b', 'c')       ->   "metric a", "metric b", "metric c"
//
// Of some three hundred queries, a bundle gives rows to a dozen; the others need not even be prepared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::kb {

// A column (events.kind, snapshots.metric, settings.scope, settings.key) and a value, or "code", a kind and a code: facts of
// which the store must hold one for the query to give a row. None = the query has to be asked.
std::vector<std::string> query_needs(std::string_view sql);

}  // namespace gpm::kb
