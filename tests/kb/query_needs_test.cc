// SPDX-License-Identifier: Apache-2.0
#include "kb/query_needs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpm::kb {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(QueryNeeds, TheKindThatARowMustHave) {
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'kernel.pcie_dpc'"), ElementsAre("kind kernel.pcie_dpc"));
  EXPECT_THAT(query_needs("SELECT e.* FROM events e WHERE e.count > 3 AND e.kind IN ('a', 'b')"), ElementsAre("kind a", "kind b"));
}

TEST(QueryNeeds, TheCodesOfAKind) {
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'kernel.xid' AND code IN (48, -9)"), ElementsAre("code kernel.xid -9", "code kernel.xid 48"));
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'kernel.xid' AND (code = 48 OR text LIKE '%x%')"), ElementsAre("kind kernel.xid"));
}

TEST(QueryNeeds, EachBranchHasItsOwn) {
  EXPECT_THAT(query_needs("SELECT * FROM snapshots WHERE (metric = 'a' AND number > 0) OR (metric = 'b' AND number > 1)"), ElementsAre("metric a", "metric b"));
  EXPECT_THAT(query_needs("SELECT id FROM settings WHERE scope = 'host' AND key = 'k' UNION SELECT id FROM events WHERE kind = 'x'"), ElementsAre("key k", "kind x"));
}

TEST(QueryNeeds, ABranchWithoutAnyMakesThemUnknown) {
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'a' OR text LIKE '%b%'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT id FROM events WHERE kind = 'a' UNION ALL SELECT id FROM documents"), IsEmpty());
}

TEST(QueryNeeds, WhatIsSaidOfOtherRowsCountsNothing) {
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE NOT EXISTS (SELECT 1 FROM events WHERE kind = 'a')"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE NOT kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE NOT (kind = 'a')"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind <> 'a' AND kind LIKE 'b%'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE line BETWEEN 1 AND kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE CASE WHEN line > 3 AND kind = 'a' THEN 0 ELSE 1 END"), IsEmpty());
}

TEST(QueryNeeds, AnAggregateGivesARowForNothing) {
  EXPECT_THAT(query_needs("SELECT count(*) AS count FROM events WHERE kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT host, count(*) AS count FROM events WHERE kind = 'a' GROUP BY host"), ElementsAre("kind a"));
  EXPECT_THAT(query_needs("SELECT coalesce(max(line), 0) FROM events WHERE kind = 'a'"), IsEmpty());
}

TEST(QueryNeeds, OneValueMadeOfAnotherIsNoAggregate) {
  EXPECT_THAT(query_needs("SELECT coalesce(host, pod) AS host, CAST(code AS TEXT) FROM events WHERE kind = 'a'"), ElementsAre("kind a"));
}

TEST(QueryNeeds, OtherTablesAndNamesGivenInTheQueryAreNotUnderstood) {
  EXPECT_THAT(query_needs("SELECT c.* FROM communicators c WHERE c.key = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM (SELECT text AS kind FROM events) WHERE kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("WITH x AS (SELECT 1) SELECT * FROM events WHERE kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE \"kind\" = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("no query 'at all"), IsEmpty());
}

TEST(QueryNeeds, QuotesInTexts) { EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'a''b AND ('"), ElementsAre("kind a'b AND (")); }

}  // namespace
}  // namespace gpm::kb
