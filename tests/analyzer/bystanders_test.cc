// SPDX-License-Identifier: Apache-2.0
//
// A healthy job in the same bundle: when it is left out of the incident, and when nobody can tell that it is another's.
#include "analyzer/signals/bystanders.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/store/visible.h"
#include "tests/analyzer/log_bundle.h"

namespace gpm::signals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Bundle = LogBundle;

std::string rank_line(int rank, int nranks, const std::string& host, const std::string& id, const std::string& end) {
  return fmt::format("{0}:{1}:{1} [0] NCCL INFO ncclCommInitRankConfig comm 0x55{1} rank {2} nranks {3} cudaDev {2} nvmlDev {2} busId {2}8000 commId {4} - Init {5}\n", host, 100 + rank,
                     rank, nranks, id, end);
}

// A job of two ranks on one host that was set up.
std::string well(const std::string& host, const std::string& id = "0xb0b") {
  std::string text;
  for (const int rank : {0, 1}) text += rank_line(rank, 2, host, id, "START") + rank_line(rank, 2, host, id, "COMPLETE");
  return text;
}
// One of which a rank is not there.
std::string waiting(const std::string& host) { return rank_line(0, 2, host, "0xbad", "START"); }

TEST(Bystanders, AWholeJobThatGotOnAndShowsNothingWrongStandsBy) {
  Bundle bundle;
  const auto sick = bundle.document("slurm-1.out", waiting("n1")).id();
  const auto healthy = bundle.document("slurm-2.out", well("n2")).id();
  Bystanders bystanders{JobView(bundle.done())};
  EXPECT_THAT(bystanders.machines(), ElementsAre("n2"));
  EXPECT_THAT(bystanders.documents(), ElementsAre(healthy));
  EXPECT_FALSE(bystanders.keep_well({}, {{"n2", healthy}}));
  EXPECT_FALSE(bystanders.keep_apart({{"n1", sick}}));
  EXPECT_THAT(bystanders.machines(), ElementsAre("n2"));
}

TEST(Bystanders, ALineWithoutAHostInTheLogOfTheJobIsTheJobs) {
  Bundle bundle;
  bundle.document("slurm-1.out", waiting("n1"));
  const auto healthy = bundle.document("slurm-2.out", well("n2") + "step 10 loss 2.1\n").id();
  auto& store = bundle.done();
  Bystanders well_and_on{JobView(store)}, with_trouble{JobView(store)};
  EXPECT_FALSE(well_and_on.keep_well({}, {{"", healthy}}));
  EXPECT_TRUE(with_trouble.keep_well({{"", healthy}}, {{"", healthy}}));
  EXPECT_TRUE(with_trouble.empty());
}

TEST(Bystanders, AJobThatNeverGotOnMayBeTheOneThatHangs) {
  Bundle bundle;
  bundle.document("slurm-1.out", waiting("n1"));
  bundle.document("slurm-2.out", well("n2"));
  Bystanders bystanders{JobView(bundle.done())};
  EXPECT_TRUE(bystanders.keep_well({}, {}));
  EXPECT_TRUE(bystanders.empty());
}

TEST(Bystanders, OfTwoWholeJobsOnlyTheOneWithTroubleTakesPart) {
  Bundle bundle;
  bundle.document("slurm-1.out", waiting("n1"));
  const auto two = bundle.document("slurm-2.out", well("n2", "0x2")).id(), three = bundle.document("slurm-3.out", well("n3", "0x3")).id();
  Bystanders bystanders{JobView(bundle.done())};
  EXPECT_TRUE(bystanders.keep_well({{"n3", three}}, {{"n2", two}, {"n3", three}}));
  EXPECT_THAT(bystanders.machines(), ElementsAre("n2"));
}

TEST(Bystanders, AMachineThatSharesACommunicatorTakesPart) {
  Bundle bundle;
  bundle.document("n1.log", rank_line(0, 4, "n1", "0xabc", "START") + well("n1", "0x1"));
  bundle.document("n2.log", rank_line(2, 4, "n2", "0xabc", "START") + well("n2", "0x2"));
  EXPECT_TRUE(Bystanders{JobView(bundle.done())}.empty());
}

TEST(Bystanders, AWholeCommunicatorOfALargerJobIsNotTheJob) {
  Bundle bundle;
  bundle.document("n1/train.log", waiting("n1"));
  bundle.document("n2/train.log", well("n2"));
  bundle.document("n2/env.txt", "WORLD_SIZE=16\nRANK=8\nMASTER_ADDR=n1\nNCCL_DEBUG=INFO\n", "n2");
  EXPECT_TRUE(Bystanders{JobView(bundle.done())}.empty());
}

TEST(Bystanders, AMachineWhoseFilesSpeakOfOthersTakesPart) {
  Bundle bundle;
  bundle.document("n1/train.log", waiting("n1"));
  bundle.document("n2/train.log", well("n2"));
  bundle.document("n2/launcher.log", "n1:100:100 [0] NCCL INFO Bootstrap: Using eth0:10.0.0.1<0>\n", "n2");
  EXPECT_TRUE(Bystanders{JobView(bundle.done())}.empty());
}

TEST(Bystanders, WhatIsCollectedWithoutANameBesideTheJobIsLookedAtWithIt) {
  Bundle bundle;
  bundle.document("n9/dmesg.txt", "", "n9");
  const auto out = bundle.document("job/train.out", well("n2")).id(), ibstat = bundle.document("job/ibstat.txt", "State: Down\n").id();
  Bystanders bystanders{JobView(bundle.done())};
  EXPECT_THAT(bystanders.documents(), ElementsAre(out));
  EXPECT_THAT(bystanders.documents_in_question(), ElementsAre(out, ibstat));
  EXPECT_FALSE(bystanders.keep_well({{"", ibstat}}, {{"", out}}));  // by itself it is not the job's
  EXPECT_TRUE(bystanders.keep_well({{"n2", out}}, {{"", out}}));
}

// train.out and train.err of one job: NCCL's lines name the host, the traceback does not.
TEST(Bystanders, TroubleWithoutANameBesideItMayBeItsOwn) {
  Bundle bundle;
  bundle.document("other/dmesg.txt", "", "n9");  // the bundle has two hosts, or all would be of the only one
  const auto out = bundle.document("train.out", well("n2")).id(), err = bundle.document("train.err", "RuntimeError: something\n").id();
  Bystanders bystanders{JobView(bundle.done())};
  ASSERT_FALSE(bystanders.keep_well({}, {{"", out}}));
  EXPECT_TRUE(bystanders.keep_apart({{"", err}}));
  EXPECT_TRUE(bystanders.empty());
}

TEST(Bystanders, TroubleWithoutANameOutsideTheHostsOwnFolderIsAnothers) {
  Bundle bundle;
  bundle.document("n9/dmesg.txt", "", "n9");
  bundle.document("n2/train.out", well("n2"), "n2");
  const auto err = bundle.document("train.err", "RuntimeError: something\n").id();
  Bystanders bystanders{JobView(bundle.done())};
  EXPECT_FALSE(bystanders.keep_apart({{"", err}}));
  EXPECT_THAT(bystanders.machines(), ElementsAre("n2"));
}

TEST(Bystanders, TroubleOfOtherDaysIsAnothers) {
  const auto left_out = [](const std::string& day) {
    Bundle bundle;
    bundle.document("other/dmesg.txt", "", "n9");
    bundle.document("job.out", well("n2") + "2026-03-05 10:00:00,000 step 10 loss 2.1\n");
    const auto err = bundle.document("train.err", day + " 09:00:00,000 RuntimeError: something\n").id();
    Bystanders bystanders{JobView(bundle.done())};
    bystanders.keep_apart({{"", err}});
    return bystanders.machines();
  };
  EXPECT_THAT(left_out("2026-03-01"), ElementsAre("n2"));
  EXPECT_THAT(left_out("2026-03-05"), IsEmpty());
}

TEST(Visible, QueriesSeeOnlyTheMachinesInViewWhileItLives) {
  Bundle bundle;
  bundle.document("slurm-1.out", waiting("n1"));
  const auto healthy = bundle.document("slurm-2.out", well("n2")).id();
  auto& store = bundle.done();
  const auto ranks_on = [&] {
    store::Statement s(store.database().get(), "SELECT group_concat(host || '/' || rank, ' ') FROM (SELECT r.* FROM ranks r JOIN communicators c ON c.id = r.communicator_id JOIN documents d "
                                               "ON d.id = r.document_id ORDER BY r.host, r.rank)");
    return s.step() ? s.text(0) : std::string();
  };
  {
    const store::Visible rest(store.database(), store::Visible::Which::all_but, {"n2"}, {healthy});
    EXPECT_EQ(ranks_on(), "n1/0");
  }
  {
    const store::Visible those(store.database(), store::Visible::Which::only, {"n2"}, {healthy});
    EXPECT_EQ(ranks_on(), "n2/0 n2/1");
  }
  EXPECT_EQ(ranks_on(), "n1/0 n2/0 n2/1");
}

}  // namespace
}  // namespace gpm::signals
