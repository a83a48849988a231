// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia_smi {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

std::string state(std::string_view text) {
  const auto sink = parse<ErrorParser>(text);
  return sink.events.size() == 1 ? sink.events[0].attributes.at("state") : std::to_string(sink.events.size()) + " events";
}

TEST(Error, EveryTextHasItsState) {
  EXPECT_EQ(state("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA "
                  "driver is installed and running.\n\n"), "not-communicating");
  EXPECT_EQ(state("NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver "
                  "is properly installed and present in your system.\nPlease also try adding directory that contains "
                  "libnvidia-ml.so to your system PATH.\n"), "library-missing");
  EXPECT_EQ(state("Failed to initialize NVML: Driver/library version mismatch\n"), "version-mismatch");
  EXPECT_EQ(state("Failed to initialize NVML: Unknown Error"), "unknown-error");
  EXPECT_EQ(state("Failed to initialize NVML: Insufficient Permissions"), "insufficient-permissions");
  EXPECT_EQ(state("Failed to initialize NVML: GPU access blocked by the operating system"), "access-blocked");
  EXPECT_EQ(state("Failed to initialize NVML: Driver Not Loaded"), "not-communicating");
  EXPECT_EQ(state("Failed to initialize NVML: ERROR_LIBRARY_NOT_FOUND"), "library-missing");
  EXPECT_EQ(state("Failed to initialize NVML: something new"), "other");
  EXPECT_EQ(state("$ nvidia-smi\nNo devices were found\n"), "no-devices");
  EXPECT_EQ(state("bash: nvidia-smi: command not found"), "command-missing");
  EXPECT_EQ(state("exec: \"nvidia-smi\": executable file not found in $PATH: unknown"), "command-missing");
  EXPECT_EQ(state("timeout: sending signal TERM to command \xE2\x80\x98nvidia-smi\xE2\x80\x99"), "hang");
}

TEST(Error, DeviceHandleInEverySpelling) {
  for (auto spelling : {"GPU0000:CB:00.0: Unknown Error", "GPU 0000:CB:00.0: Unknown Error", "gpu 0000:CB:00.0: Unknown Error",
                        "GPU2: 0000:CB:00.0: Unknown Error", "GPU 00000000:CB:00.0: Unknown Error"}) {
    const auto sink = parse<ErrorParser>(std::string("Unable to determine the device handle for ") + spelling + "\n");
    ASSERT_THAT(sink.events, SizeIs(1)) << spelling;
    EXPECT_EQ(sink.events[0].place.pci, "0000:cb:00.0") << spelling;
    EXPECT_EQ(sink.events[0].attributes.at("state"), "device-handle") << spelling;
    EXPECT_EQ(sink.events[0].attributes.at("reason"), "Unknown Error") << spelling;
  }
}

TEST(Error, WhatTheDeviceSays) {
  EXPECT_EQ(state("Unable to determine the device handle for GPU 0000:08:00.0: GPU is lost.  Reboot the system to recover this GPU"), "gpu-lost");
  EXPECT_EQ(state("Unable to determine the device handle for GPU0000:08:00.0: GPU requires reset"), "requires-reset");
  EXPECT_EQ(state("WARNING: infoROM is corrupted at gpu 0000:21:00.0"), "inforom-corrupted");
  EXPECT_EQ(state("Unable to set power management limit for GPU 00000000:01:00.0: Unknown Error"), "unknown-error");
}

TEST(Error, IndexOfTheNewForm) {
  const auto sink = parse<ErrorParser>("Unable to determine the device handle for GPU6: 0000:D1:00.0: Unknown Error\n");
  EXPECT_EQ(sink.events.at(0).place.gpu_index, 6);
}

TEST(Error, LibraryVersionOfTheSecondLine) {
  const auto sink = parse<ErrorParser>("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.288\n");
  ASSERT_THAT(sink.events, SizeIs(1));
  EXPECT_EQ(sink.events[0].attributes.at("library_version"), "535.288");
  EXPECT_EQ(sink.events[0].at.line, 1u);
}

TEST(Error, TheNextErrorIsNotSwallowed) {
  const auto sink = parse<ErrorParser>("Failed to initialize NVML: Driver/library version mismatch\nFailed to initialize NVML: Unknown Error\n");
  EXPECT_THAT(sink.events, SizeIs(2));
}

TEST(Error, NearMisses) {
  const auto sink = parse<ErrorParser>(R"(adb: No devices were found on the usb bus
Unable to set the power limit for GPU 00000000:01:00.0: Not Supported
Unable to set persistence mode for GPU 00000000:01:00.0: Insufficient Permissions
| NVIDIA-SMI 390.116                Driver Version: 390.116                   |
$ nvidia-smi -q
root 2114 98.7 D 08:13 24:51 nvidia-smi dmon -s pucvmet -c 1
)");
  EXPECT_THAT(sink.events, IsEmpty());
}

}  // namespace
}  // namespace gpm::nvidia_smi
