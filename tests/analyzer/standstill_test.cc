// SPDX-License-Identifier: Apache-2.0
//
// Dumps of several ranks side by side: who kept the others waiting?
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "analyzer/signals/computed.h"
#include "analyzer/signals/flight.h"
#include "parsers/torch/flight_recorder.h"
#include "parsers/torch/torch_parser.h"
#include "tests/parsers/recording_sink.h"
#include "tests/parsers/torch/pickle_writer.h"
#include "tests/analyzer/filled_store.h"

namespace gpm::signals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace p = gpm::test::pickle;

class StandstillTest : public testing::Test {
 protected:
  void dump(int rank, const std::vector<p::Group>& groups, const std::vector<p::Collective>& collectives) {
    file("nccl_trace_rank_" + std::to_string(rank), p::dump(groups, collectives));
  }
  void file(const std::string& path, const std::string& bytes) {
    store.begin_document();
    parsers::torch::FlightRecorder parser;
    parser.lies_at(path);
    parser.parse(bytes, store);
    store.end_document({.path = path, .format = "flight-recorder", .status = "ok", .note = "", .bytes = bytes.size(), .lines = 1});
  }
  void log(const std::string& path, const std::string& text) {
    store.begin_document();
    parsers::torch::TorchParser parser;
    test::feed(parser, text, store);
    store.end_document({.path = path, .format = "torch", .status = "ok", .note = "", .bytes = text.size(), .lines = 1});
  }
  // Ranks at fault, in the rows' order.
  std::vector<int> ranks(std::string_view signal) {
    std::vector<int> found;
    for (const auto& o : compute(signal, store))
      if (o.place.rank) found.push_back(*o.place.rank);
    return found;
  }
  // No signal but these speaks.
  void only(const std::set<std::string_view>& wanted) {
    for (auto name : computed_names())
      if (name.starts_with("torch.") && name != "torch.ranks_not_waiting")
        EXPECT_EQ(!compute(name, store).empty(), wanted.contains(name)) << name;
  }

  test::FilledStore store{"b", true};
  const std::vector<p::Group> pair = {{"0", "default_pg", "[0, 1]"}};
  const std::vector<p::Group> four = {{"0", "default_pg", "[0, 1, 2, 3]"}};
};

std::string data(const std::string& name) {
  std::ifstream in(GPM_SOURCE_DIR "/tests/parsers/torch/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(StandstillTest, RealDumpsOfALateRank) {
  file("nccl_trace_rank_0", data("nccl_trace_rank_0"));
  file("nccl_trace_rank_1", data("nccl_trace_rank_1"));
  const auto rows = compute("torch.rank_never_entered", store);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].place.rank, 1);
  EXPECT_THAT(rows[0].text, HasSubstr("rank 1, process group 0 (default_pg) of ranks 0-1: last enqueued 1"));
  EXPECT_EQ(rows[1].place.rank, std::nullopt) << "who waits is not at fault";
  EXPECT_THAT(rows[1].text, HasSubstr("rank 0, process group 0 (default_pg): collective 2 all_reduce"));
  only({"torch.rank_never_entered"});
}

TEST_F(StandstillTest, AllStandInTheSameCollective) {
  for (int rank : {0, 1}) dump(rank, pair, {{.record = 0, .seq = 1}, {.record = 1, .seq = 2, .state = "scheduled"}});
  only({"torch.all_ranks_wait"});
}

TEST_F(StandstillTest, NothingIsOutstanding) {
  for (int rank : {0, 1}) dump(rank, pair, {{.record = 0, .seq = 1}});
  only({});
}

TEST_F(StandstillTest, OneRankIssuedAnotherOperation) {
  for (int rank : {0, 1, 3}) dump(rank, four, {{.seq = 7, .operation = "all_reduce", .state = "started"}});
  dump(2, four, {{.seq = 7, .operation = "broadcast", .state = "started"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), ElementsAre(2));
  only({"torch.collectives_differ"});
}

TEST_F(StandstillTest, OneRankHasAnotherSizeOrType) {
  for (int rank : {0, 1, 3}) dump(rank, four, {{.seq = 7, .elements = 1024, .state = "scheduled"}});
  dump(2, four, {{.seq = 7, .elements = 1032, .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), ElementsAre(2));
}

TEST_F(StandstillTest, OneRankHasAnotherType) {
  for (int rank : {0, 2, 3}) dump(rank, four, {{.seq = 7, .state = "scheduled"}});
  dump(1, four, {{.seq = 7, .state = "scheduled", .type = "BFloat16"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), ElementsAre(1));
}

// Of two nobody can say which is wrong.
TEST_F(StandstillTest, TwoRanksThatDiffer) {
  dump(0, pair, {{.seq = 7, .operation = "all_reduce", .state = "scheduled"}});
  dump(1, pair, {{.seq = 7, .operation = "all_gather", .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), testing::UnorderedElementsAre(0, 1));
}

// Two names of one operation, and a root that hands in more than the others.
TEST_F(StandstillTest, WhatMayDiffer) {
  dump(0, pair, {{.seq = 7, .operation = "_all_gather_base", .state = "scheduled"}});
  dump(1, pair, {{.seq = 7, .operation = "all_gather", .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), IsEmpty());
}
TEST_F(StandstillTest, AScatterDiffersByNature) {
  dump(0, pair, {{.seq = 7, .operation = "scatter", .elements = 8, .state = "scheduled"}});
  dump(1, pair, {{.seq = 7, .operation = "scatter", .elements = 0, .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.collectives_differ"), IsEmpty());
}

TEST_F(StandstillTest, OneRankDidNotFinish) {
  log("rank0.log", "[rank0]:[E1 ProcessGroupNCCL.cpp:689] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, "
                   "OpType=ALLREDUCE, NumelIn=4096, NumelOut=4096, Timeout(ms)=20000) ran for 20039 milliseconds before timing out.\n");
  for (int rank : {0, 1, 3}) dump(rank, four, {{.record = 0, .seq = 7}, {.record = 1, .seq = 8, .state = "scheduled"}});
  dump(2, four, {{.record = 0, .seq = 7, .state = "scheduled"}, {.record = 1, .seq = 8, .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.rank_unfinished"), ElementsAre(2));
}

TEST_F(StandstillTest, OneRankHasNotBegun) {
  log("rank0.log", "[rank0]:[E1 ProcessGroupNCCL.cpp:689] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, "
                   "OpType=ALLREDUCE, NumelIn=4096, NumelOut=4096, Timeout(ms)=20000) ran for 20039 milliseconds before timing out.\n");
  for (int rank : {0, 1, 2}) dump(rank, four, {{.seq = 7, .state = "started"}});
  dump(3, four, {{.seq = 7, .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.rank_unfinished"), ElementsAre(3));
}

// Rank 3 is missing in the default group, but it waits itself: for rank 2, in their group of two.
TEST_F(StandstillTest, TheOneThatTheLateRankWaitsFor) {
  const p::Group all = {"0", "default_pg", "[0, 1, 2, 3]"}, tp = {"9", "tp", "[2, 3]"};
  for (int rank : {0, 1}) dump(rank, {all}, {{.record = 0, .seq = 4}, {.record = 1, .seq = 5, .state = "scheduled"}});
  dump(2, {all, tp}, {{.record = 0, .seq = 4}, {.record = 1, .seq = 20, .group = "9"}});
  dump(3, {all, tp}, {{.record = 0, .seq = 4}, {.record = 1, .seq = 20, .group = "9"}, {.record = 2, .seq = 21, .state = "scheduled", .group = "9"}});
  EXPECT_THAT(ranks("torch.rank_never_entered"), ElementsAre(2));
}

// Each waits for the other, in another group: the order of the collectives differs.
TEST_F(StandstillTest, RanksThatWaitForEachOther) {
  const std::vector<p::Group> groups = {{"1", "a", "[0, 1]"}, {"2", "b", "[0, 1]"}};
  dump(0, groups, {{.record = 0, .seq = 3, .group = "1"}, {.record = 1, .seq = 3, .group = "2"}, {.record = 2, .seq = 4, .state = "started", .group = "1"}});
  dump(1, groups, {{.record = 0, .seq = 3, .group = "1"}, {.record = 1, .seq = 3, .group = "2"}, {.record = 2, .seq = 4, .state = "started", .group = "2"}});
  EXPECT_THAT(ranks("torch.ranks_wait_in_circle"), testing::UnorderedElementsAre(0, 1));
  only({"torch.ranks_wait_in_circle"});
}

// A group of which a rank has never heard, since it made no collective there.
TEST_F(StandstillTest, AGroupThatTheLateRankNeverUsed) {
  const p::Group all = {"0", "default_pg", "[0, 1, 2]"}, dp = {"4", "dp", "[0, 2]"};
  dump(0, {all, dp}, {{.record = 0, .seq = 1}, {.record = 1, .seq = 1, .state = "scheduled", .group = "4", .description = "dp"}});
  for (int rank : {1, 2}) dump(rank, {all}, {{.record = 0, .seq = 1}});
  EXPECT_THAT(ranks("torch.rank_never_entered"), ElementsAre(2));
}

// The ring has gone round: what it does not hold may have been.
TEST_F(StandstillTest, ARingThatForgot) {
  const std::vector<p::Group> groups = {{"0", "default_pg", "[0, 1]"}, {"4", "tp", "[0, 1]"}};
  dump(0, groups, {{.record = 900, .seq = 1, .state = "scheduled"}});
  dump(1, groups, {{.record = 900, .seq = 880, .group = "4", .description = "tp"}});
  EXPECT_THAT(ranks("torch.rank_never_entered"), IsEmpty());
}

TEST_F(StandstillTest, ARankWithoutADump) {
  for (int rank : {0, 1, 2}) dump(rank, four, {{.seq = 7, .state = "scheduled"}});
  EXPECT_THAT(ranks("torch.rank_without_dump"), ElementsAre(3));
  only({"torch.rank_without_dump"});
}

// One dump of four: the others were not collected.
TEST_F(StandstillTest, MostDumpsAreMissing) {
  dump(0, four, {{.seq = 7, .state = "scheduled"}});
  only({});
}

// /tmp kept rank 1's dump of yesterday's run.
TEST_F(StandstillTest, AnEarlierRunsDump) {
  dump(0, pair, {{.record = 100'000'000, .seq = 7, .state = "scheduled"}});
  dump(1, pair, {{.record = 0, .seq = 2}});
  EXPECT_THAT(ranks("torch.rank_never_entered"), IsEmpty());
  EXPECT_THAT(ranks("torch.rank_without_dump"), ElementsAre(1));
}

TEST_F(StandstillTest, AReceiveWhoseSenderDoesNotCome) {
  const std::vector<p::Group> pp = {{"5", "pp", "[0, 1]"}};
  dump(0, pp, {{.record = 0, .operation = "send 0->1", .group = "5", .p2p = true}});
  dump(1, pp, {{.record = 0, .operation = "recv 1<-0", .group = "5", .p2p = true},
               {.record = 1, .seq = 2, .operation = "recv 1<-0", .state = "started", .group = "5", .p2p = true}});
  EXPECT_THAT(ranks("torch.rank_never_entered"), ElementsAre(0));
}

TEST_F(StandstillTest, AnExceptionOfTheLateRankExplainsIt) {
  dump(0, pair, {{.record = 0, .seq = 1}, {.record = 1, .seq = 2, .state = "scheduled"}});
  dump(1, pair, {{.record = 0, .seq = 1}});
  store.begin_document();
  store.add(facts::Event{.kind = "python.exception", .code = {}, .place = {.rank = 1}, .time = {}, .at = {3, "[rank1]: KeyError: 'x'"}, .attributes = {}});
  store.end_document({.path = "rank1.log", .format = "python", .status = "ok", .note = "", .bytes = 1, .lines = 3});
  EXPECT_THAT(ranks("torch.rank_failed_before_collective"), ElementsAre(1));
  only({"torch.rank_failed_before_collective"});
}

// Logs alone: rank 2 answers the dump signal one collective behind.
TEST_F(StandstillTest, LinesOfTheWatchdog) {
  std::string text;
  for (const char* rank : {"0", "1"})
    text += std::string("[rank") + rank + "]:[E1004 11:20:08.1 ProcessGroupNCCL.cpp:2271] [PG ID 0 PG GUID 0(default_pg) Rank " + rank +
            "]  failure detected by watchdog at work sequence id: 811 PG status: last enqueued work: 811, last completed work: 810\n[rank" +
            rank + "]:[E1004 11:20:08.2 ProcessGroupNCCL.cpp:632] [Rank " + rank +
            "] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=811, OpType=ALLREDUCE, NumelIn=4, NumelOut=4, Timeout(ms)=600000) "
            "ran for 600049 milliseconds before timing out.\n";
  text += "[rank2]:[E1004 11:20:09.5 ProcessGroupNCCL.cpp:1746] [PG ID 0 PG GUID 0(default_pg) Rank 2] Received a dump signal due to a "
          "collective timeout from  rank 0 and we will try our best to dump the debug info. Last enqueued NCCL work: 810, last completed NCCL work: 810.\n";
  log("train.log", text);
  EXPECT_THAT(ranks("torch.rank_never_entered"), ElementsAre(2));
  EXPECT_THAT(ranks("torch.ranks_not_waiting"), ElementsAre(2));
}

TEST_F(StandstillTest, WatchdogsThatNameDifferentOperations) {
  std::string text;
  for (int rank = 0; rank < 3; ++rank) {
    const auto r = std::to_string(rank);
    text += "[rank" + r + "]:[E1004 11:20:08.1 ProcessGroupNCCL.cpp:616] [Rank " + r +
            "] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=42, OpType=" + (rank == 1 ? "ALLGATHER" : "ALLREDUCE") +
            ", NumelIn=4, NumelOut=4, Timeout(ms)=600000) ran for 600049 milliseconds before timing out.\n[rank" + r +
            "]:[E1004 11:20:08.2 ProcessGroupNCCL.cpp:1785] [PG ID 0 PG GUID 0 Rank " + r +
            "] Exception (either an error or timeout) detected by watchdog at work: 42, last enqueued NCCL work: 42, last completed NCCL work: 41.\n";
  }
  log("train.log", text);
  EXPECT_THAT(ranks("torch.collectives_differ"), ElementsAre(1));
}

TEST_F(StandstillTest, ADesyncReportNamesRanks) {
  log("rank0.log", "[rank0]: - To our best knowledge, ranks [3, 5] are the lagging ranks that caused this timeout. They never joined any collectives\n");
  EXPECT_THAT(ranks("torch.lagging_ranks"), ElementsAre(3, 5));
}

// Sixteen thousand ranks of which half are late: no step may look at all pairs.
TEST(Compare, ManyRanks) {
  GroupView group{.name = "0", .from_dumps = true, .members = {}, .ranks = {}};
  std::set<int> with_dump;
  for (int rank = 0; rank < 16'384; ++rank) {
    group.members.push_back(rank);
    with_dump.insert(rank);
    group.ranks[rank].entered = rank % 2;
    if (rank % 2 != 0) group.ranks[rank].pending = 1;
  }
  const auto found = compare({group, group}, with_dump);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].kind, StandstillKind::never_entered);
  EXPECT_EQ(found[0].rows.size(), 32u);
}

}  // namespace
}  // namespace gpm::signals
