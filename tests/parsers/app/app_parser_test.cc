// SPDX-License-Identifier: Apache-2.0
#include "parsers/app/app_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

test::RecordingSink parse(std::string_view text) { return test::parse<AppParser>(text); }

std::vector<std::string> steps(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& e : parse(text).of_kind("app.milestone"))
    found.push_back(e.attributes.at("framework") + " " + e.attributes.at("step"));
  return found;
}

TEST(Milestones, VllmStart) {
  EXPECT_THAT(
      steps(R"(INFO 10-26 23:02:11 llm_engine.py:237] Initializing an LLM engine (v0.6.3.post1) with config: model='x'
INFO 10-26 23:02:16 pynccl.py:63] vLLM is using nccl==2.20.5
INFO 10-26 23:02:20 model_runner.py:1056] Starting to load model Qwen/Qwen2.5-7B-Instruct...
INFO 10-26 23:02:30 model_runner.py:1067] Loading model weights took 7.1 GB
INFO 10-26 23:02:31 gpu_executor.py:122] # GPU blocks: 1000, # CPU blocks: 512
INFO 10-26 23:02:40 model_runner.py:1523] Graph capturing finished in 9 secs.
INFO:     Application startup complete.
)"),
      ElementsAre("vllm engine-start", "vllm nccl-init", "vllm model-load-begin", "vllm model-load-end",
                  "vllm kv-cache", "vllm cuda-graph-capture", "uvicorn server-ready"));
}

TEST(Milestones, SglangStopsInNcclInit) {
  EXPECT_THAT(steps("[2025-04-22 21:28:53 TP0] Init torch distributed begin.\n"), ElementsAre("sglang nccl-init"));
}

TEST(Milestones, WorldSizeAndRank) {
  const auto sink =
      parse("INFO world_size=8 rank=5 local_rank=5 distributed_init_method=tcp://10.0.0.1:29500 backend=nccl\n");
  EXPECT_EQ(sink.events.at(0).place.rank, 5);
  EXPECT_EQ(sink.events[0].attributes.at("world_size"), "8");
}

TEST(Milestones, OfTrainingStepsTheFirstAndTheLast) {
  std::string text;
  for (int i = 1; i <= 100; ++i)
    text += fmt::format(" iteration {:8}/  500000 | consumed samples: {} | elapsed time\n", i, i * 8);
  const auto events = parse(text).events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].attributes.at("iteration"), "1");
  EXPECT_EQ(events[1].attributes.at("iteration"), "100");
}

TEST(Signals, EveryWayToSayIt) {
  const std::pair<std::string_view, int> lines[] = {
      {"bash: line 1: 31337 Bus error               (core dumped) python train.py", 7},
      {"Bus error (core dumped)", 7},
      {"RuntimeError: DataLoader worker (pid 1234) is killed by signal: Bus error. It is possible that dataloader's "
       "workers are out of shared memory.",
       7},
      {"ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
       7},
      {"(RayWorker pid=1461) Fatal Python error: Bus error", 7},
      {"Segmentation fault (core dumped)", 11},
      {"Killed", 9},
      {"./run.sh: line 5:  4711 Killed                  python serve.py", 9},
      {"Aborted (core dumped)", 6},
      {"Fatal Python error: Aborted", 6},
      {"terminate called after throwing an instance of 'c10::DistBackendError'", 6},
      {"srun: error: n1: task 3: Killed", 9},
      {"mpirun noticed that process rank 3 with PID 0 on node n1 exited on signal 9 (Killed).", 9},
      {"Received Signals.SIGTERM death signal, shutting down workers", 15},
      {"W1122 Received 15 death signal, shutting down workers", 15},
      {"torch.distributed.elastic.multiprocessing.api.SignalException: Process 552 got signal: 15", 15},
  };
  for (const auto& [text, code] : lines) {
    const auto events = parse(text).of_kind("app.signal");
    ASSERT_EQ(events.size(), 1u) << text;
    EXPECT_EQ(events[0].code, code) << text;
  }
}

TEST(Signals, ClosingTheSurvivorsIsTheLaunchers) {
  const auto sink = parse(
      "W0125 10:35:03.441000 118 torch/distributed/elastic/multiprocessing/api.py:897] Sending process 1184020 closing "
      "signal SIGTERM\n");
  EXPECT_EQ(sink.events.at(0).attributes.at("role"), "sent");
  EXPECT_EQ(sink.events[0].place.pid, 1184020);
}

TEST(SignalsNearMiss, OtherUsesOfTheWords) {
  for (auto text :
       {"INFO 08-09 13:33:04 async_llm_engine.py:167] Aborted request cmpl-4f2f7c6be2d94aa7.",
        "Out of memory: Killed process 71 (python) total-vm:1kB", "[    0.145987] signal: max sigframe size: 11952",
        "Done, now waiting for signal", "pending signals                 (-i) 1030513",
        "CUDA error: an illegal instruction was encountered", "+ echo 'Done, now waiting for signal'"})
    EXPECT_THAT(parse(text).events, IsEmpty()) << text;
}

TEST(Exits, CodesOfLaunchers) {
  const std::pair<std::string_view, int> lines[] = {
      {"srun: error: gnode210: task 0: Exited with exit code 1", 1},
      {"[ERROR] [launch.py:322:sigkill_handler] ['/usr/bin/python'] exits with return code = -9", -9},
      {"container exited with code 137", 137},
      {"subprocess.CalledProcessError: Command 'x' returned non-zero exit status 3.", 3},
      {"RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore': "
       "-11}",
       -11},
      {"[2026-09-14T03:47:22Z WARN  supervisor] worker pid=20871 exited status=134, restarting", 134},
  };
  for (const auto& [text, code] : lines) {
    const auto events = parse(text).of_kind("app.exit");
    ASSERT_EQ(events.size(), 1u) << text;
    EXPECT_EQ(events[0].code, code) << text;
  }
}

TEST(Exits, SlurmGivesTheReason) {
  EXPECT_EQ(parse("slurmstepd: error: *** STEP 12.0 ON n1 CANCELLED AT 2025-01-01T10:00:00 DUE TO TIME LIMIT ***")
                .events.at(0)
                .attributes.at("reason"),
            "time-limit");
  EXPECT_EQ(parse("slurmstepd: error: *** JOB 12 ON n1 CANCELLED AT 2025-01-01T10:00:00 ***")
                .events.at(0)
                .attributes.at("reason"),
            "cancelled");
  EXPECT_EQ(
      parse("slurmstepd: error: Detected 1 oom_kill event in StepId=12.0. Some of the step tasks have been OOM Killed.")
          .events.at(0)
          .attributes.at("reason"),
      "oom-kill");
}

TEST(ExitsNearMiss, ZeroAndOthersFormats) {
  for (auto text : {"process exited with code 0", "  Exit Code:    137", "Control process exited, code=exited status=1",
                    "exit code"})
    EXPECT_THAT(parse(text).events, IsEmpty()) << text;
}

TEST(AppMilestones, TheTrainerOfTransformersLogsADictionaryAStep) {
  const auto sink = test::parse<AppParser>(
      "{'loss': 2.5023, 'grad_norm': 1.8642, 'learning_rate': 2e-05, 'epoch': 0.01}\n"
      "{'loss': 2.4, 'grad_norm': 1.1, 'learning_rate': 2e-05, 'epoch': 0.02}\n"
      "{'loss': 'nan'}\n");
  const auto steps = sink.of_kind("app.milestone");
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].attributes.at("step"), "training-step");
  EXPECT_EQ(steps[1].attributes.at("epoch"), "0.02");
}

TEST(AppParser, TalkOfSignalsIsNoEnd) {
  const auto sink = test::parse<AppParser>("how to handle a segmentation fault in C\nit was killed by nobody\nexit code 0\nloading the model takes long\n");
  EXPECT_TRUE(sink.of_kind("app.signal").empty());
  EXPECT_TRUE(sink.of_kind("app.exit").empty());
}

}  // namespace
}  // namespace gpm::parsers::app
