// SPDX-License-Identifier: Apache-2.0
#include "parsers/python/stack_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::python {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

TEST(StackDump, PySpyOfAHangInARendezvous) {
  const auto stacks = parse<StackDump>(R"($ py-spy dump --native --pid 41220
Process 41220: python3 ./python/mscclpp_benchmark/allreduce_bench.py
Python v3.10.12 (/usr/bin/python3.10)

Thread 41220 (idle): "MainThread"
    poll (libc.so.6)
    mscclpp::Socket::recv (libmscclpp.so.0.6.0)
    make_connection (mscclpp/comm.py:112)
    <module> (allreduce_bench.py:262)
)").of_kind("process.stack");
  ASSERT_THAT(stacks, SizeIs(1));
  const auto& stack = stacks[0];
  EXPECT_EQ(stack.place.pid, 41220);
  EXPECT_EQ(stack.at.line, 5u);
  EXPECT_EQ(stack.attributes.at("thread"), "MainThread");
  EXPECT_EQ(stack.attributes.at("state"), "idle");
  EXPECT_EQ(stack.attributes.at("function"), "poll");
  EXPECT_EQ(stack.attributes.at("call"), "mscclpp::Socket::recv (libmscclpp.so.0.6.0)");
  EXPECT_EQ(stack.attributes.at("call_of"), "nccl");
  EXPECT_EQ(stack.attributes.at("frames"), "4");
}

TEST(StackDump, TorchCallThatWaitsForTheOtherRanks) {
  const auto stacks = parse<StackDump>(R"(Process 91822: /home/user/miniconda3/envs/ddp/bin/python -u ddp_main_torchrun.py
Python v3.10.12 (/home/user/miniconda3/envs/ddp/bin/python3.10)

Thread 91822 (active): "MainThread"
    _sync_module_states (torch/distributed/utils.py:133)
    __init__ (torch/nn/parallel/distributed.py:676)
    main (ddp_main_torchrun.py:71)        model = nn.parallel.DistributedDataParallel(model, device_ids=[local_rank])
    <module> (ddp_main_torchrun.py:96)
Thread 92011 (idle): "Thread-1"
    wait (threading.py:324)
    run (tqdm/_monitor.py:60)
)").of_kind("process.stack");
  ASSERT_THAT(stacks, SizeIs(2));
  EXPECT_EQ(stacks[0].attributes.at("call_of"), "torch.distributed");
  EXPECT_EQ(stacks[0].attributes.at("file"), "torch/distributed/utils.py");
  EXPECT_EQ(stacks[0].attributes.at("file_line"), "133");
  EXPECT_EQ(stacks[0].attributes.at("frames"), "4");
  EXPECT_EQ(stacks[1].attributes.at("thread"), "Thread-1");
  EXPECT_EQ(stacks[1].attributes.at("call_of"), "lock");
}

TEST(StackDump, FaulthandlerOfARank) {
  const auto stacks = parse<StackDump>(R"([rank1]: Fatal Python error: Aborted
[rank1]: Thread 0x00007f0a1c7fe640 (most recent call first):
[rank1]:   File "/opt/torch/distributed/distributed_c10d.py", line 2806 in all_reduce
[rank1]:   File "/srv/train.py", line 9 in <module>
[rank1]: Current thread 0x00007f0b6be7f740 [python3] (most recent call first):
[rank1]:   File "/srv/data.py", line 3 in __getitem__
)").of_kind("process.stack");
  ASSERT_THAT(stacks, SizeIs(2));
  EXPECT_EQ(stacks[0].attributes.at("call"), R"(File "/opt/torch/distributed/distributed_c10d.py", line 2806 in all_reduce)");
  EXPECT_EQ(stacks[0].place.rank, 1);
  EXPECT_EQ(stacks[1].attributes.at("state"), "current");
  EXPECT_FALSE(stacks[1].attributes.contains("call"));
}

TEST(StackDump, GdbBacktraces) {
  const auto stacks = parse<StackDump>(R"(Thread 2 (Thread 0x7f8a1ffff640 (LWP 4243) "pt_nccl_watchdg"):
#0  0x00007f8a2b4965bc in pthread_cond_timedwait () from /lib/x86_64-linux-gnu/libc.so.6
#1  0x00007f8a11aa22bb in c10d::ProcessGroupNCCL::watchdogHandler() () from /opt/torch/lib/libtorch_cuda.so

Thread 1 (Thread 0x7f8a2c1b7740 (LWP 4242) "python3"):
#0  0x00007f8a2b4912f0 in ?? () from /lib/x86_64-linux-gnu/libcuda.so.1
#1  0x00007f8a2aa in cudaStreamSynchronize () from /usr/lib/libcudart.so.12
#2  0x00007f8a11 in ncclCommInitRankConfig (newcomm=0x0, nranks=8) at init.cc:1720
)").of_kind("process.stack");
  ASSERT_THAT(stacks, SizeIs(2));
  EXPECT_EQ(stacks[0].attributes.at("thread"), "pt_nccl_watchdg");
  EXPECT_EQ(stacks[0].attributes.at("call_of"), "torch.distributed");
  EXPECT_EQ(stacks[1].place.pid, 4242);
  EXPECT_EQ(stacks[1].attributes.at("call_of"), "nccl");
  EXPECT_EQ(stacks[1].attributes.at("frames"), "3");
}

TEST(StackDump, WordsOfALogAreNoStack) {
  EXPECT_THAT(parse<StackDump>("Process 12: started\n  worker (idle)\nThread pool (active)\n    x (y)\nPython v3\n").events, IsEmpty());
  EXPECT_THAT(parse<StackDump>("Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nKeyError: 1\n").events, IsEmpty());
}

TEST(StackDump, AThreadWithoutFramesSaysNothing) {
  EXPECT_THAT(parse<StackDump>("Process 1: python3 x\nThread 1 (idle): \"MainThread\"\n").events, IsEmpty());
}

}  // namespace
}  // namespace gpm::parsers::python
