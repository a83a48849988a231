// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/stacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/analyzer/log_bundle.h"

namespace gpm::signals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string py_spy(int pid, const std::string& frame) {
  const auto number = std::to_string(pid);
  return "Process " + number + ": python3 train.py\nPython v3.10.12 (/usr/bin/python3.10)\n\nThread " + number + " (idle): \"MainThread\"\n    " + frame + "\n    main (train.py:44)\n";
}

const std::string in_all_reduce = "all_reduce (torch/distributed/distributed_c10d.py:2806)", in_broadcast = "broadcast (torch/distributed/distributed_c10d.py:2400)",
                  in_input = "input_batch (data/loader.py:31)";

std::vector<int> ranks(const std::vector<Observation>& found) {
  std::vector<int> ranks;
  for (const auto& o : found) ranks.push_back(o.place.rank.value_or(-1));
  return ranks;
}

LogBundle& dumps(LogBundle& bundle, const std::vector<std::string>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) bundle.document("stacks/rank" + std::to_string(i) + ".txt", py_spy(static_cast<int>(4000 + i), frames[i]));
  return bundle;
}

TEST(Stacks, TheRankThatStandsElsewhereIsTheOneThatOthersWaitFor) {
  LogBundle bundle;
  EXPECT_THAT(ranks(ranks_elsewhere({dumps(bundle, {in_all_reduce, in_all_reduce, in_input, in_all_reduce}).done()})), ElementsAre(2));
}

TEST(Stacks, WhereMostStandElsewhereNobodyIsLate) {
  LogBundle bundle;
  EXPECT_THAT(ranks_elsewhere({dumps(bundle, {in_all_reduce, in_input, in_input}).done()}), IsEmpty());
}

TEST(Stacks, WhereAllWaitNobodyIsLate) {
  LogBundle bundle;
  EXPECT_THAT(ranks_elsewhere({dumps(bundle, {in_all_reduce, in_all_reduce}).done()}), IsEmpty());
}

TEST(Stacks, ProcessesThatAreNoRankCountForNothing) {
  LogBundle bundle;
  bundle.document("pyspy.txt", py_spy(1, in_all_reduce) + py_spy(2, in_all_reduce) + py_spy(3, "poll (multiprocessing/connection.py:257)"));
  EXPECT_THAT(ranks_elsewhere({bundle.done()}), IsEmpty());
}

// py-spy --subprocesses shows the workers of the data loader, too.
TEST(Stacks, ARankWaitsIfAnyOfItsProcessesDoes) {
  LogBundle bundle;
  bundle.document("rank0.txt", py_spy(1, in_all_reduce) + py_spy(2, "poll (multiprocessing/connection.py:257)")).document("rank1.txt", py_spy(3, in_all_reduce));
  EXPECT_THAT(ranks_elsewhere({bundle.done()}), IsEmpty());
}

// NCCL's lines say which rank the process is.
TEST(Stacks, TheProcessTellsItsRank) {
  LogBundle bundle;
  std::string log;
  for (int rank = 0; rank < 3; ++rank)
    log += "n1:" + std::to_string(40 + rank) + ":90 [" + std::to_string(rank) + "] NCCL INFO ncclCommInitRank comm 0x55 rank " + std::to_string(rank) + " nranks 3 cudaDev " + std::to_string(rank) +
           " nvmlDev 0 busId 1a000 commId 0x9 - Init COMPLETE\n";
  bundle.document("job.log", log).document("pyspy.txt", py_spy(40, in_all_reduce) + py_spy(41, in_all_reduce) + py_spy(42, in_input), "n1");
  EXPECT_THAT(ranks(ranks_elsewhere({bundle.done()})), ElementsAre(2));
}

TEST(Stacks, TheRankInAnotherCollective) {
  LogBundle bundle;
  EXPECT_THAT(ranks(ranks_in_other_collective({dumps(bundle, {in_all_reduce, in_broadcast, in_all_reduce, in_all_reduce}).done()})), ElementsAre(1));
}

TEST(Stacks, HalvesInTwoCollectivesAreTwoGroups) {
  LogBundle bundle;
  EXPECT_THAT(ranks_in_other_collective({dumps(bundle, {in_all_reduce, in_broadcast, in_all_reduce, in_broadcast}).done()}), IsEmpty());
}

}  // namespace
}  // namespace gpm::signals
