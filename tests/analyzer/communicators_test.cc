// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/communicators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "analyzer/signals/absent_ranks.h"
#include "analyzer/signals/odd_ones.h"
#include "analyzer/signals/peers.h"
#include "tests/analyzer/log_bundle.h"
#include "tests/analyzer/filled_store.h"

namespace gpm::signals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Bundle = LogBundle;

// Version 2.27: START comes before the ranks meet.
std::string start(int rank, int nranks, const std::string& host, const std::string& id = "0xabc") {
  return fmt::format(
      "{0}:{1}:{1} [0] NCCL INFO Bootstrap: Using eth0:10.0.0.{2}<0>\n"
      "{0}:{1}:{1} [0] NCCL INFO ncclCommInitRankConfig comm 0x55{1} rank {3} nranks {4} cudaDev 0 nvmlDev 0 busId 18000 commId {5} - Init START\n",
      host, 100 + rank, host.back(), rank, nranks, id);
}
std::string complete(int rank, int nranks, const std::string& host, const std::string& id = "0xabc") {
  return start(rank, nranks, host, id) +
         fmt::format("{0}:{1}:{1} [0] NCCL INFO ncclCommInitRankConfig comm 0x55{1} rank {2} nranks {3} cudaDev 0 nvmlDev 0 busId 18000 commId {4} - Init COMPLETE\n", host,
                     100 + rank, rank, nranks, id);
}

std::vector<std::string> places(const std::vector<Observation>& observations) {
  std::vector<std::string> all;
  for (const auto& o : observations) all.push_back(o.place.host + (o.place.rank ? "/" + std::to_string(*o.place.rank) : ""));
  return all;
}

TEST(AbsentRanks, TheRankThatNobodySawIsNamedWithTheHostOfItsNeighbours) {
  Bundle bundle;
  for (const int rank : {0, 1, 2, 3, 4, 6, 7}) bundle.document(fmt::format("rank{}.log", rank), start(rank, 8, rank < 4 ? "n1" : "n2"));
  auto& store = bundle.done();
  EXPECT_THAT(places(absent_rank(store)), ElementsAre("n2/5"));
  EXPECT_THAT(ranks_missing(store), SizeIs(7));
}

TEST(AbsentRanks, AHostThatIsAbsentAsAWholeHasNoName) {
  Bundle bundle;
  for (int rank = 0; rank < 12; ++rank) bundle.document(fmt::format("rank{}.log", rank), start(rank, 16, fmt::format("n{}", rank / 4 + 1)));
  EXPECT_THAT(places(absent_rank(bundle.done())), ElementsAre("/12", "/13", "/14", "/15"));
}

TEST(AbsentRanks, MostLogsMissingNamesNobody) {
  EXPECT_THAT(absent_rank(Bundle().document("rank0.log", start(0, 8, "n1")).done()), IsEmpty());
}

TEST(AbsentRanks, RanksThatMetDoNotWait) {
  Bundle bundle;
  for (const int rank : {0, 1, 2}) bundle.document(fmt::format("rank{}.log", rank), complete(rank, 4, "n1"));
  auto& store = bundle.done();
  EXPECT_THAT(ranks_missing(store), IsEmpty());
  EXPECT_THAT(absent_rank(store), IsEmpty());
}

TEST(AbsentRanks, ASecondAttemptThatSucceedsClearsTheFirst) {
  Bundle bundle;
  for (const int rank : {0, 1, 2}) bundle.document(fmt::format("try1/rank{}.log", rank), start(rank, 4, "n1", "0x1"));
  for (const int rank : {0, 1, 2, 3}) bundle.document(fmt::format("try2/rank{}.log", rank), complete(rank, 4, "n1", "0x2"));
  EXPECT_THAT(ranks_missing(bundle.done()), IsEmpty());
}

TEST(AbsentRanks, ARankOfAGroupIsToldByItsNumberInTheJob) {
  Bundle bundle;
  for (int rank = 0; rank < 8; ++rank) {
    auto text = complete(rank, 8, rank < 4 ? "n1" : "n2");
    if (rank >= 4 && rank != 6)
      text += fmt::format("n2:{0}:{0} [0] NCCL INFO ncclCommInitRankConfig comm 0x66{0} rank {1} nranks 4 cudaDev 0 nvmlDev 0 busId 18000 commId 0xdef - Init START\n", 100 + rank, rank - 4);
    bundle.document(fmt::format("rank{}.log", rank), text);
  }
  EXPECT_THAT(places(absent_rank(bundle.done())), ElementsAre("n2/6"));
}

TEST(AbsentRanks, TheOneThatStoppedWhereOthersWentOn) {
  Bundle bundle;
  for (int rank = 0; rank < 8; ++rank) bundle.document(fmt::format("rank{}.log", rank), rank == 3 ? start(rank, 8, "n1") : complete(rank, 8, "n1"));
  EXPECT_THAT(places(stopped_rank(bundle.done())), ElementsAre("n1/3"));
}

TEST(AbsentRanks, ARankThatCountsOtherwiseIsOdd) {
  Bundle bundle;
  for (int rank = 0; rank < 4; ++rank) bundle.document(fmt::format("rank{}.log", rank), start(rank, rank == 2 ? 8 : 4, "n1"));
  EXPECT_THAT(places(odd_rank_count(bundle.done())), ElementsAre("n1/2"));
}

TEST(Communicators, PiecesWithoutACommonIdBecomeOne) {
  Bundle bundle;
  for (int rank = 0; rank < 4; ++rank)
    bundle.document(fmt::format("rank{}.log", rank), fmt::format("n{0}:10{1}:10{1} [0] NCCL INFO comm 0x7f{1} rank {1} nranks 4 cudaDev 0 busId 1000 - Init COMPLETE\n", rank / 2 + 1, rank));
  const auto all = read_communicators(bundle.done());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all.front().ranks, SizeIs(4));
  EXPECT_TRUE(all.front().whole());
}

TEST(Communicators, GroupsOfOneHostEachAreNotMixed) {
  Bundle bundle;
  for (const std::string host : {"n1", "n2"})
    for (int rank = 0; rank < 2; ++rank)
      bundle.document(fmt::format("{}-{}.log", host, rank), fmt::format("{0}:10{1}:10{1} [0] NCCL INFO comm 0x7f{1} rank {1} nranks 2 cudaDev 0 busId 1000 - Init COMPLETE\n", host, rank));
  const auto all = read_communicators(bundle.done());
  ASSERT_THAT(all, SizeIs(2));
  for (const auto& c : all) EXPECT_EQ(c.machines(), 1u);
}

TEST(OddOnes, TheHostWithAnotherVersion) {
  Bundle bundle;
  for (int host = 1; host <= 3; ++host)
    bundle.document(fmt::format("n{}.log", host), fmt::format("n{0}:1:1 [0] NCCL INFO NCCL version 2.{1}.5+cuda12.4\n", host, host == 2 ? 21 : 27) + start(host - 1, 3, fmt::format("n{}", host)));
  auto& store = bundle.done();
  ASSERT_THAT(odd_version(store), SizeIs(1));
  EXPECT_EQ(odd_version(store).front().place.host, "n2");
  EXPECT_THAT(versions_differ(store), SizeIs(3));
}

TEST(OddOnes, OfTwoHostsNeitherIsTheOddOne) {
  Bundle bundle;
  for (int host = 1; host <= 2; ++host)
    bundle.document(fmt::format("n{}.log", host), fmt::format("n{0}:1:1 [0] NCCL INFO NCCL version 2.{1}.5+cuda12.4\n", host, host == 2 ? 21 : 27) + start(host - 1, 2, fmt::format("n{}", host)));
  auto& store = bundle.done();
  EXPECT_THAT(odd_version(store), IsEmpty());
  EXPECT_THAT(versions_differ(store), SizeIs(2));
}

TEST(OddOnes, TwoJobsMayRunDifferentVersions) {
  Bundle bundle;
  for (int host = 1; host <= 2; ++host) {
    std::string text = fmt::format("n{0}:1:1 [0] NCCL INFO NCCL version 2.{1}.5+cuda12.4\n", host, host == 2 ? 21 : 27);
    for (int rank = 0; rank < 2; ++rank) text += complete(rank, 2, fmt::format("n{}", host), fmt::format("0x{}", host));
    bundle.document(fmt::format("n{}.log", host), text);
  }
  EXPECT_THAT(versions_differ(bundle.done()), IsEmpty());
}

TEST(OddOnes, NcclNamesRanksAndVersions) {
  std::string text;
  for (int rank = 0; rank < 4; ++rank)
    text += fmt::format("n{0}:{1}:{1} [0] init.cc:1036 NCCL WARN Mismatched NCCL version detected : rank {2} version {3} rank {1} version {4}\n", rank + 1, rank, rank == 3 ? 0 : 3,
                        rank == 3 ? 22605 : 22703, rank == 3 ? 22703 : 22605);
  EXPECT_THAT(places(odd_version(Bundle().document("job.log", text).done())), ElementsAre("n4/3"));
}

TEST(OddOnes, AnInterfaceOfAnotherNetwork) {
  Bundle bundle;
  for (int host = 1; host <= 4; ++host) {
    const auto address = host == 3 ? "enx0:169.254.3.1" : fmt::format("bond0:10.20.0.{}", host);
    bundle.document(fmt::format("n{}.log", host), fmt::format("n{0}:1:1 [0] NCCL INFO Bootstrap : Using {1}<0>\n", host, address));
  }
  const auto odd = odd_interface(bundle.done());
  ASSERT_THAT(odd, SizeIs(1));
  EXPECT_EQ(odd.front().place.host, "n3");
}

TEST(OddOnes, AnotherNameInTheSameNetworkIsFine) {
  Bundle bundle;
  for (int host = 1; host <= 3; ++host)
    bundle.document(fmt::format("n{}.log", host), fmt::format("n{0}:1:1 [0] NCCL INFO Bootstrap : Using {1}:10.20.0.{0}<0>\n", host, host == 2 ? "bond1" : "bond0"));
  EXPECT_THAT(odd_interface(bundle.done()), IsEmpty());
}

TEST(OddOnes, AHostWithoutGpuDirect) {
  std::string text;
  for (int rank = 0; rank < 4; ++rank)
    text += complete(rank, 4, fmt::format("n{}", rank + 1)) +
            fmt::format("n{0}:10{1}:10{1} [0] NCCL INFO Channel 00/0 : {1}[0] -> {2}[0] [send] via NET/IB/0{3}\n", rank + 1, rank, (rank + 1) % 4, rank == 1 ? "" : "/GDRDMA");
  const auto odd = odd_gdr(Bundle().document("job.log", text).done());
  ASSERT_THAT(odd, SizeIs(1));
  EXPECT_EQ(odd.front().place.host, "n2");
}

TEST(Peers, TheLostOneIsTheOneOfWhomOthersSpeakAndThatIsSilent) {
  std::string text;
  for (int rank = 0; rank < 3; ++rank) text += complete(rank, 3, fmt::format("n{}", rank + 1));
  text += "n1:100:110 [0] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by remote peer 10.0.0.2<41234>\n";
  text += "n3:102:112 [0] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by remote peer n1.cluster<41234>\n";
  EXPECT_THAT(places(lost_peer(Bundle().document("job.log", text).done())), ElementsAre("n2/1"));
}

TEST(Peers, BothEndsOfAConnectionThatCouldNotBeMade) {
  const auto text = start(0, 2, "n1") + start(1, 2, "n2") + "n1:100:110 [0] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to 10.0.0.2<41234> failed : Connection timed out\n";
  EXPECT_THAT(places(unreachable_pair(Bundle().document("job.log", text).done())), ElementsAre("n1", "n2"));
}

TEST(Peers, TheRankThatWaitedLeastWasLate) {
  std::string text;
  for (int rank = 0; rank < 5; ++rank)
    text += complete(rank, 5, "n1") + fmt::format("n1:10{0}:10{0} [0] NCCL INFO Bootstrap timings total {1} (create 0.00003, send 0.0001, recv {1}, ring 0.0002, delay 0.000001)\n", rank,
                                                  rank == 2 ? "0.011" : "75.250");
  EXPECT_THAT(places(late_rank(Bundle().document("job.log", text).done())), ElementsAre("n1/2"));
}

TEST(Peers, ShortWaitsMakeNobodyLate) {
  std::string text;
  for (int rank = 0; rank < 5; ++rank)
    text += complete(rank, 5, "n1") + fmt::format("n1:10{0}:10{0} [0] NCCL INFO Bootstrap timings total {1} (create 0.00003, send 0.0001, recv {1}, ring 0.0002, delay 0.000001)\n", rank,
                                                  rank == 2 ? "0.001" : "2.250");
  EXPECT_THAT(late_rank(Bundle().document("job.log", text).done()), IsEmpty());
}

// Numbers that no job has cost nothing.
TEST(HostileRanks, AStatedSizeIsNotAllocated) {
  Bundle bundle;
  bundle.document("a.log", start(0, 999'999, "n1"));
  auto& store = bundle.done();
  EXPECT_THAT(absent_rank(store), IsEmpty());
  const auto all = read_communicators(store);
  ASSERT_THAT(all, SizeIs(1));
  const auto absent = absent_ranks(all.front(), 10);
  EXPECT_EQ(absent.total, 999'998);
  EXPECT_THAT(absent.ranks, SizeIs(10));
}

TEST(HostileRanks, ImpossibleNumbersAreNotes) {
  Bundle bundle;
  std::string text;
  for (const auto* numbers : {"rank 0 nranks 2147483648", "rank -1 nranks 4", "rank 7 nranks 4", "rank 99999999999999999999 nranks 4", "rank 0 nranks -5"})
    text += fmt::format("n1:1:1 [0] NCCL INFO comm 0x1 {} cudaDev 0 nvmlDev 0 busId 18000 commId 0xabc - Init START\n", numbers);
  auto& store = bundle.document("a.log", text).done();
  EXPECT_THAT(read_communicators(store), IsEmpty());
  store::Statement notes(store.database().get(), "SELECT count(*) FROM notes");
  ASSERT_TRUE(notes.step());
  EXPECT_EQ(notes.integer(0), 5);
}

TEST(HostileRanks, AMillionCommunicatorsAreBounded) {
  test::FilledStore store("b", true);
  store.begin_document();
  for (int i = 0; i < 1'000'000; ++i) {
    facts::RankMilestone m;
    m.communicator = fmt::format("0x{:x}", i % 50'000);
    m.rank = i / 50'000 + i % 7;
    m.nranks = 64;
    m.phase = facts::RankPhase::start;
    m.at = {static_cast<std::uint64_t>(i), "x"};
    store.add(std::move(m));
  }
  store::DocumentRow row;
  row.path = "a.log";
  row.status = "ok";
  store.end_document(row);
  store.finish("h");
  store::Statement count(store.database().get(), "SELECT (SELECT count(*) FROM ranks), (SELECT count(*) FROM communicators)");
  ASSERT_TRUE(count.step());
  EXPECT_LE(count.integer(0), static_cast<std::int64_t>(store::DocumentFacts::max_rank_rows));
  EXPECT_LE(count.integer(1), 20'000);
  EXPECT_LE(ranks_missing(store).size(), 32u * 16u);
}

}  // namespace
}  // namespace gpm::signals
