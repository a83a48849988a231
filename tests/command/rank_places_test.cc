// SPDX-License-Identifier: Apache-2.0
//
// Which rank is named, and that whoever complains is not taken for the one at fault.
#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

using nlohmann::json;

class RankPlaces : public testing::Test {
 protected:
  json first_cause() {
    const auto report = analyze_json(folder / "b").json();
    return report["causes"].empty() ? json{} : report["causes"][0];
  }
  void put(const std::string& path, const std::string& text) { folder.put("b/" + path, text); }
  bundle::TemporaryFolder folder;
};

const std::string frames = "Traceback (most recent call last):\n  File \"/opt/train/ranks.py\", line 12, in <module>\n    dist.init_process_group(\"nccl\", timeout=timeout)\n";

TEST_F(RankPlaces, WhoNeverJoinedIsNotWhoWaited) {
  put("rank0.log", frames + "torch.distributed.DistStoreError: Timed out after 21 seconds waiting for clients. 1/2 clients joined.\n");
  put("rank1.log", "rank 1: loading checkpoint shard 00004-of-00009\n");
  const auto cause = first_cause();
  EXPECT_EQ(cause["id"], "nccl-rank-never-joined");
  EXPECT_EQ(cause["where"]["ranks"], json::array({1}));
}

TEST_F(RankPlaces, WhereTheStoreDoesNotTellWhoIsMissingNobodyIsNamed) {
  put("rank0.log", frames + "torch.distributed.DistStoreError: Timed out after 21 seconds waiting for clients. 7/8 clients joined.\n");
  const auto cause = first_cause();
  EXPECT_EQ(cause["id"], "nccl-rank-never-joined");
  EXPECT_EQ(cause["where"]["ranks"], json::array());
}

TEST_F(RankPlaces, OfADoubledGpuBothRanksAreNamedByTheLogOfOne) {
  put("logs/rank40.log", "node-006:20708:20808 [0] init.cc:904 NCCL WARN Duplicate GPU detected : rank 40 and rank 42 both on CUDA device 18000\n");
  EXPECT_EQ(first_cause()["where"]["ranks"], json::array({40, 42}));
}

TEST_F(RankPlaces, TheRankOfATracebackIsInTheNameOfItsFile) {
  for (int rank = 0; rank < 4; ++rank)
    put("job-4711-" + std::to_string(rank) + ".out", rank == 2 ? "Traceback (most recent call last):\n  File \"/opt/train/ranks.py\", line 16, in <module>\n    x = batch['labels']\nKeyError: 'labels'\n" : "loss 3.1\n");
  const auto cause = first_cause();
  EXPECT_EQ(cause["id"], "app-host-side-crash");
  EXPECT_EQ(cause["where"]["ranks"], json::array({2}));
}

TEST_F(RankPlaces, TheRankOfASilentStackIsTheOneThatOthersWaitFor) {
  const auto stack = [](const std::string& pid, const std::string& frame) {
    return "Process " + pid + ": python3 train.py\nPython v3.10.12 (/usr/bin/python3.10)\n\nThread " + pid + " (idle): \"MainThread\"\n    " + frame + "\n    main (train.py:44)\n";
  };
  put("rank0.txt", stack("71", "all_reduce (torch/distributed/distributed_c10d.py:2806)"));
  put("rank1.txt", stack("72", "all_reduce (torch/distributed/distributed_c10d.py:2806)"));
  put("rank2.txt", stack("73", "save (torch/serialization.py:650)"));
  const auto cause = first_cause();
  EXPECT_EQ(cause["id"], "straggler-or-slow-rank");
  EXPECT_EQ(cause["where"]["ranks"], json::array({2}));
}

}  // namespace
}  // namespace gpm::test
