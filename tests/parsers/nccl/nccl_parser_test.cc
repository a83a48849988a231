// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/nccl_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::nccl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

test::RecordingSink parse(std::string_view text) { return test::parse<NcclParser>(text); }

// "communicator rank/nranks: phase phase ..." in the order in which they were told.
std::vector<std::string> progress(const test::RecordingSink& sink) {
  std::vector<std::string> lines;
  std::map<std::string, std::size_t> at;
  for (const auto& m : sink.milestones) {
    const auto key = fmt::format("{} {}/{}:", m.communicator, m.rank, m.nranks ? std::to_string(*m.nranks) : "?");
    if (!at.contains(key)) {
      at[key] = lines.size();
      lines.push_back(key);
    }
    lines[at[key]] += fmt::format(" {}", facts::name(m.phase));
  }
  return lines;
}

// NCCL 2.4: no busId, no START, everything in one process.
TEST(Nccl24, OneProcessWithTwoGpus) {
  const auto sink = parse(R"(mine04:9021:9021 [0] NCCL INFO Bootstrap : Using [0]enp0s31f6:192.168.7.49<0>
NCCL version 2.4.8+cuda10.1
mine04:9021:9021 [1] NCCL INFO Setting affinity for GPU 1 to 03
mine04:9021:9021 [0] NCCL INFO Channel 00 :    0   1
mine04:9021:9021 [0] NCCL INFO Ring 00 : 0[0] -> 1[1] via direct shared memory
mine04:9021:9021 [1] NCCL INFO Ring 00 : 1[1] -> 0[0] via direct shared memory
mine04:9021:9021 [0] NCCL INFO comm 0x7f2c00100010 rank 0 nranks 2 cudaDev 0 nvmlDev 6 - Init COMPLETE
mine04:9021:9021 [1] NCCL INFO comm 0x7f2c40100010 rank 1 nranks 2 cudaDev 1 nvmlDev 7 - Init COMPLETE
)");
  EXPECT_THAT(progress(sink), ElementsAre("0x7f2c00100010@mine04:9021 0/2: channels connecting bootstrap complete",
                                          "0x7f2c40100010@mine04:9021 1/2: topology connecting complete"));
  EXPECT_EQ(sink.milestones[0].place.gpu_index, 6);
  ASSERT_EQ(sink.of_kind("nccl.version").size(), 1u);
  EXPECT_EQ(sink.of_kind("nccl.version")[0].attributes.at("cuda"), "10.1");
  EXPECT_EQ(sink.of_kind("nccl.bootstrap_interface")[0].attributes.at("interface"), "enp0s31f6");
  EXPECT_EQ(sink.of_kind("nccl.transport").size(), 2u);
}

// NCCL up to 2.3 has a line for each interface; the first is the one of the bootstrap.
TEST(Nccl23, InterfacesInTheOrderOfTheirUse) {
  const auto sink = parse(R"(d41b7:2501:2760 [0] NCCL INFO NET : Using interface lo:127.0.0.1<0>
d41b7:2501:2760 [0] NCCL INFO NET : Using interface eth0:10.9.11.7<0>
d41b7:2501:2760 [0] NCCL INFO NET/Socket : 2 interfaces found
)");
  const auto interfaces = sink.of_kind("nccl.bootstrap_interface");
  ASSERT_EQ(interfaces.size(), 2u);
  EXPECT_EQ(interfaces[0].attributes.at("interface"), "lo");
  EXPECT_EQ(interfaces[0].attributes.at("address"), "127.0.0.1");
  EXPECT_EQ(interfaces[1].attributes.at("interface"), "eth0");
}

// NCCL 2.14 prints nothing that names the communicator before COMPLETE: a hang leaves only these lines.
TEST(Nccl214, RankThatNeverCompletesIsKnownByItsTree) {
  const auto sink = parse(R"(gpu-07:91823:91823 [1] NCCL INFO Bootstrap : Using eno1:10.16.3.27<0>
gpu-07:91823:91986 [1] NCCL INFO Setting affinity for GPU 1 to fffff00,000fffff
gpu-07:91823:91986 [1] NCCL INFO Trees [0] -1/-1/-1->1->0 [1] -1/-1/-1->1->0
gpu-07:91823:91986 [1] NCCL INFO Channel 00/0 : 1[1b000] -> 0[1a000] via P2P/IPC
)");
  EXPECT_THAT(progress(sink), ElementsAre("@gpu-07:91823 1/?: topology channels connecting bootstrap"));
}

TEST(Nccl214, SecondInitOfAThreadIsAnotherCommunicator) {
  const auto sink = parse(R"(a:1:2 [0] NCCL INFO Trees [0] 1/-1/-1->0->-1
a:1:2 [0] NCCL INFO comm 0x7f01 rank 0 nranks 2 cudaDev 0 busId 1a000 - Init COMPLETE
a:1:2 [0] NCCL INFO Trees [0] -1/-1/-1->1->0
a:1:2 [0] NCCL INFO Connected all rings
)");
  EXPECT_THAT(progress(sink), ElementsAre("0x7f01@a:1 0/2: channels complete", "@a:1 1/?: channels connected"));
}

// 2.18.3 to 2.22: START stands behind the bootstrap.
TEST(Nccl218, StartProvesThatAllHaveMet) {
  const auto sink = parse(
      "gpu-a800-09:20117:20131 [0] NCCL INFO comm 0x55c0f1a032e0 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 3d000 "
      "commId "
      "0x6d1d6e2c77a0be41 - Init START\n");
  EXPECT_THAT(progress(sink), ElementsAre("0x6d1d6e2c77a0be41 0/2: start joined"));
  EXPECT_EQ(sink.milestones[0].place.pci, "0000:3d:00.0");
  EXPECT_EQ(sink.milestones[0].place.host, "gpu-a800-09");
}

TEST(Nccl222, VersionDecidesWhatStartProves) {
  const auto start =
      "ncclCommInitRank comm 0x55 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 3d000 commId 0x6d - Init START\n";
  EXPECT_THAT(
      progress(parse(fmt::format("n:1:1 [0] NCCL INFO NCCL version 2.22.3+cuda12.5\nn:1:2 [0] NCCL INFO {}", start))),
      ElementsAre("0x6d 0/2: start joined"));
  EXPECT_THAT(progress(parse(fmt::format("NCCL version 2.21.5+cuda12.4\nn:1:2 [0] NCCL INFO {}", start))),
              ElementsAre("0x6d 0/2: start joined"));
  EXPECT_THAT(
      progress(parse(fmt::format("n:1:1 [0] NCCL INFO NCCL version 2.23.4+cuda12.6\nn:1:2 [0] NCCL INFO {}", start))),
      ElementsAre("0x6d 0/2: start"));
}

// 2.28, connected at the first collective, behind COMPLETE.
TEST(Nccl228, WholeLifeOfARank) {
  const auto sink = parse(R"(gpu-node01:713:713 [0] NCCL INFO Bootstrap: Using eth0:10.20.0.11<0>
gpu-node01:713:713 [0] NCCL INFO cudaDriverVersion 13000
gpu-node01:713:713 [0] NCCL INFO Using network Socket
gpu-node01:713:713 [0] NCCL INFO ncclCommInitRankConfig comm 0x1d0c0f80 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 60 commId 0xc8283eee4b15422a - Init START
gpu-node01:713:713 [0] NCCL INFO Bootstrap timings total 0.007537 (create 0.000031, send 0.000102, recv 0.007023, ring 0.000032, delay 0.000001)
gpu-node01:713:713 [0] NCCL INFO NCCL_NVLS_ENABLE set by environment to 0.
gpu-node01:713:713 [0] NCCL INFO comm 0x1d0c0f80 rank 0 nRanks 2 nNodes 1 localRanks 2 localRank 0 MNNVL 0
gpu-node01:713:713 [0] NCCL INFO Channel 00/24 : 0 1
gpu-node01:713:713 [0] NCCL INFO ncclCommInitRankConfig comm 0x1d0c0f80 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 60 commId 0xc8283eee4b15422a - Init COMPLETE
gpu-node01:713:713 [0] NCCL INFO Init timings - ncclCommInitRankConfig: rank 0 nranks 2 total 0.60 (kernels 0.53, alloc 0.01, bootstrap 0.01, allgathers 0.00, topo 0.03, graphs 0.00, connections 0.01, rest 0.00)
gpu-node01:713:713 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM
gpu-node01:713:713 [0] NCCL INFO Connected all rings, use ring PXN 0 GDR 1
gpu-node01:713:713 [0] NCCL INFO comm 0x1d0c0f80 rank 0 nranks 2 cudaDev 0 busId 60 - Destroy COMPLETE
)");
  EXPECT_THAT(progress(sink),
              ElementsAre("0xc8283eee4b15422a 0/2: network bootstrap start joined topology channels complete "
                          "connecting connected destroyed"));
  EXPECT_EQ(sink.setting("nccl", "NCCL_NVLS_ENABLE"), "0");  // the dot is NCCL's
  EXPECT_EQ(sink.setting("nccl", "cudaDriverVersion"), "13000");
  EXPECT_EQ(sink.of_kind("nccl.init_timings")[0].attributes.at("kernels_s"), "0.53");
  EXPECT_EQ(sink.of_kind("nccl.env")[0].place.rank, 0);
}

// 2.29: "[Rank R]" in front; children carry no commId but have parent, count and color in common.
TEST(Nccl229, ChildrenOfRanksAreOneCommunicator) {
  const auto sink = parse(
      R"(a:1:1 [0] NCCL INFO [Rank 0] ncclCommInitRank comm 0x55 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 1a000 commId 0x9 - Init START
a:2:2 [1] NCCL INFO [Rank 1] ncclCommInitRank comm 0x77 rank 1 nranks 2 cudaDev 1 nvmlDev 1 busId 1b000 commId 0x9 - Init START
a:1:1 [0] NCCL INFO [Rank 0] ncclCommSplit comm 0x56 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 1a000 parent 0x55 childCount 1 color 4 key 0- Init START
a:2:2 [1] NCCL INFO [Rank 1] ncclCommSplit comm 0x78 rank 1 nranks 2 cudaDev 1 nvmlDev 1 busId 1b000 parent 0x77 childCount 1 color 4 key 1- Init START
a:1:1 [0] NCCL INFO ncclCommSplit comm 0x56 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 1a000 parent 0x55 childCount 1 color 4 key 0 - Init COMPLETE
)");
  EXPECT_THAT(progress(sink), ElementsAre("0x9 0/2: start", "0x9 1/2: start", "0x9:split1:color4 0/2: start complete",
                                          "0x9:split1:color4 1/2: start"));
}

TEST(Nccl, RankOfASmallerGroupIsNotTheGlobalRank) {
  const auto sink =
      parse(R"(a:7:7 [1] NCCL INFO comm 0x55 rank 5 nranks 8 cudaDev 1 nvmlDev 1 busId 1b000 commId 0x9 - Init START
a:7:7 [1] NCCL INFO comm 0x56 rank 1 nranks 2 cudaDev 1 nvmlDev 1 busId 1b000 commId 0xa - Init START

a:7:9 [1] transport/net_ib.cc:1 NCCL WARN NET/IB : Got completion with error 12
)");
  EXPECT_EQ(sink.of_kind("nccl.warn")[0].place.rank, 5);
  EXPECT_EQ(sink.milestones.back().rank, 1);
  EXPECT_EQ(sink.milestones.back().place.rank, 5);
}

TEST(Nccl, WarnAndItsReturnChain) {
  const auto sink = parse(R"(
gpu-a800-09:20117:20139 [0] misc/ibvwrap.cc:278 NCCL WARN Call to ibv_reg_mr_iova2 failed with error Cannot allocate memory
gpu-a800-09:20117:20139 [0] NCCL INFO transport/net_ib.cc:814 -> 2
gpu-a800-09:20117:20131 [0] NCCL INFO group.cc:64 -> 2 [Async thread]
)");
  ASSERT_EQ(sink.of_kind("nccl.warn").size(), 1u);
  const auto warn = sink.of_kind("nccl.warn")[0];
  EXPECT_EQ(warn.attributes.at("location"), "misc/ibvwrap.cc:278");
  EXPECT_EQ(warn.attributes.at("message"), "Call to ibv_reg_mr_iova2 failed with error Cannot allocate memory");
  EXPECT_EQ(warn.at.line, 2u);
  const auto returns = sink.of_kind("nccl.return");
  ASSERT_EQ(returns.size(), 2u);
  EXPECT_EQ(returns[0].code, 2);
  EXPECT_EQ(returns[1].attributes.at("thread"), "Async thread");
}

TEST(Nccl, DuplicateGpu) {
  const auto sink =
      parse("v:1:1 [0] init.cc:943 NCCL WARN Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 2000\n");
  ASSERT_EQ(sink.of_kind("nccl.duplicate_gpu").size(), 1u);
  EXPECT_EQ(sink.of_kind("nccl.duplicate_gpu")[0].place.pci, "0000:02:00.0");
  EXPECT_EQ(sink.of_kind("nccl.duplicate_gpu")[0].attributes.at("rank_a"), "1");
}

TEST(Nccl, ContainerIdIsNoHost) {
  const auto sink = parse("3f2a9c0d1e4b:17:17 [0] NCCL INFO Using network Socket\n");
  EXPECT_EQ(sink.events.at(0).place.host, "");
  EXPECT_EQ(sink.events.at(0).place.container, "3f2a9c0d1e4b");
}

TEST(Nccl, PodOfAReplicaSetIsNoHost) {
  const auto sink = parse("llama-7c9d5f6b7d-x2k4q:17:17 [0] NCCL INFO Using network Socket\n");
  EXPECT_EQ(sink.events.at(0).place.host, "");
  EXPECT_EQ(sink.events.at(0).place.pod, "llama-7c9d5f6b7d-x2k4q");
}

TEST(Nccl, NumericHostOfTwelveDigitsStaysAHost) {
  const auto sink = parse("202411200001:17:17 [0] NCCL INFO Using network Socket\n");
  EXPECT_EQ(sink.events.at(0).place.host, "202411200001");
}

TEST(Nccl, WrapperThatNamesTheNodeWins) {
  RecordReader reader;
  NcclParser parser;
  test::RecordingSink sink;
  text::Line line;
  line.raw = line.message = "job-0:17:17 [0] NCCL INFO Using network IB";
  line.place.host = "gpu07";
  line.place.rank = 3;
  parser.line(line, sink);
  EXPECT_EQ(sink.events.at(0).place.host, "gpu07");
  EXPECT_EQ(sink.events.at(0).place.rank, 3);
  parser.end(sink);
  EXPECT_THAT(progress(sink), ElementsAre("@job-0:17 3/?: network"));
}

TEST(NcclTransport, KindsOfAllVersions) {
  const auto sink = parse(R"(a:1:1 [0] NCCL INFO Ring 00 : 1[50000] -> 0[4f000] [receive] via NET/IB/0
a:1:1 [0] NCCL INFO Channel 00/0 : 7[7] -> 8[0] [send] via NET/IB/0(3)/GDRDMA/Shared
a:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM/read
a:1:1 [0] NCCL INFO Channel 00 : 2[1a000] -> 3[1b000] via SHM/direct/direct
a:1:1 [0] NCCL INFO Channel 01/0 : 4[4] -> 5[0] [send] via NET/AWS Libfabric/0/GDRDMA
a:1:1 [0] NCCL INFO Channel 00/0 : 6[0] -> 7[0] [send] via NET/Socket/0
)");
  std::vector<std::string> kinds;
  for (const auto& e : sink.of_kind("nccl.transport"))
    kinds.push_back(e.attributes.at("from") + ">" + e.attributes.at("to") + " " + e.attributes.at("kind") + " " +
                    e.attributes.at("gdr"));
  EXPECT_THAT(kinds, ElementsAre("1>0 net-ib no", "7>8 net-ib yes", "0>1 p2p no", "2>3 shm no", "4>5 net-other yes",
                                 "6>7 net-socket no"));
}

TEST(NcclTransport, OnceAPairHoweverManyChannels) {
  std::string text;
  for (int i = 0; i < 24; ++i)
    text += fmt::format("a:1:1 [0] NCCL INFO Channel {:02}/0 : 0[0] -> 1[1] via P2P/CUMEM\n", i);
  EXPECT_EQ(parse(text).of_kind("nccl.transport").size(), 1u);
}

TEST(NcclTransport, FloodOfPairsIsCapped) {
  std::string text;
  for (int i = 0; i < 6000; ++i)
    text += fmt::format("a:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> {}[1] via P2P/CUMEM\n", i);
  EXPECT_EQ(parse(text).of_kind("nccl.transport").size(), 4096u);
}

TEST(NcclHostile, ImpossibleRanksBecomeNotes) {
  for (auto ranks : {"rank 5 nranks 2", "rank -1 nranks 2", "rank 0 nranks 0", "rank 0 nranks 99999999999",
                     "rank 0 nranks x", "rank 99999999999999999999 nranks 2"}) {
    const auto sink =
        parse(fmt::format("a:1:1 [0] NCCL INFO comm 0x55 {} cudaDev 0 busId 1a000 - Init COMPLETE\n", ranks));
    EXPECT_THAT(sink.milestones, IsEmpty()) << ranks;
    EXPECT_EQ(sink.notes.size(), 1u) << ranks;
  }
}

TEST(NcclHostile, NotesAreFew) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a:1:1 [0] NCCL INFO comm 0x55 rank 9 nranks 2 - Init COMPLETE\n";
  EXPECT_LE(parse(text).notes.size(), 16u);
}

TEST(NcclHostile, MoreProcessesThanAreFollowed) {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += fmt::format(
        "a:{}:1 [0] NCCL INFO comm 0x55 rank 0 nranks 2 cudaDev 0 busId 1a000 commId 0x1 - Init START\n", i);
  const auto sink = parse(text);
  EXPECT_EQ(sink.milestones.size(), 2u * 16384);
  EXPECT_EQ(sink.notes.size(), 1u);
}

TEST(NcclNearMiss, FrameworkThatNamesTheVersionIsNotNcclsLine) {
  EXPECT_THAT(
      parse("torch.distributed.DistBackendError: NCCL error in: x.cpp:1, invalid usage, NCCL version 2.19.3\n").events,
      IsEmpty());
}

TEST(NcclNearMiss, TruncatedLinesGiveNothingWrong) {
  const std::string line =
      "a:1:1 [0] NCCL INFO comm 0x55 rank 0 nranks 2 cudaDev 0 busId 1a000 commId 0x12 - Init COMPLETE";
  for (std::size_t size = 0; size < line.size(); ++size)
    EXPECT_THAT(parse(line.substr(0, size)).milestones, IsEmpty()) << size;
}

TEST(NcclCollective, LastOfEachRankIsTold) {
  const auto sink =
      parse(R"(a:1:1 [0] NCCL INFO comm 0x55 rank 0 nranks 2 cudaDev 0 nvmlDev 0 busId 1a000 commId 0x1 - Init COMPLETE
a:1:1 [0] NCCL INFO AllReduce: opCount 9 sendbuff 0x7f sendbuff 0x7f recvbuff 0x7f count 4 datatype 7 op 0 root 0 comm 0x55 [nranks=2] stream 0x5
a:1:1 [0] NCCL INFO Broadcast: opCount a sendbuff 0x7f recvbuff 0x7f count 16 datatype 7 op 0 root 0 comm 0x55 [nranks=2] stream 0x5
)");
  ASSERT_EQ(sink.of_kind("nccl.last_collective").size(), 1u);
  EXPECT_EQ(sink.of_kind("nccl.last_collective")[0].attributes.at("operation"), "Broadcast");
  EXPECT_EQ(sink.of_kind("nccl.last_collective")[0].attributes.at("op_count"), "10");
  EXPECT_EQ(sink.milestones.back().phase, facts::RankPhase::collective);
}

constexpr std::string_view result_table =
    R"(# nThread 1 nGpus 1 minBytes 8 maxBytes 134217728 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 validation: 1 graph: 0
#
# Using devices
#  Rank  0 Group  0 Pid  20117 on gpu-a800-09 device  0 [0x3d] NVIDIA A800 80GB PCIe
#  Rank  1 Group  0 Pid  20118 on gpu-a800-09 device  1 [0000:b1:00] NVIDIA A800 80GB PCIe
gpu-a800-09:20117:20117 [0] NCCL INFO comm 0x55 rank 0 nranks 2 cudaDev 0 busId 3d000 commId 0x1 - Init COMPLETE
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
gpu-a800-09:20117:20117 [0] NCCL INFO Connected all rings
   134217728      33554432     float     sum      -1   690.01  194.51  340.40      0   689.33  194.71  340.74      3
# Out of bounds values : 3 FAILED
# Avg bus bandwidth    : 340.57
)";

TEST(NcclTests, RowsAreReadByTheirHeader) {
  const auto sink = parse(result_table);
  const auto rows = sink.of_kind("nccl.result_row");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].attributes.at("busbw_gbps"), "340.40");
  EXPECT_EQ(rows[0].attributes.at("in_place_wrong"), "3");
  EXPECT_EQ(rows[0].attributes.at("size_bytes"), "134217728");
}

TEST(NcclTests, SummaryTellsWrongValues) {
  const auto summary = parse(result_table).of_kind("nccl.result_summary");
  ASSERT_EQ(summary.size(), 2u);
  EXPECT_EQ(summary[0].attributes.at("out_of_bounds"), "3");
  EXPECT_EQ(summary[0].attributes.at("verdict"), "FAILED");
  EXPECT_EQ(summary[1].attributes.at("average_busbw_gbps"), "340.57");
}

TEST(NcclTests, RankTableNamesProcessAndGpu) {
  const auto sink = parse(result_table);
  const auto ranks = sink.of_kind("nccl.tests_rank");
  ASSERT_EQ(ranks.size(), 2u);
  EXPECT_EQ(ranks[0].place.pid, 20117);
  EXPECT_EQ(ranks[0].place.pci, "");  // a bus without its domain
  EXPECT_EQ(ranks[1].place.pci, "0000:b1:00.0");
  ASSERT_EQ(sink.gpus.size(), 1u);
  EXPECT_EQ(sink.gpus[0].name, "NVIDIA A800 80GB PCIe");
}

TEST(NcclTests, ARowIsACollectiveOfTheRank) {
  EXPECT_EQ(parse(result_table).milestones.back().phase, facts::RankPhase::collective);
}

TEST(NcclTests, Failure) {
  const auto sink = parse(
      "gpu-a800-09: Test NCCL failure common.cu:1005 'unhandled system error (run with NCCL_DEBUG=INFO for details) / "
      "'\n");
  ASSERT_EQ(sink.of_kind("nccl.test_failure").size(), 1u);
  EXPECT_EQ(sink.of_kind("nccl.test_failure")[0].attributes.at("message"),
            "unhandled system error (run with NCCL_DEBUG=INFO for details)");
  EXPECT_EQ(sink.of_kind("nccl.test_failure")[0].place.host, "gpu-a800-09");
}

TEST(NcclParser, TalkOfNcclIsNoRecord) {
  const auto sink = test::parse<NcclParser>("set NCCL INFO to see more\nthe rank 0 nranks 8 of comm was started\nwe saw NCCL WARN twice\nInit COMPLETE was missing\n");
  EXPECT_TRUE(sink.milestones.empty());
  EXPECT_TRUE(sink.of_kind("nccl.warn").empty());
}

}  // namespace
}  // namespace gpm::parsers::nccl
