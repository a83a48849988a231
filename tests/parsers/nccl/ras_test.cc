// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/ras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::nccl {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

// NCCL's user guide, a process that was stopped (2.24).
constexpr std::string_view stopped = R"(Communicators... (2.05s)
=============

Group     Comms     Nodes     Ranks     Ranks     Ranks    Status  Errors
    #  in group  per comm  per node  per comm  in group
    0         1         4       7-8        32        32   RUNNING  INCOMPLETE

Errors
======

INCOMPLETE
  Missing communicator data from 1 job process
  Process 3487984 on node 172.16.64.213 managing GPU 5

#0-0 (cf264af53edbe986) INCOMPLETE
  Missing communicator data from 1 rank
  The missing rank: 21

Warnings
========

TIMEOUT
  Encountered 2 communication timeouts while gathering communicator data
)";

TEST(Ras, NamesTheProcessThatDoesNotAnswer) {
  const auto sink = parse<RasParser>(stopped);
  const auto processes = sink.of_kind("nccl.ras_process");
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0].place.pid, 3487984);
  EXPECT_EQ(processes[0].place.host, "172.16.64.213");
  EXPECT_EQ(processes[0].attributes.at("state"), "missing");
  EXPECT_EQ(processes[0].attributes.at("gpus"), "5");
  EXPECT_EQ(processes[0].at.line, 13u);
}

TEST(Ras, NamesTheMissingRankOfItsCommunicator) {
  const auto ranks = parse<RasParser>(stopped).of_kind("nccl.ras_rank");
  ASSERT_THAT(ranks, SizeIs(1));
  EXPECT_EQ(ranks[0].attributes.at("communicator"), "0xcf264af53edbe986");
  EXPECT_EQ(ranks[0].attributes.at("communicator_rank"), "21");
  EXPECT_EQ(ranks[0].attributes.at("state"), "missing");
}

TEST(Ras, TableOfCommunicators) {
  const auto rows = parse<RasParser>(stopped).of_kind("nccl.ras_communicators");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].attributes.at("ranks"), "32");
  EXPECT_EQ(rows[0].attributes.at("status"), "RUNNING");
  EXPECT_EQ(rows[0].attributes.at("errors"), "INCOMPLETE");
}

TEST(Ras, ADeadProcess) {
  const auto sink = parse<RasParser>(
      "DEAD\n  1 job process is considered dead (unreachable via the RAS network)\n  Process 3487984 on node 172.16.64.213 managing GPU 5\n\n"
      "#0-0 (cf264af53edbe986) INCOMPLETE\n  Missing communicator data from 1 rank\n  Rank 21 -- GPU 5 managed by process 3487984 on node 172.16.64.213\n");
  ASSERT_THAT(sink.of_kind("nccl.ras_process"), SizeIs(1));
  EXPECT_EQ(sink.of_kind("nccl.ras_process")[0].attributes.at("state"), "dead");
  const auto ranks = sink.of_kind("nccl.ras_rank");
  ASSERT_THAT(ranks, SizeIs(1));
  EXPECT_EQ(ranks[0].attributes.at("state"), "missing");
  EXPECT_EQ(ranks[0].place.gpu_index, 5);
}

TEST(Ras, WhoIsBehindByItsOperationCount) {
  const auto ranks = parse<RasParser>(R"(Warnings
========

#0-0 (27a079b828ff1a75) MISMATCH
  Communicator ranks have different AllReduce operation counts
  31 ranks have launched up to operation 6650
  Rank 7 has launched up to operation 6649 -- GPU 7 (NVML 3) managed by process 483079 on node 172.16.64.210
  Rank 9 has not launched any operations -- GPU 1 managed by process 483080 on node gpu07.example

)").of_kind("nccl.ras_rank");
  ASSERT_THAT(ranks, SizeIs(2));
  EXPECT_EQ(ranks[0].attributes.at("operation"), "AllReduce");
  EXPECT_EQ(ranks[0].attributes.at("value"), "6649");
  EXPECT_EQ(ranks[0].attributes.at("most"), "6650");
  EXPECT_EQ(ranks[0].place.gpu_index, 3);
  EXPECT_EQ(ranks[1].attributes.at("value"), "0");
  EXPECT_EQ(ranks[1].place.host, "gpu07");
}

TEST(Ras, StatusThatDiffersIsThatOfTheLineAbove) {
  const auto ranks = parse<RasParser>(R"(#0-0 (9e17999afaa87dbb) MISMATCH
  Communicator ranks have different status
  26 ranks have status UNKNOWN
  4 ranks have status RUNNING
  Rank 0 -- GPU 0 managed by process 507285 on node 172.16.64.210
  2 ranks have status FINALIZE
  Rank 4 -- GPU 4 managed by process 507289 on node 172.16.64.210
)").of_kind("nccl.ras_rank");
  ASSERT_THAT(ranks, SizeIs(2));
  EXPECT_EQ(ranks[0].attributes.at("value"), "RUNNING");
  EXPECT_EQ(ranks[1].attributes.at("value"), "FINALIZE");
}

TEST(Ras, JsonNamesTheMissingRanks) {
  const auto ranks = parse<RasParser>(R"({
  "nccl_version": "2.29.1",
  "communicators": [
    {
      "hash": "0xae94423cfbb2ef4a",
      "secondary_hash": "0xb7e7187447156001:0xb8242ed28a71381e",
      "size": 2,
      "ranks": [
        {
          "rank": 0,
          "host": "172.16.64.245",
          "pid": 1524344,
          "cuda_dev": 0,
          "nvml_dev": 0,
          "status": {
            "init_state": 0,
            "async_error": 0,
            "finalize_called": false,
            "destroy_flag": false,
            "abort_flag": false
          },
          "collective_counts": {
            "AllReduce": 0
          }
        }
      ],
      "missing_ranks": [
        {
          "rank": 1,
          "host": "172.16.64.245",
          "pid": 1524345,
          "cuda_dev": 1,
          "nvml_dev": 1,
          "status": {
            "unresponsive": true,
            "considered_dead": false
          }
        }
      ]
    }
  ]
}
)").of_kind("nccl.ras_rank");
  ASSERT_THAT(ranks, SizeIs(1));
  EXPECT_EQ(ranks[0].attributes.at("communicator"), "0xae94423cfbb2ef4a");
  EXPECT_EQ(ranks[0].attributes.at("communicator_rank"), "1");
  EXPECT_EQ(ranks[0].attributes.at("state"), "missing");
  EXPECT_EQ(ranks[0].place.pid, 1524345);
}

TEST(Ras, OtherTextAboutProcessesIsNotRas) {
  EXPECT_THAT(parse<RasParser>("Process 12 on node a managing GPU 5\nAn INCOMPLETE answer (a job process died)\nRank 3 -- GPU 1\n").events, IsEmpty());
}

TEST(Ras, ACutAnswerGivesWhatItHolds) {
  EXPECT_THAT(parse<RasParser>(stopped.substr(0, stopped.find(" managing"))).of_kind("nccl.ras_process"), IsEmpty());
  EXPECT_THAT(parse<RasParser>(stopped.substr(0, stopped.find("#0-0"))).of_kind("nccl.ras_process"), SizeIs(1));
}

}  // namespace
}  // namespace gpm::parsers::nccl
