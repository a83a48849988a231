// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/nvrm.h"

#include "parsers/kernel/module.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::kernel {
namespace {

using Attributes = facts::Attributes;

TEST(NvrmLoad, OpenModule) {
  const auto sink = test::parse<NvrmParser>(
      "[    0.603303] NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (build@node) "
      " \n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.nvidia_loaded");
  EXPECT_EQ(sink.events[0].attributes, (Attributes{{"flavour", "open"}, {"version", "580.159.04"}}));
  EXPECT_EQ(sink.setting("host", "driver_version"), "580.159.04");
}

TEST(NvrmLoad, ProprietaryModule) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n");
  EXPECT_EQ(sink.events.at(0).attributes, (Attributes{{"flavour", "proprietary"}, {"version", "550.54.14"}}));
}

TEST(NvrmBoard, PciUuidAndSerial) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: GPU at PCI:0000:9b:00: GPU-fb9b9614-6b13-c658-36b4-99e3bec40694\n"
      "NVRM: GPU Board Serial Number: 1654922003535\n");
  ASSERT_EQ(sink.gpus.size(), 2u);
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:9b:00.0");
  EXPECT_EQ(sink.gpus[0].place.gpu_uuid, "GPU-fb9b9614-6b13-c658-36b4-99e3bec40694");
  EXPECT_EQ(sink.gpus[1].place.pci, "0000:9b:00.0");
  EXPECT_EQ(sink.gpus[1].serial, "1654922003535");
}

TEST(NvrmBoard, EmptySerialIsNone) {
  EXPECT_TRUE(test::parse<NvrmParser>("NVRM: GPU Board Serial Number: \n").gpus.empty());
}

TEST(NvrmLostGpu, WithoutTheWordXid) {
  for (const auto* text :
       {"NVRM: GPU 0000:02:00.0: GPU has fallen off the bus.", "NVRM: GPU at 0000:02:00.0 has fallen off the bus.",
        "NVRM: GPU at PCI:0000:02:00: has fallen off the bus."}) {
    const auto sink = test::parse<NvrmParser>(text);
    ASSERT_EQ(sink.events.size(), 1u) << text;
    EXPECT_EQ(sink.events[0].kind, "kernel.gpu_fell_off_bus");
    EXPECT_EQ(sink.events[0].place.pci, "0000:02:00.0");
  }
}

TEST(NvrmLostGpu, XidIsNotCountedTwice) {
  EXPECT_TRUE(test::parse<NvrmParser>("NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.").events.empty());
}

TEST(NvrmLostGpu, AtProbeOverThreeLines) {
  const auto sink = test::parse<NvrmParser>(
      "[    9.1] unrelated\n"
      "[    9.100001] NVRM: The NVIDIA GPU 0000:b3:00.0\n"
      "[    9.100001] NVRM: (PCI ID: 10de:26b5) installed in this system has\n"
      "[    9.100001] NVRM: fallen off the bus and is not responding to commands.\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.gpu_fell_off_bus");
  EXPECT_EQ(sink.events[0].place.pci, "0000:b3:00.0");
  EXPECT_EQ(sink.events[0].at.line, 2u);
}

TEST(NvrmProbe, CardThatOnlyTheOpenModuleSupports) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:2b85)\n"
      "NVRM: installed in this system requires use of the NVIDIA open kernel modules.\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.nvidia_unsupported_gpu");
  EXPECT_EQ(sink.events[0].attributes.at("needs"), "open");
}

TEST(NvrmProbe, NoDeviceAndBoundElsewhere) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: GPU 0000:01:00.0 is already bound to NovaCore.\n"
      "NVRM: The NVIDIA probe routine failed for 1 device(s).\n"
      "NVRM: No NVIDIA devices probed.\n");
  ASSERT_EQ(sink.events.size(), 3u);
  EXPECT_EQ(sink.events[0].kind, "kernel.nvidia_bound_elsewhere");
  EXPECT_EQ(sink.events[0].attributes.at("driver"), "NovaCore");
  EXPECT_EQ(sink.events[0].place.pci, "0000:01:00.0");
  EXPECT_EQ(sink.events[1].kind, "kernel.nvidia_probe_failed");
  EXPECT_EQ(sink.events[2].kind, "kernel.nvidia_no_device");
}

TEST(NvrmProbe, BarOfSizeZero) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: This PCI I/O region assigned to your NVIDIA device is invalid:\n"
      "NVRM: BAR1 is 0M @ 0x0 (PCI:0000:14:00.0)\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.nvidia_bar_invalid");
  EXPECT_EQ(sink.events[0].place.pci, "0000:14:00.0");
}

TEST(NvrmInit, KeepsTheTriple) {
  const auto sink = test::parse<NvrmParser>("NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x62:0x1a:1792)\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.rm_init_failed");
  EXPECT_EQ(sink.events[0].place.pci, "0000:01:00.0");
  EXPECT_EQ(sink.events[0].attributes.at("codes"), "0x62:0x1a:1792");
}

TEST(NvrmInit, MissingFirmwareFile) {
  const auto sink = test::parse<NvrmParser>(
      "nvidia 0000:01:00.0: Direct firmware load for nvidia/535.54.03/gsp_ga10x.bin failed with error -2\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "kernel.gsp_firmware_missing");
}

void expect_mismatch(std::string_view text, const char* client, const char* module) {
  const auto sink = test::parse<NvrmParser>(text);
  ASSERT_EQ(sink.events.size(), 1u) << text;
  EXPECT_EQ(sink.events[0].kind, "kernel.nvrm_api_mismatch");
  EXPECT_EQ(sink.events[0].attributes.at("client_version"), client);
  EXPECT_EQ(sink.events[0].attributes.at("module_version"), module);
  EXPECT_EQ(sink.events[0].at.line, 1u);
}

TEST(NvrmApiMismatch, FiveLinesWithClient) {
  expect_mismatch(
      "[9.000001] NVRM: API mismatch: the client 'nvidia-smi' (pid 1234)\n"
      "[9.000001] NVRM: has the version 550.90.07, but this kernel module has\n"
      "[9.000001] NVRM: the version 550.54.14.  Please make sure that this\n"
      "[9.000001] NVRM: kernel module and all NVIDIA driver components\n"
      "[9.000001] NVRM: have the same version.\n",
      "550.90.07", "550.54.14");
}

TEST(NvrmApiMismatch, FourLinesWithoutClient) {
  expect_mismatch(
      "NVRM: API mismatch: the client has the version 460.73.01, but\n"
      "NVRM: this kernel module has the version 460.56.  Please\n",
      "460.73.01", "460.56");
}

TEST(NvrmApiMismatch, JoinedBySyslog) {
  expect_mismatch(
      "Jun  3 10:00:00 gpu-1 kernel: [ 1.000000] NVRM: API mismatch: the client has the version 535.54.03, "
      "but#012NVRM: this kernel module "
      "has the version 535.104.05.  Please#012NVRM: make sure\n",
      "535.54.03", "535.104.05");
}

TEST(NvrmApiMismatch, CutShortIsStillOne) {
  const auto sink = test::parse<NvrmParser>("NVRM: API mismatch: the client has the version 535.54.03, but\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.count("module_version"), 0u);
}

TEST(Nvrm, HarmlessLinesSayNothing) {
  const auto sink = test::parse<NvrmParser>(
      "NVRM: gpuClearFbhubPoisonIntrForBug2924523_GA100: FBHUB Interrupt detected. Clearing it.\n"
      "NVRM: Persistence mode is deprecated and will be removed in a future release. Please use nvidia-persistenced "
      "instead.\n"
      "NVRM: The NVIDIA GPU \n");
  EXPECT_TRUE(sink.events.empty());
}

TEST(Modules, OneKindEach) {
  const auto sink = test::parse<ModuleParser>(
      "nvidia: module verification failed: signature and/or required key missing - tainting kernel\n"
      "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7\n"
      "nvidia: version magic '5.15.0-91-generic SMP mod_unload ' should be '6.2.0-39-generic SMP mod_unload '\n"
      "nouveau 0000:01:00.0: NVIDIA GP104 (134000a1)\n"
      "nvidia-nvlink: Nvlink Core is being initialized, major device number 240\n"
      "nvidia-nvswitch: Version mismatch, kernel version 550.54.14 user version 550.90.07\n"
      "nvidia-uvm: Loaded the UVM driver, major device number 510.\n"
      "PM: suspend entry (deep)\n");
  ASSERT_EQ(sink.events.size(), 8u);
  EXPECT_EQ(sink.events[0].kind, "kernel.module_unsigned");
  EXPECT_EQ(sink.events[1].kind, "kernel.module_refused");
  EXPECT_EQ(sink.events[2].kind, "kernel.module_mismatch");
  EXPECT_EQ(sink.events[2].attributes.at("running"), "6.2.0-39-generic SMP mod_unload ");
  EXPECT_EQ(sink.events[3].kind, "kernel.nouveau");
  EXPECT_EQ(sink.events[3].place.pci, "0000:01:00.0");
  EXPECT_EQ(sink.events[4].kind, "kernel.nvlink_core");
  EXPECT_EQ(sink.events[5].kind, "kernel.nvidia_version_mismatch");
  EXPECT_EQ(sink.events[6].attributes.at("state"), "Loaded");
  EXPECT_EQ(sink.events[7].attributes.at("step"), "entry");
}

TEST(Modules, ProbeFailsInTheWordsOfOldAndNewKernels) {
  const auto sink = test::parse<ModuleParser>(
      "nvidia: probe of 0000:03:00.0 failed with error -1\n"
      "nvidia 0000:09:00.0: probe with driver nvidia failed with error -1\n"
      "snd_hda_intel 0000:09:00.1: probe with driver snd_hda_intel failed with error -2\n");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_EQ(sink.events[0].place.pci, "0000:03:00.0");
  EXPECT_EQ(sink.events[1].kind, "kernel.nvidia_probe_failed");
  EXPECT_EQ(sink.events[1].place.pci, "0000:09:00.0");
  EXPECT_EQ(sink.events[1].attributes.at("error"), "-1");
}

TEST(Modules, LspciIsNoNouveau) {
  EXPECT_TRUE(test::parse<ModuleParser>("\tKernel modules: nvidiafb, nouveau, nvidia\n").events.empty());
}

}  // namespace
}  // namespace gpm::parsers::kernel
