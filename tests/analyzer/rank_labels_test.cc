// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/rank_labels.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/analyzer/log_bundle.h"

namespace gpm::store {
namespace {

const std::string failed = "Traceback (most recent call last):\n  File \"/opt/train.py\", line 9, in <module>\nKeyError: 'labels'\n";

// Document -> rank of its exception; -1 = none is known.
std::map<std::string, int> ranks_of(LogBundle& bundle) {
  Statement s(bundle.done().database().get(),
              "SELECT d.path, coalesce(e.rank, -1) FROM events e JOIN documents d ON d.id = e.document_id WHERE e.kind = 'python.exception'");
  std::map<std::string, int> ranks;
  while (s.step()) ranks[s.text(0)] = static_cast<int>(s.integer(1));
  return ranks;
}

std::map<std::string, int> ranks_of_files(const std::vector<std::string>& paths) {
  LogBundle bundle;
  for (const auto& path : paths) bundle.document(path, failed);
  return ranks_of(bundle);
}

// Ranks of all exceptions of one document, in its order.
std::vector<int> ranks_of_lines(const std::string& text, const std::string& path = "job.out") {
  LogBundle bundle;
  bundle.document(path, text);
  Statement s(bundle.done().database().get(), "SELECT coalesce(rank, -1) FROM events WHERE kind IN ('python.exception', 'nccl.warn') ORDER BY line");
  std::vector<int> ranks;
  while (s.step()) ranks.push_back(static_cast<int>(s.integer(0)));
  return ranks;
}

std::string labelled(int task, const std::string& exception) {
  const auto label = std::to_string(task) + ": ";
  return label + "Traceback (most recent call last):\n" + label + "  File \"/opt/train.py\", line 9, in <module>\n" + label + exception + "\n";
}

TEST(RankLabels, TheNameOfAFileMaySayItsRank) {
  using Ranks = std::map<std::string, int>;
  EXPECT_EQ(ranks_of_files({"logs/rank3.log"}), (Ranks{{"logs/rank3.log", 3}}));
  EXPECT_EQ(ranks_of_files({"train_rank_12.out"}), (Ranks{{"train_rank_12.out", 12}}));
  EXPECT_EQ(ranks_of_files({"rank-2/stderr.txt"}), (Ranks{{"rank-2/stderr.txt", 2}}));
}

TEST(RankLabels, OtherNumbersInNamesAreNoRanks) {
  for (const std::string path : {"node_rank1.log", "nranks16.log", "frank3.log", "tp_rank1.log", "rank.log", "local_rank3.log", "worker-3.log", "log.3"})
    EXPECT_EQ(ranks_of_files({path}).at(path), -1) << path;
}

TEST(RankLabels, SiblingsThatDifferInTheirNumberAreTheRanks) {
  for (const std::string name : {"worker-#.log", "log.#", "stdout.#", "job-4711-#.out", "4711.#.err", "run/attempt_0/#/stderr.log"}) {
    std::vector<std::string> paths;
    for (int i = 0; i < 4; ++i) paths.push_back(std::string(name).replace(name.find('#'), 1, std::to_string(i)));
    const auto ranks = ranks_of_files(paths);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ranks.at(paths[static_cast<std::size_t>(i)]), i) << name;
  }
}

TEST(RankLabels, AFileThatNobodyCollectedDoesNotMatter) {
  EXPECT_EQ(ranks_of_files({"log.0", "log.1", "log.3", "log.4", "log.5"}).at("log.4"), 4);
}

TEST(RankLabels, RotatedLogsDatesJobsAndArraysAreNotRanks) {
  for (const std::vector<std::string>& paths : std::vector<std::vector<std::string>>{
           {"train.log.1", "train.log.2"},                                    // rotation
           {"train.log", "train.log.0", "train.log.1"},                       // rotation from 0
           {"job-2026-11-0.out", "job-2026-11-1.out"},                        // a date
           {"slurm-4711.out", "slurm-4712.out"},                              // jobs
           {"slurm-4711_0.out", "slurm-4711_1.out"},                          // an array
           {"node-0.log", "node-1.log"},                                      // hosts
           {"log.7", "log.1024"},                                             // far apart
           {"worker-0.log", "worker-1.log", "master-0.log"},                  // PyTorchJob: the master is rank 0
           {"n1/attempt_0/0/stderr.log", "n1/attempt_0/1/stderr.log", "n2/attempt_0/0/stderr.log", "n2/attempt_0/1/stderr.log"},  // local ranks
           {"n1/rank0.log", "n1/rank1.log", "n2/rank0.log", "n2/rank1.log"}}) {
    for (const auto& [path, rank] : ranks_of_files(paths)) EXPECT_EQ(rank, -1) << path;
  }
}

TEST(RankLabels, ANameIsNotBelievedWhereALineSaysOtherwise) {
  LogBundle bundle;
  bundle.document("worker-0.log", failed).document("worker-1.log", "[rank8]:[W1103 08:11:02.1 socket.cpp:601] x\n[rank8]: KeyError: 'x'\n[rank8]:[E1103 08:11:02.1 ProcessGroupNCCL.cpp:607] [Rank 8] Watchdog caught collective "
                                                                 "operation timeout: WorkNCCL(SeqNum=31, OpType=ALLREDUCE, NumelIn=4, NumelOut=4, Timeout(ms)=600000) ran for 600023 milliseconds before timing out.\n" + failed);
  for (const auto& [path, rank] : ranks_of(bundle)) EXPECT_EQ(rank, -1) << path;
}

TEST(RankLabels, SrunsTaskIsTheRankWhereOneHostRunsSeveral) {
  EXPECT_EQ(ranks_of_lines("2: n1:71:90 [0] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to 10.0.0.1<4> failed : Connection timed out\n"
                           "3: n1:72:91 [1] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to 10.0.0.1<4> failed : Connection timed out\n" + labelled(3, "KeyError: 'x'")),
            (std::vector{2, 3, 3}));
}

TEST(RankLabels, SrunsTaskIsTheRankWhereTracebacksAreAllThereIs) {
  EXPECT_EQ(ranks_of_lines(labelled(0, "KeyError: 'a'") + labelled(11, "KeyError: 'b'")), (std::vector{0, 11}));
}

TEST(RankLabels, SrunsTaskIsNotTheRankWhereItStartsSeveral) {
  // Two processes under one label.
  EXPECT_EQ(ranks_of_lines("0: n1:71:90 [0] a.cc:4 NCCL WARN x failed\n0: n1:72:91 [1] a.cc:4 NCCL WARN y failed\n1: n1:72:91 [1] a.cc:4 NCCL WARN z failed\n"), (std::vector{-1, -1, -1}));
  // One task on each host, nothing that says more.
  EXPECT_EQ(ranks_of_lines("0: n1:71:90 [3] a.cc:4 NCCL WARN x failed\n1: n2:72:91 [1] a.cc:4 NCCL WARN y failed\n"), (std::vector{-1, -1}));
  // A line that states its rank.
  EXPECT_EQ(ranks_of_lines(labelled(0, "KeyError: 'a'") + labelled(1, "KeyError: 'b'") + "1: [rank9]: Traceback (most recent call last):\n1: [rank9]:   File \"/opt/train.py\", line 9, in <module>\n1: [rank9]: KeyError: 'c'\n"), (std::vector{-1, -1, 9}));
}

TEST(RankLabels, EqualExceptionsOfSeveralTasksAreSeveral) {
  EXPECT_EQ(ranks_of_lines(labelled(0, "KeyError: 'a'") + labelled(1, "KeyError: 'a'")), (std::vector{0, 1}));
}

}  // namespace
}  // namespace gpm::store
