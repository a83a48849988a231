// SPDX-License-Identifier: Apache-2.0
//
// What the report tells to do: whose process to end, and first what a line of the incident asks for.
#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

using nlohmann::json;

class Fixes : public testing::Test {
 protected:
  json first_cause() {
    const auto report = analyze_json(folder / "b").json();
    return report["causes"].empty() ? json{} : report["causes"][0];
  }
  static bool has_command(const json& cause, const std::string& command) {
    for (const auto& fix : cause["fixes"])
      for (const auto& each : fix["commands"])
        if (each == command) return true;
    return false;
  }
  void put(const std::string& path, const std::string& text) { folder.put("b/" + path, text); }
  bundle::TemporaryFolder folder;
};

std::string out_of_memory(const std::string& holder) {
  return "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 112.00 MiB. GPU 0 has a total capacity of 79.25 GiB of which 88.44 MiB is free. Process " +
         holder + " has 74.42 GiB memory in use. Including non-PyTorch memory, this process has 4.72 GiB memory in use. Of the allocated memory 4.21 GiB is allocated by PyTorch\n";
}

TEST_F(Fixes, TheHolderOfTheMemoryIsEndedAndNotWhoGotNone) {
  put("app.log", "(EngineCore_0 pid=411) " + out_of_memory("21873"));
  const auto cause = first_cause();
  ASSERT_EQ(cause["id"], "gpu-memory-held-by-other-process");
  EXPECT_TRUE(has_command(cause, "kill 21873")) << cause["fixes"];
  EXPECT_FALSE(has_command(cause, "kill 411"));
}

TEST_F(Fixes, OfTwoHoldersNoneIsNamed) {
  put("a.log", out_of_memory("21873"));
  put("b.log", out_of_memory("30433"));
  EXPECT_TRUE(has_command(first_cause(), "kill <pid>"));
}

TEST_F(Fixes, WhereNoLineNamesTheHolderItStaysOpen) {
  put("vllm.log", "(EngineCore_0 pid=411) ValueError: Free memory on device (3.21/79.15 GiB) on startup is less than desired GPU memory utilization "
                  "(0.9, 71.24 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.\n");
  const auto cause = first_cause();
  ASSERT_EQ(cause["id"], "gpu-memory-held-by-other-process");
  EXPECT_TRUE(has_command(cause, "kill <pid>"));
}

const std::string own_memory = "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 15.66 GiB. GPU 3 has a total capacity of 79.33 GiB of which 9.31 GiB is free. "
                               "Process 1880231 has 70.01 GiB memory in use. Of the allocated memory 66.28 GiB is allocated by PyTorch, and 2.87 GiB is reserved by PyTorch but unallocated.\n";

TEST_F(Fixes, ATrainingIsToldAboutTrainingFirst) {
  put("train.log", "Traceback (most recent call last):\n  File \"/w/sft.py\", line 80, in main\n    trainer.train()\n" + own_memory);
  EXPECT_THAT(first_cause()["fixes"][0]["do"].get<std::string>(), testing::StartsWith("Training:"));
}

TEST_F(Fixes, AProgramThatDoesNotTrainIsNot) {
  put("serve.log", "Traceback (most recent call last):\n  File \"/w/serve.py\", line 80, in main\n    engine.generate(prompts)\n" + own_memory);
  EXPECT_THAT(first_cause()["fixes"][0]["do"].get<std::string>(), testing::Not(testing::StartsWith("Training:")));
}

TEST_F(Fixes, APciePortIsNoGpu) {
  put("messages", "Aug 23 02:51:07 rndr-03 kernel: pcieport 0000:a0:01.1: pciehp: Slot(12): Link Down\n"
                  "Aug 23 02:51:07 rndr-03 kernel: NVRM: Xid (PCI:0000:a1:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n");
  const auto gpus = first_cause()["where"]["gpus"];
  ASSERT_EQ(gpus.size(), 1u) << gpus;
  EXPECT_EQ(gpus[0]["pci"], "0000:a1:00.0");
}

}  // namespace
}  // namespace gpm::test
