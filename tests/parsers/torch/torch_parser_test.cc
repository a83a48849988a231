// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/torch_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::torch {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

test::RecordingSink parse(std::string_view text) { return test::parse<TorchParser>(text); }

// One line of the rank that a wrapper named.
void line(TorchParser& parser, test::RecordingSink& sink, int rank, std::string_view message) {
  text::Line line;
  line.raw = line.message = message;
  line.place.rank = rank;
  parser.line(line, sink);
}

TEST(Watchdog, TimeoutOf28) {
  const auto sink = parse(
      "[E1121 22:53:08.534655302 ProcessGroupNCCL.cpp:689] [Rank 0] Watchdog caught collective operation timeout: "
      "WorkNCCL(SeqNum=2, OpType=ALLREDUCE, NumelIn=4194304, NumelOut=4194304, Timeout(ms)=20000) ran for 20039 "
      "milliseconds "
      "before timing out.\n");
  ASSERT_EQ(sink.of_kind("torch.watchdog_timeout").size(), 1u);
  const auto event = sink.of_kind("torch.watchdog_timeout")[0];
  EXPECT_EQ(event.attributes.at("seq"), "2");
  EXPECT_EQ(event.attributes.at("op"), "ALLREDUCE");
  EXPECT_EQ(event.attributes.at("numel_in"), "4194304");
  EXPECT_EQ(event.attributes.at("timeout_ms"), "20000");
  EXPECT_EQ(event.attributes.at("ran_ms"), "20039");
  EXPECT_EQ(event.place.rank, 0);
}

TEST(Watchdog, TimeoutOf20HasAShape) {
  const auto sink = parse(
      "[Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, OpType=BROADCAST, TensorShape=[1, 8], "
      "Timeout(ms)=1800000) ran for 1800347 milliseconds before timing out.\n");
  EXPECT_EQ(sink.events.at(0).attributes.at("shape"), "[1, 8]");
}

TEST(Watchdog, TheSameTimeoutInTheExceptionIsNotASecondOne) {
  const std::string text =
      "[Rank 26] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=3, OpType=ALLREDUCE, NumelIn=1, "
      "NumelOut=1, "
      "Timeout(ms)=600000) ran for 600014 milliseconds before timing out.\n";
  const auto sink =
      parse(text + "[PG ID 0 PG GUID 0 Rank 26] Process group watchdog thread terminated with exception: " + text);
  EXPECT_EQ(sink.of_kind("torch.watchdog_timeout").size(), 1u);
}

TEST(Watchdog, RankInASubgroupIsNotTheRankInTheJob) {
  TorchParser parser;
  test::RecordingSink sink;
  const std::string timeout =
      "[Rank 7] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=2881, OpType=ALLREDUCE, NumelIn=8, "
      "NumelOut=8, Timeout(ms)=600000) ran for 600034 milliseconds before timing out.";
  line(parser, sink, 59, timeout);
  // The exception's text comes without the wrapper that named the rank.
  text::Line echo;
  const std::string what = "  what():  [PG ID 1 PG GUID 4(mesh_dp_shard) Rank 7] Process group watchdog thread "
                           "terminated with exception: " + timeout;
  echo.raw = echo.message = what;
  parser.line(echo, sink);
  ASSERT_EQ(sink.of_kind("torch.watchdog_timeout").size(), 1u);
  EXPECT_EQ(sink.of_kind("torch.watchdog_timeout")[0].place.rank, 59);
}

TEST(Watchdog, ANamedSubgroupAloneTellsNoRank) {
  const auto sink = parse(
      "[PG ID 1 PG GUID 4(mesh_dp_shard) Rank 2]  failure detected by watchdog at work sequence id: 2881 PG status: last "
      "enqueued work: 2881, last completed work: 2880\n");
  ASSERT_EQ(sink.of_kind("torch.work_status").size(), 1u);
  EXPECT_FALSE(sink.of_kind("torch.work_status")[0].place.rank.has_value());
  EXPECT_EQ(sink.of_kind("torch.work_status")[0].attributes.at("group_rank"), "2");
}

TEST(Watchdog, WorkStatusInAllWordings) {
  const auto sink = parse(
      R"([PG 0 Rank 3] Timeout at NCCL work: 7, last enqueued NCCL work: 9, last completed NCCL work: 76280750235782912.
[PG 0 (default_pg) Rank 3] Exception (either an error or timeout) detected by watchdog at work: 7, last enqueued NCCL work: 9, last completed NCCL work: 6.
[PG ID 2 PG GUID 3 Rank 1] Exception (either an error or timeout) detected by watchdog at work: 7, last enqueued NCCL work: 9, last completed NCCL work: 6.
[PG ID 0 PG GUID 0(default_pg) Rank 0]  failure detected by watchdog at work sequence id: 2 PG status: last enqueued work: 2, last completed work: -1
[PG ID 0 PG GUID 0(default_pg) Rank 1] Received a dump signal due to a collective timeout from  rank 0 and we will try our best to dump the debug info. Last enqueued NCCL work: 31, last completed NCCL work: 31.This is most likely
)");
  const auto status = sink.of_kind("torch.work_status");
  ASSERT_EQ(status.size(), 5u);
  EXPECT_EQ(status[0].attributes.at("last_completed"), "-1");  // uninitialised in 2.2 and 2.3
  EXPECT_EQ(status[1].attributes.at("group_name"), "default_pg");
  EXPECT_EQ(status[2].attributes.at("group"), "3");
  EXPECT_EQ(status[3].attributes.at("seq"), "2");
  EXPECT_EQ(status[3].attributes.at("last_completed"), "-1");
  EXPECT_EQ(status[4].attributes.at("signalled_by"), "0");
  EXPECT_EQ(status[4].place.rank, 1);
}

TEST(DistError, LastErrorBelongsToIt) {
  const auto sink = parse(
      R"(torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1333, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.18.6
ncclSystemError: System call (e.g. socket, malloc) or external library call failed or device error.
Last error:
XML Import Channel : dev 1 not found.
)");
  ASSERT_EQ(sink.of_kind("torch.dist_error").size(), 1u);
  const auto event = sink.of_kind("torch.dist_error")[0];
  EXPECT_EQ(event.attributes.at("nccl_error"), "ncclSystemError");
  EXPECT_EQ(event.attributes.at("last_error"), "XML Import Channel : dev 1 not found.");
  EXPECT_EQ(event.attributes.at("nccl_version"), "2.18.6");
  EXPECT_EQ(event.at.line, 1u);
}

TEST(DistError, RanksThatTalkAcrossEachOther) {
  TorchParser parser;
  test::RecordingSink sink;
  const std::string_view error =
      "torch.distributed.DistBackendError: NCCL error in: a.cpp:93, invalid usage (run with NCCL_DEBUG=WARN for "
      "details), NCCL version 2.28.9";
  line(parser, sink, 0, error);
  line(parser, sink, 1, error);
  line(parser, sink, 0, "ncclInvalidUsage: This usually reflects invalid usage of NCCL library.");
  line(parser, sink, 0, "Last error:");
  line(parser, sink, 1, "ncclInvalidUsage: This usually reflects invalid usage of NCCL library.");
  line(parser, sink, 0, "Duplicate GPU detected : rank 0 and rank 1 both on CUDA device 60");
  line(parser, sink, 1, "Last error:");
  line(parser, sink, 1, "Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 60");
  parser.end(sink);
  const auto errors = sink.of_kind("torch.dist_error");
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_THAT(errors[0].attributes.at("last_error"), StartsWith("Duplicate GPU detected : rank 0"));
  EXPECT_THAT(errors[1].attributes.at("last_error"), StartsWith("Duplicate GPU detected : rank 1"));
}

TEST(DistError, WithoutATailItIsToldAtTheEnd) {
  const auto sink = parse("RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO for details)\n");
  ASSERT_EQ(sink.of_kind("torch.dist_error").size(), 1u);
  EXPECT_FALSE(sink.events[0].attributes.contains("last_error"));
}

TEST(DistError, SourceLineOfTheRaiseIsNone) {
  EXPECT_THAT(parse("    raise RuntimeError(f\"NCCL error: {error_str}\")\n").events, IsEmpty());
}

TEST(Store, ClientsThatNeverCame) {
  const auto sink =
      parse("torch.distributed.DistStoreError: Timed out after 21 seconds waiting for clients. 1/2 clients joined.\n");
  ASSERT_EQ(sink.of_kind("torch.store_timeout").size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("joined"), "1");
  EXPECT_EQ(sink.events[0].attributes.at("expected"), "2");
}

TEST(Store, WorkersThatNeverCame) {
  const auto sink =
      parse("torch.distributed.DistStoreError: Timed out after 301 seconds waiting for workers. 7/8 workers joined.\n");
  const auto e = sink.of_kind("torch.store_timeout").at(0);
  EXPECT_EQ(e.attributes.at("joined"), "7");
  EXPECT_EQ(e.attributes.at("expected"), "8");
}

TEST(DumpWritten, WhereTheFlightRecorderPutIt) {
  const auto sink = parse(
      "[rank0]:[I1121 22:53:13.1 FlightRecorder.cpp:94] Finished writing NCCLPG debug info to /tmp/nccl_trace_rank_0\n"
      "[rank1]:[I1121 22:53:13.1 FlightRecorder.cpp:94] Finished writing Flight Recorder debug info to /tmp/nccl_trace_rank_1\n"
      "[rank2]:[E1121 22:53:13.1 FlightRecorder.cpp:86] Error opening file for writing Flight Recorder debug info: /dumps/rank_2\n"
      "Finished writing checkpoint to /ckpt/step_100\n");
  const auto found = sink.of_kind("torch.dump_written");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].attributes.at("path"), "/tmp/nccl_trace_rank_0");
  EXPECT_EQ(found[1].place.rank, 1);
  EXPECT_EQ(found[2].attributes.at("written"), "no");
}

TEST(Store, EachFailureHasItsName) {
  const std::pair<std::string_view, std::string_view> lines[] = {
      {"The client socket has timed out after 60s while trying to connect to (node1, 29500).", "timeout"},
      {"[c10d] The client socket has failed to connect to [node1]:29500 (errno: 111 - Connection refused).", "refused"},
      {"[c10d] The client socket has failed to connect to [node1]:29500 (errno: 113 - No route to host).",
       "unreachable"},
      {"The server socket has failed to listen on any local network address. The server socket has failed to bind to "
       "[::]:29500 (errno: 98 - Address already in use).",
       "address-in-use"},
      {"[c10d] recvVector failed on SocketImpl(fd=54, addr=[localhost]:40214, remote=[localhost]:19207): failed to "
       "recv, got 0 bytes",
       "closed"},
      {"wait timeout after 300000ms, keys: /default_pg/0//cuda//0", "key-timeout"},
      {"RuntimeError: Timeout waiting for key: default_pg/0/0 after 1800000 ms", "key-timeout"},
      {"RuntimeError: connect() timed out. Original timeout was 60000 ms.", "timeout"},
      {"[../third_party/gloo/gloo/transport/tcp/pair.cc:553] Connection closed by peer [10.0.0.2]:51520",
       "peer-closed"},
      {"torch.distributed.elastic.rendezvous.api.RendezvousConnectionError: The connection to the C10d store has "
       "failed.",
       "rendezvous-connection"},
  };
  for (const auto& [text, what] : lines) {
    const auto sink = parse(text);
    ASSERT_EQ(sink.events.size(), 1u) << text;
    EXPECT_EQ(sink.events[0].attributes.at("what"), what) << text;
  }
}

TEST(Store, Ipv6TriedFirstIsNoFailure) {
  EXPECT_THAT(parse("[W socket.cpp:663] [c10d] The client socket has failed to connect to [localhost]:29500 (errno: 99 "
                    "- Cannot assign requested address).\n")
                  .events,
              IsEmpty());
  EXPECT_THAT(parse("[c10d] The server socket has failed to bind to [::]:29500 (errno: 97 - Address family not "
                    "supported by protocol).\n")
                  .events,
              IsEmpty());
}

TEST(Store, TriesOfOneClientAreOne) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "[c10d] The client socket has failed to connect to [n1]:29500 (errno: 111 - Connection refused).\n";
  EXPECT_EQ(parse(text).events.size(), 1u);
}

TEST(Elastic, AgentsLine) {
  const auto sink = parse(
      "E0125 10:35:14.982000 118 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -6) "
      "local_rank: 2 (pid: 1184026) of binary: /usr/bin/python\n");
  ASSERT_EQ(sink.of_kind("torch.elastic_failure").size(), 1u);
  EXPECT_EQ(sink.events[0].code, -6);
  EXPECT_EQ(sink.events[0].place.pid, 1184026);
  EXPECT_EQ(sink.events[0].attributes.at("local_rank"), "2");
}

TEST(Elastic, ReportNamesRanksHostsAndSignals) {
  const auto sink = parse(R"(============================================================
train.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2025-01-01_12:00:01
  host      : node1.cluster
  rank      : 3 (local_rank: 3)
  exitcode  : -9 (pid: 124)
  error_file: <N/A>
  traceback : Signal 9 (SIGKILL) received by PID 124
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2025-01-01_12:00:00
  host      : localhost
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 123)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
)");
  const auto failures = sink.of_kind("torch.elastic_failure");
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[0].code, -9);
  EXPECT_EQ(failures[0].place.rank, 3);
  EXPECT_EQ(failures[0].place.host, "node1");
  EXPECT_EQ(failures[0].attributes.at("signal"), "SIGKILL");
  EXPECT_EQ(failures[0].attributes.at("first_observed"), "no");
  EXPECT_EQ(failures[1].attributes.at("first_observed"), "yes");
  EXPECT_EQ(failures[1].place.host, "");  // localhost is no name of a node
}

TEST(Elastic, ReportThatIsCutStillTellsWhatItHas) {
  const auto sink = parse("Failures:\n[1]:\n  rank      : 3 (local_rank: 3)\n  exitcode  : -15 (pid: 124)\n");
  ASSERT_EQ(sink.of_kind("torch.elastic_failure").size(), 1u);
  EXPECT_EQ(sink.events[0].code, -15);
}

TEST(Elastic, ListOfOtherFailuresIsNoReport) {
  EXPECT_THAT(parse("Failures:\n  - host: a\nrank : 3\nexitcode : 5\n").events, IsEmpty());
}

TEST(Desync, MismatchNamesRanksAndOperations) {
  const auto sink = parse(
      "RuntimeError: Detected mismatch between collectives on ranks. Rank 0 is running collective: "
      "CollectiveFingerPrint("
      "SequenceNumber=1, OpType=ALLREDUCE, TensorShape=[1048576], TensorDtypes=Float), but Rank 1 is running "
      "collective: "
      "CollectiveFingerPrint(SequenceNumber=1, OpType=ALLREDUCE, TensorShape=[524288], TensorDtypes=Float).Collectives "
      "differ in "
      "the following aspects: \t Tensor Tensor shapes: 1048576vs 524288\n");
  ASSERT_EQ(sink.of_kind("torch.collective_mismatch").size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("rank_b"), "1");
  EXPECT_EQ(sink.events[0].attributes.at("shape_b"), "[524288]");
  EXPECT_EQ(sink.events[0].attributes.at("differ"), "Tensor Tensor shapes: 1048576vs 524288");
}

TEST(Desync, LaggingRanks) {
  const auto sink = parse(
      " - To our best knowledge, ranks [3] are the lagging ranks that caused this timeout. They never joined any "
      "collectives\n"
      "[Rank 0]: Ranks 2, 3 failed to pass monitoredBarrier in 30000 ms\n");
  ASSERT_EQ(sink.of_kind("torch.lagging_ranks").size(), 2u);
  EXPECT_EQ(sink.events[0].attributes.at("ranks"), "3");
  EXPECT_EQ(sink.events[1].attributes.at("ranks"), "2, 3");
}

TEST(Heartbeat, StuckWatchdog) {
  const auto sink = parse(
      "ProcessGroupNCCL's watchdog got stuck for 480 seconds without making progress in monitoring enqueued "
      "collectives.\n");
  EXPECT_EQ(sink.events.at(0).attributes.at("seconds"), "480");
}

TEST(TorchNearMiss, OtherTimeouts) {
  for (auto text :
       {"2026-07-27 08:14:02 WARNING nvidia-smi query timed out after 20s, keeping last duty (attempt 1)",
        "timeout: 10s", "kernel: watchdog: BUG: soft lockup - CPU#3 stuck for 22s!", "torch.distributed timeout=1800"})
    EXPECT_THAT(parse(text).events, IsEmpty()) << text;
}

TEST(TorchHostile, HugeNumbersAndOpenErrorsAreBounded) {
  std::string text =
      "[Rank 99999999999999999999] Watchdog caught collective operation timeout: "
      "WorkNCCL(SeqNum=99999999999999999999999, Timeout(ms)=1) ran for 1 milliseconds\n";
  EXPECT_FALSE(parse(text).events.at(0).place.rank);
  TorchParser parser;
  test::RecordingSink sink;
  for (int rank = 0; rank < 2000; ++rank) line(parser, sink, rank, "NCCL error: internal error");
  parser.end(sink);
  EXPECT_EQ(sink.of_kind("torch.dist_error").size(), 2000u);
}

}  // namespace
}  // namespace gpm::parsers::torch
