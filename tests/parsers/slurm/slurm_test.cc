// SPDX-License-Identifier: Apache-2.0
#include "parsers/slurm/slurm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::slurm {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Records, AJobThatFailed) {
  const auto sink = parse<RecordsParser>(R"(JobId=5512 JobName=gemma27b-pt
   UserId=mlops(20011) GroupId=mlops(20011) MCS_label=N/A
   JobState=FAILED Reason=NonZeroExitCode Dependency=(null)
   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:6
   NodeList=node-c01,node-c02
)");
  EXPECT_EQ(sink.setting("slurm_job", "state", "5512"), "FAILED");
  EXPECT_EQ(sink.setting("slurm_job", "reason", "5512"), "NonZeroExitCode");
  EXPECT_EQ(sink.setting("slurm_job", "exit_code", "5512"), "0:6");
}

TEST(Records, ANodeThatIsDown) {
  const auto sink = parse<RecordsParser>("NodeName=gnode210 Arch=x86_64 CoresPerSocket=32\n   State=DOWN* ThreadsPerCore=2\n   Reason=Not responding [slurm@2026-10-09T02:41:00]\n");
  EXPECT_EQ(sink.setting("slurm_node", "state", "gnode210"), "DOWN*");
  EXPECT_EQ(sink.setting("slurm_node", "reason", "gnode210"), "Not responding [slurm@2026-10-09T02:41:00]");
}

TEST(Tables, SacctInBothForms) {
  const auto piped = parse<TablesParser>("JobID|JobName|Partition|NNodes|State|ExitCode\n5512|gemma27b-pt|train|8|FAILED|0:6\n");
  ASSERT_THAT(piped.of_kind("slurm.job_ended"), SizeIs(1));
  EXPECT_EQ(piped.events[0].attributes.at("exit_code"), "0:6");
  const auto padded = parse<TablesParser>(
      "       JobID    JobName      State ExitCode                 End\n------------ ---------- ---------- -------- -------------------\n44071             tf_dl    TIMEOUT     "
      " 0:0 2019-06-01T13:40:12\n");
  ASSERT_THAT(padded.of_kind("slurm.job_ended"), SizeIs(1));
  EXPECT_EQ(padded.events[0].attributes.at("state"), "TIMEOUT");
}

TEST(Tables, SinfoNamesNodesThatAreDown) {
  const auto sink = parse<TablesParser>("NODELIST   NODES PARTITION       STATE CPUS    S:C:T MEMORY\ngpu03          1   normal*       down* 64     2:16:2 191000\n");
  EXPECT_EQ(sink.setting("slurm_node", "state", "gpu03"), "down*");
}

TEST(DaemonLog, WhatEndedJobsAndNodes) {
  const auto sink = parse<DaemonLog>(
      "[2026-09-23T03:47:59.621] Time limit exhausted for JobId=5504\n[2026-09-23T03:49:40.747] error: Nodes cpu-17 not responding, setting DOWN\n[2026-09-23T03:48:30.417] "
      "_job_complete: JobId=5473 WEXITSTATUS 0\n");
  ASSERT_THAT(sink.of_kind("slurm.log"), SizeIs(2));
  EXPECT_EQ(sink.events[0].attributes.at("what"), "time-limit");
  EXPECT_EQ(sink.events[0].attributes.at("job"), "5504");
  EXPECT_EQ(sink.events[1].attributes.at("what"), "not-responding");
}

TEST(Slurm, OthersTextIsNotSlurms) {
  EXPECT_THAT(parse<DaemonLog>("node 3 not responding\n2026 error: x\n").events, IsEmpty());
  EXPECT_THAT(parse<TablesParser>(" JOBID of mine is 3\n1 2 3 4\n").events, IsEmpty());
  EXPECT_THAT(parse<RecordsParser>("SLURM_JobId=3\nthe NodeName= is\n").settings, IsEmpty());
}

}  // namespace
}  // namespace gpm::slurm
