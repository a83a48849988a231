// SPDX-License-Identifier: Apache-2.0
//
// Which facts a query needs at least, read off its text:
//
//   SELECT * FROM events WHERE kind = 'kernel.xid' AND text LIKE '%x%'    ->   "kind kernel.xid"
//   SELECT * FROM events WHERE kind = 'kernel.xid' AND code IN (48, 62)   ->   "code kernel.xid 48\ncode kernel.xid 62"
//   ... WHERE (metric = 'a' AND number > 0) OR metric IN ('b', 'c')       ->   "metric b\nmetric c\nnumber a > 0"
//   ... WHERE key = 'k' AND EXISTS (SELECT 1 FROM ranks)                  ->   "key k", "rows ranks"
//
// Of some three hundred queries, a bundle gives rows to two dozen; of the others most need not even be prepared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::kb {

// Each need is a list of facts, one a line; for the query to give a row, the store must hold one of each need's. No needs =
// the query has to be asked. A fact is one of
//   kind K, metric M, scope S, key K    a row with this value in events.kind, snapshots.metric, settings.scope, settings.key
//   code K N                            events of a kind with a code
//   text M T                            snapshots of a metric with this text_value
//   number M OP N                       snapshots of a metric with such a number; OP is = > >= < <=, N an integer
//   rows T                              any row of ranks, communicators or gpus
std::vector<std::string> query_needs(std::string_view sql);

}  // namespace gpm::kb
