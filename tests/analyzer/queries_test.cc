// SPDX-License-Identifier: Apache-2.0
//
// Queries that another thread asks meanwhile: the same rows, and what it leaves to the caller.
#include "analyzer/signals/queries.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/scan/processors.h"
#include "analyzer/scan/scanner.h"
#include "analyzer/signals/questions.h"
#include "kb/model.h"
#include "parsers/bundle/bundle.h"
#include "tests/analyzer/filled_store.h"

namespace gpm::signals {
namespace {

using Rows = std::vector<std::tuple<std::int64_t, std::uint64_t, std::string, std::string, std::optional<int>, std::optional<std::int64_t>, std::uint64_t>>;

Rows rows_of(const std::vector<Observation>& observations) {
  Rows rows;
  for (const auto& o : observations) rows.emplace_back(o.document_id, o.line, o.text, o.place.host, o.place.gpu_index, o.utc_ns, o.count);
  return rows;
}

std::vector<Observation> asked(const store::Store& store, const kb::Signal& signal) {
  std::vector<Observation> all;
  Questions(store.database()).ask(signal, [&](Observation row) {
    all.push_back(std::move(row));
    return true;
  });
  return all;
}

// Gives the other thread the time to answer all of them; more with each attempt, for slow machines.
void wait_for_the_other(int attempt = 0) { std::this_thread::sleep_for(std::chrono::milliseconds(150) * (attempt + 1)); }

std::vector<const kb::Signal*> with_queries() {
  std::vector<const kb::Signal*> signals;
  for (const auto& signal : kb::embedded().signals)
    if (!signal.pattern.empty() || !signal.query.empty()) signals.push_back(&signal);
  return signals;
}

class QueriesOfACorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (scan::processors() < 2) GTEST_SKIP() << "one processor";
    scan::Scanner scanner(kb::embedded(), store_);
    bundle::Usage usage;
    std::string error;
    ASSERT_EQ(bundle::read(GPM_SOURCE_DIR "/corpus/h100-own-oom", "", {}, usage, scanner, error), bundle::ReadResult::read) << error;
    store_.finish(scanner.content_hash());
  }

  store::Store store_{"b", true};
};

TEST_F(QueriesOfACorpus, HaveTheSameRowsWhoeverAsksThem) {
  const auto signals = with_queries();
  std::size_t answered = 0, with_rows = 0;
  for (int attempt = 0; attempt < 20 && (answered < signals.size() / 2 || with_rows < 10); ++attempt) {
    answered = with_rows = 0;
    scan::Worker worker;
    AnswersBeside beside(store_.database(), signals, worker);
    wait_for_the_other(attempt);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const auto rows = beside.take(i);
      if (!rows) continue;
      EXPECT_EQ(rows_of(*rows), rows_of(asked(store_, *signals[i]))) << signals[i]->id;
      ++answered;
      with_rows += !rows->empty();
    }
  }
  EXPECT_GE(answered, signals.size() / 2);
  EXPECT_GE(with_rows, 10u);
}

// Asked for ids or not, a query has the rows that it would have by itself.
TEST_F(QueriesOfACorpus, HaveTheRowsThatTheySelect) {
  std::size_t by_id = 0, with_rows = 0;
  for (const auto& signal : kb::embedded().signals) {
    if (signal.query.empty()) continue;
    std::vector<Observation> selected;
    store::Statement statement(store_.database().get(), signal.query);
    for (const Row row(statement); statement.step();) selected.push_back(row.observation());
    auto rows = rows_of(asked(store_, signal)), expected = rows_of(selected);
    std::sort(rows.begin(), rows.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(rows, expected) << signal.id;
    by_id += query_of_ids(signal.query).has_value();
    with_rows += !rows.empty();
  }
  EXPECT_GE(by_id, 200u);
  EXPECT_GE(with_rows, 10u);
}

TEST_F(QueriesOfACorpus, MayHaveMoreRowsThanAreFoundOneByOne) {
  kb::Signal many;
  many.query = "SELECT * FROM snapshots WHERE number >= 0";
  EXPECT_GT(asked(store_, many).size(), 100u);
}

TEST(QueryOfIds, AsksOneTableForItsRows) {
  const auto sql = [](std::string_view query) { return query_of_ids(query).value_or(QueryOfIds{}).sql; };
  EXPECT_EQ(sql("SELECT * FROM events WHERE kind = 'x'"), "SELECT id FROM events WHERE kind = 'x'");
  EXPECT_EQ(sql("SELECT * FROM ranks r WHERE r.pid = 7"), "SELECT id FROM ranks r WHERE r.pid = 7");
  EXPECT_EQ(sql("SELECT c.* FROM snapshots c JOIN snapshots m ON m.line = c.line"), "SELECT c.id FROM snapshots c JOIN snapshots m ON m.line = c.line");
  EXPECT_EQ(sql("SELECT s.* FROM settings s, gpus g WHERE g.pci = s.pci"), "SELECT s.id FROM settings s, gpus g WHERE g.pci = s.pci");
  EXPECT_EQ(query_of_ids("SELECT m.* FROM settings m WHERE m.key = 'x'")->table, "settings");
}

TEST(QueryOfIds, LeavesWhatMightMeanAnotherThing) {
  for (const auto* query : {"SELECT * FROM findings WHERE 1", "SELECT * FROM documents WHERE 1", "SELECT * FROM events e JOIN ranks r WHERE 1", "SELECT * FROM events, ranks WHERE 1",
                            "SELECT e.* FROM ranks r JOIN events e ON 1", "SELECT e.*, 1 AS line FROM events e WHERE 1", "SELECT id FROM events WHERE 1",
                            "SELECT * FROM events WHERE 1 GROUP BY host", "SELECT * FROM events WHERE 1 UNION SELECT * FROM events", "SELECT e.* FROM events e LIMIT 3",
                            "SELECT DISTINCT e.* FROM events e", "WITH x AS (SELECT 1) SELECT * FROM events WHERE 1", "SELECT", ""})
    EXPECT_FALSE(query_of_ids(query)) << query;
}

// While both ask, each query has one answer: there, or from here.
TEST_F(QueriesOfACorpus, AreAskedOnceByOneOfTheTwo) {
  const auto signals = with_queries();
  scan::Worker worker;
  AnswersBeside beside(store_.database(), signals, worker);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const auto rows = beside.take(i);
    const auto here = asked(store_, *signals[i]);
    if (rows) { EXPECT_EQ(rows_of(*rows), rows_of(here)) << signals[i]->id; }
  }
}

TEST_F(QueriesOfACorpus, MayBeGivenUpAtAnyTime) {
  for (int i = 0; i < 20; ++i) {
    scan::Worker worker;
    AnswersBeside beside(store_.database(), with_queries(), worker);
    beside.take(static_cast<std::size_t>(i));
  }
}

TEST_F(QueriesOfACorpus, ThatFailAreLeftToTheCaller) {
  std::vector<kb::Signal> some(10);
  for (auto& signal : some) signal.query = "SELECT * FROM findings";
  some[3].query = "SELECT text FROM events";
  std::vector<const kb::Signal*> signals;
  for (const auto& signal : some) signals.push_back(&signal);
  scan::Worker worker;
  AnswersBeside beside(store_.database(), signals, worker);
  wait_for_the_other();
  EXPECT_FALSE(beside.take(9));
  EXPECT_FALSE(beside.take(0));
  EXPECT_THROW(asked(store_, some[9]), store::SqliteError);
  if (const auto rows = beside.take(3)) { EXPECT_FALSE(rows->empty()); }
}

TEST_F(QueriesOfACorpus, WithVeryManyRowsAreLeftToTheCaller) {
  std::vector<kb::Signal> some(10);
  for (auto& signal : some) signal.query = "SELECT 1 AS line FROM snapshots a, snapshots b LIMIT 1001";
  some[0].query = "SELECT 1 AS line FROM snapshots a, snapshots b LIMIT 1000";
  std::vector<const kb::Signal*> signals;
  for (const auto& signal : some) signals.push_back(&signal);
  scan::Worker worker;
  AnswersBeside beside(store_.database(), signals, worker);
  wait_for_the_other();
  for (std::size_t i = 9; i > 0; --i) EXPECT_FALSE(beside.take(i));
  if (const auto rows = beside.take(0)) { EXPECT_EQ(rows->size(), AnswersBeside::most_rows); }
}

TEST(AnswersBeside, LeaveALargeStoreToTheCaller) {
  test::FilledStore store("b", true);
  store.begin_document();
  for (int i = 0; i < 1500; ++i) {
    facts::Event e;
    e.kind = "kernel.xid";
    e.at.line = static_cast<std::uint64_t>(i) + 1;
    e.at.text = std::string(4000, 'x');
    e.attributes["number"] = std::to_string(i);
    store.add(e);
  }
  store.end_document({"dmesg", "dmesg", "ok", "", 1, 1, {}});
  store.finish("h");
  EXPECT_GT(store.database().bytes(), AnswersBeside::most_bytes);
  const std::vector<const kb::Signal*> signals(20, &kb::embedded().signals.front());
  scan::Worker worker;
  AnswersBeside beside(store.database(), signals, worker);
  wait_for_the_other();
  for (std::size_t i = 0; i < signals.size(); ++i) EXPECT_FALSE(beside.take(i));
}

}  // namespace
}  // namespace gpm::signals
