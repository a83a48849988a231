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
  EXPECT_THAT(query_needs("SELECT e.* FROM events e WHERE e.count > 3 AND e.kind IN ('a', 'b')"), ElementsAre("kind a\nkind b"));
}

TEST(QueryNeeds, TheCodesOfAKind) {
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'kernel.xid' AND code IN (48, -9)"), ElementsAre("code kernel.xid -9\ncode kernel.xid 48"));
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'kernel.xid' AND (code = 48 OR text LIKE '%x%')"), ElementsAre("kind kernel.xid"));
}

TEST(QueryNeeds, EachBranchHasItsOwn) {
  EXPECT_THAT(query_needs("SELECT * FROM snapshots WHERE (metric = 'a' AND number > 0) OR (metric = 'b' AND text LIKE '%x%')"), ElementsAre("metric b\nnumber a > 0"));
  EXPECT_THAT(query_needs("SELECT id FROM settings WHERE scope = 'host' AND key = 'k' UNION SELECT id FROM events WHERE kind = 'x'"), ElementsAre("key k\nkind x"));
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
  EXPECT_THAT(query_needs("SELECT 1 FROM events WHERE kind = 'a' ORDER BY count(*)"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT coalesce(max(line), 0) FROM events WHERE kind = 'a'"), IsEmpty());
}

TEST(QueryNeeds, OneValueMadeOfAnotherIsNoAggregate) {
  EXPECT_THAT(query_needs("SELECT coalesce(host, pod) AS host, CAST(code AS TEXT) FROM events WHERE kind = 'a'"), ElementsAre("kind a"));
}

TEST(QueryNeeds, OtherTablesAndNamesGivenInTheQueryAreNotTheFacts) {
  EXPECT_THAT(query_needs("SELECT c.* FROM communicators c WHERE c.key = 'a'"), ElementsAre("rows communicators"));
  EXPECT_THAT(query_needs("SELECT * FROM (SELECT text AS kind FROM events) WHERE kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("WITH events AS (SELECT 'a' kind) SELECT * FROM events WHERE kind = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("WITH x AS (SELECT 1 FROM ranks), ranks AS (SELECT 1) SELECT * FROM x"), IsEmpty());
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE \"kind\" = 'a'"), IsEmpty());
  EXPECT_THAT(query_needs("no query 'at all"), IsEmpty());
}

TEST(QueryNeeds, ACodeIsThatOfItsOwnRow) {
  EXPECT_THAT(query_needs("SELECT a.* FROM events a, events b WHERE a.kind = 'x' AND b.kind = 'y' AND b.code = 5"), ElementsAre("code y 5", "kind x"));
  EXPECT_THAT(query_needs("SELECT * FROM events a WHERE a.kind = 'x' AND EXISTS (SELECT 1 FROM events b WHERE b.kind = 'y' AND a.code = 5)"),
              ElementsAre("kind x", "kind y"));
}

TEST(QueryNeeds, ReadingsOfAMetric) {
  EXPECT_THAT(query_needs("SELECT * FROM snapshots WHERE metric = 'm' AND text_value IN ('Yes', 'On it')"), ElementsAre("text m On it\ntext m Yes"));
  EXPECT_THAT(query_needs("SELECT * FROM snapshots s WHERE s.metric = 'm' AND s.number >= 95 AND s.number < 100"), ElementsAre("number m < 100", "number m >= 95"));
  EXPECT_THAT(query_needs("SELECT * FROM snapshots s WHERE s.metric = 'm' AND s.number >= 2 * s.line"), ElementsAre("metric m"));
  EXPECT_THAT(query_needs("SELECT * FROM snapshots WHERE metric IN ('a', 'b') AND (text_value = 'Yes' OR number > 0)"),
              ElementsAre("metric a\nmetric b", "number a > 0\nnumber b > 0\ntext a Yes\ntext b Yes"));
}

TEST(QueryNeeds, EverythingThatMustHoldTogether) {
  EXPECT_THAT(query_needs("SELECT * FROM settings WHERE scope = 'host' AND key = 'k'"), ElementsAre("key k", "scope host"));
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'a' AND EXISTS (SELECT 1 FROM events WHERE kind = 'b') AND document_id IN (SELECT document_id FROM ranks)"),
              ElementsAre("kind a", "kind b", "rows ranks"));
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'a' AND document_id NOT IN (SELECT document_id FROM events WHERE kind = 'b')"), ElementsAre("kind a"));
  EXPECT_THAT(query_needs("SELECT * FROM events WHERE line BETWEEN 1 AND 9 AND kind = 'a'"), ElementsAre("kind a"));
  EXPECT_THAT(query_needs("SELECT t.* FROM events t JOIN snapshots s ON s.metric = 'm' AND s.line = t.line CROSS JOIN gpus WHERE t.kind = 'a'"),
              ElementsAre("kind a", "metric m", "rows gpus"));
}

TEST(QueryNeeds, AJoinThatGivesRowsWithoutTheOtherTable) {
  EXPECT_THAT(query_needs("SELECT t.* FROM events t LEFT JOIN ranks r ON r.pid = t.pid AND t.code = 3 WHERE t.kind = 'a'"), ElementsAre("kind a"));
}

TEST(QueryNeeds, NamedSelects) {
  EXPECT_THAT(query_needs("WITH a AS MATERIALIZED (SELECT line FROM events WHERE kind = 'x'), b AS (SELECT * FROM a) SELECT e.* FROM events e JOIN b ON b.line = e.line "
                          "WHERE e.kind = 'y'"),
              ElementsAre("kind x", "kind y"));
  EXPECT_THAT(query_needs("WITH a AS (SELECT max(line) AS last FROM events WHERE kind = 'x') SELECT * FROM a"), IsEmpty());
}

TEST(QueryNeeds, QuotesInTexts) { EXPECT_THAT(query_needs("SELECT * FROM events WHERE kind = 'a''b AND ('"), ElementsAre("kind a'b AND (")); }

}  // namespace
}  // namespace gpm::kb
