// SPDX-License-Identifier: Apache-2.0
//
// Files and logs of NVIDIA's driver, daemons and tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/nvidia/daemons.h"
#include "parsers/nvidia/dcgm.h"
#include "parsers/nvidia/driver_files.h"
#include "parsers/nvidia/toolkit.h"
#include "parsers/nvidia_smi/mig.h"
#include "parsers/nvidia_smi/monitor.h"
#include "parsers/nvidia_smi/nvlink.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

TEST(DriverFiles, AGpuOfProc) {
  const auto sink = parse<DriverFiles>(
      "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 41\nGPU UUID: \t GPU-fb9b9614-6b13-c658-36b4-99e3bec40694\nVideo BIOS: \t 96.00.cf.00.01\nBus Type: \t PCIe\nBus "
      "Location: \t 0000:00:06.0\nDevice Minor: \t 0\nGPU Firmware: \t 580.159.04\nGPU Excluded:\t No\n");
  ASSERT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.gpus[0].name, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:00:06.0");
  EXPECT_EQ(sink.gpus[0].place.gpu_uuid, "GPU-fb9b9614-6b13-c658-36b4-99e3bec40694");
  EXPECT_EQ(sink.metric("gpu.gsp_firmware_version").at(0).text, "580.159.04");
  EXPECT_THAT(sink.of_kind("host.gpu_not_initialised"), IsEmpty());
}

TEST(DriverFiles, QuestionMarksAreAGpuThatNeverCameUp) {
  const auto sink = parse<DriverFiles>(
      "Model: \t\t Unknown\nIRQ:   \t\t 41\nGPU UUID: \t GPU-????????-????-????-????-????????????\nVideo BIOS: \t ??.??.??.??.??\nBus Location: \t 0000:41:00.0\n");
  ASSERT_THAT(sink.of_kind("host.gpu_not_initialised"), SizeIs(1));
  EXPECT_EQ(sink.events[0].place.pci, "0000:41:00.0");
  EXPECT_EQ(sink.gpus.at(0).place.gpu_uuid, "");
}

TEST(DriverFiles, ContainerCliAndParameters) {
  const auto sink = parse<DriverFiles>(R"(NVRM version:   535.104.12
CUDA version:   12.2

Device Index:   0
Device Minor:   0
Model:          NVIDIA H800
Brand:          Nvidia
GPU UUID:       GPU-0af30765-fe70-d44a-744e-9effa977754d
Bus Location:   00000000:18:00.0
Architecture:   9.0

Device Index:   1
Model:          NVIDIA H800
GPU UUID:       GPU-220fadaf-9ee7-3650-7021-52cca82e7801
Bus Location:   00000000:2a:00.0

ResmanDebugLevel: 4294967295
EnableGpuFirmware: 18
RegistryDwords: ""
)");
  EXPECT_THAT(sink.gpus, SizeIs(2));
  EXPECT_EQ(sink.setting("host", "driver_version"), "535.104.12");
  EXPECT_EQ(sink.setting("driver_param", "EnableGpuFirmware"), "18");
  EXPECT_EQ(sink.setting("driver_param", "ResmanDebugLevel"), "");
}

TEST(DriverFiles, OtherModelsAreNoGpus) {
  EXPECT_THAT(parse<DriverFiles>("Model:          gpt2\nLayers: 12\nModel: \tllama\n").gpus, IsEmpty());
}

TEST(FabricManager, AnSxidWithItsSwitchAndPort) {
  const auto sink = parse<FabricManagerLog>(
      "[Jan 11 2025 06:02:58] [INFO] [tid 3104] Fabric Manager version 550.90.07 is running with the following configuration options\n[Jan 25 2025 10:34:57] [ERROR] "
      "[tid 3131] detected NVSwitch fatal error 24007 on fid 0 on NVSwitch pci bus id 00000000:84:00.0 physical id 1 port 44\n");
  EXPECT_EQ(sink.setting("service", "fabricmanager_version"), "550.90.07");
  const auto errors = sink.of_kind("fabric_manager.error");
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].code, 24007);
  EXPECT_EQ(errors[0].place.pci, "0000:84:00.0");
  EXPECT_EQ(errors[0].attributes.at("fatal"), "yes");
  EXPECT_EQ(errors[0].attributes.at("port"), "44");
  EXPECT_EQ(errors[0].time.utc_ns, 1737801297000000000);
}

TEST(FabricManager, InformationIsNoError) {
  EXPECT_THAT(parse<FabricManagerLog>("[Jan 11 2025 06:03:02] [INFO] [tid 3104] number of GPU NVLink ports detected: 144\n[x] [tid 3] ERROR\n").events, IsEmpty());
}

TEST(Mps, ServersAndFaults) {
  const auto sink = parse<MpsLog>(
      "[2023-01-07 20:02:13.204 Control 41177] Starting new server 41203 for user 20417\n[2023-01-07 21:31:14.727 Server 41203] Receive command failed, assuming client "
      "exit\n[2023-01-07 21:31:15.001 Server 41203] Fatal fault on device 0\n");
  ASSERT_THAT(sink.of_kind("mps.server_started"), SizeIs(1));
  EXPECT_EQ(sink.events[0].place.pid, 41203);
  ASSERT_THAT(sink.of_kind("mps.fault"), SizeIs(1));
  EXPECT_TRUE(sink.events[1].time.utc_ns);
  EXPECT_THAT(parse<MpsLog>("[2023-01-07 20:02:13.204] Starting new server 1 for user 2\nfatal: failed\n").events, IsEmpty());
}

TEST(Persistenced, SaysWhyItFailed) {
  EXPECT_THAT(parse<PersistencedLog>("Jun 30 08:55:33 gpu-0 nvidia-persistenced: Failed to query NVIDIA devices. Please ensure that the NVIDIA device files exist\n")
                  .of_kind("persistenced.error"),
              SizeIs(1));
  EXPECT_THAT(parse<PersistencedLog>("Jun 30 08:55:33 gpu-0 systemd[1]: Started nvidia-persistenced\nnvidia-persistenced: Started (812)\n").events, IsEmpty());
}

TEST(Dcgm, AMetricOnItsGpu) {
  const auto sink = parse<DcgmMetrics>(
      "# HELP DCGM_FI_DEV_XID_ERRORS Value of the last XID error encountered.\nDCGM_FI_DEV_XID_ERRORS{gpu=\"0\",UUID=\"GPU-41b66cd0-eb8f-6476-abfe-c744cc16c6f7\",device="
      "\"nvidia0\",modelName=\"NVIDIA GB200\",Hostname=\"nvl3-08\",err_code=\"45\"} 45\n");
  ASSERT_THAT(sink.snapshots, SizeIs(1));
  EXPECT_EQ(sink.snapshots[0].metric, "dcgm.dev_xid_errors");
  EXPECT_EQ(sink.snapshots[0].number, 45);
  EXPECT_EQ(sink.snapshots[0].place.gpu_index, 0);
  EXPECT_EQ(sink.snapshots[0].place.host, "nvl3-08");
  EXPECT_THAT(sink.gpus, SizeIs(1));
  EXPECT_THAT(parse<DcgmMetrics>("Skipping line 37 ('DCGM_FI_PROF_PIPE_FP64_ACTIVE'): metric not enabled\nDCGM_FI_X{gpu=\"0\" 1\n").snapshots, IsEmpty());
}

TEST(Dcgm, DiagnosticTable) {
  const auto sink = parse<DcgmTables>(R"(Successfully ran diagnostic for group.
+---------------------------+------------------------------------------------+
| Diagnostic                | Result                                         |
+===========================+================================================+
|-----  Deployment  --------+------------------------------------------------|
| Denylist                  | Pass                                           |
|-----  Integration  -------+------------------------------------------------|
| PCIe                      | Fail - GPU: 3                                  |
| Warning                   | GPU 3 The bandwidth is below the minimum       |
|                           | of 10 GB/s                                     |
| GPU Memory                | Pass - All                                     |
+---------------------------+------------------------------------------------+
)");
  const auto tests = sink.of_kind("dcgm.diag");
  ASSERT_THAT(tests, SizeIs(3));
  EXPECT_EQ(tests[1].attributes.at("result"), "fail");
  EXPECT_EQ(tests[1].place.gpu_index, 3);
  EXPECT_EQ(tests[1].attributes.at("message"), "GPU 3 The bandwidth is below the minimum of 10 GB/s");
}

TEST(Dcgm, HealthTable) {
  const auto sink = parse<DcgmTables>(R"(| Health Monitor Report                                                                |
| Overall Health            | Failure                                                  |
|    -> Errors              |                                                          |
|       -> NVLink system    | Failure                                                  |
|                           | GPU 0's NvLink link 2 is currently down                  |
)");
  const auto states = sink.of_kind("dcgm.health");
  ASSERT_THAT(states, SizeIs(2));
  EXPECT_EQ(states[1].attributes.at("system"), "NVLink system");
  EXPECT_EQ(states[1].attributes.at("message"), "GPU 0's NvLink link 2 is currently down");
  EXPECT_THAT(parse<DcgmTables>("| Diagnostic notes | none |\n| PCIe | Fail |\n").of_kind("dcgm.health"), IsEmpty());
}

TEST(Dcgm, DiagnosticJson) {
  test::RecordingSink sink;
  DcgmDiagJson parser;
  const std::string_view json = R"({"DCGM Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "memory",
    "results": [{"gpu_id": "0", "status": "FAIL", "warnings": [{"warning": "bad cell", "error_id": 42}]}]}]}]}})";
  ASSERT_TRUE(parser.sniff(json, ""));
  ASSERT_TRUE(parser.parse(json, sink));
  EXPECT_EQ(sink.events.at(0).attributes.at("result"), "fail");
  EXPECT_EQ(sink.events.at(0).attributes.at("message"), "bad cell");
  EXPECT_FALSE(parser.parse("{\"test_categories\": [{\"tests\"", sink));
}

TEST(Toolkit, VersionsOfCudaAndInstallers) {
  EXPECT_EQ(parse<ToolkitVersions>("Cuda compilation tools, release 12.4, V12.4.131\n").setting("toolkit", "cuda_version"), "12.4.131");
  EXPECT_EQ(parse<ToolkitVersions>("  CUDA Driver Version / Runtime Version          9.0 / 9.1\n").setting("toolkit", "cuda_runtime_version"), "9.1");
  EXPECT_EQ(parse<ToolkitVersions>("CUDA Driver Version                           : 12.0\n").setting("toolkit", "cuda_driver_version"), "12.0");
  EXPECT_THAT(parse<ToolkitVersions>("we need CUDA Version 12 or so\n").settings, IsEmpty());
  const auto sink = parse<InstallerLog>(
      "nvidia-installer log file '/var/log/nvidia-installer.log'\ninstaller version: 590.48.01\nERROR: Unable to load the kernel module 'nvidia.ko'.\n-> Kernel module "
      "load error: No such device\n");
  EXPECT_EQ(sink.setting("installer", "driver_version"), "590.48.01");
  EXPECT_THAT(sink.of_kind("installer.error"), SizeIs(2));
  EXPECT_THAT(parse<InstallerLog>("ERROR: disk full\nERROR: make: *** [all] Error 2\n").events, IsEmpty());
}

TEST(Toolkit, DkmsSaysForWhichKernelItFailed) {
  const auto sink = parse<InstallerLog>(
      "DKMS make.log for nvidia-550.54.14 for kernel 6.8.0-40-generic (x86_64)\n/var/lib/dkms/nvidia/550.54.14/build/nvidia/nv-mmap.c:80:5: error: implicit declaration\n"
      "make[2]: *** [scripts/Makefile.build:243: nv-mmap.o] Error 1\n");
  EXPECT_EQ(sink.setting("dkms", "kernel"), "6.8.0-40-generic");
  EXPECT_THAT(sink.of_kind("dkms.error"), SizeIs(2));
}

TEST(Monitor, DmonRowsByTheirHead) {
  const auto sink = parse<nvidia_smi::MonitorParser>(
      "# gpu    pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk \n# Idx      W      C      C      %      %      %      %      %      %    MHz    "
      "MHz \n    0    121     38     36    100      0      0      0      0      0   2619   1980 \n    1      -      -      -      -      -      -      -      -      -      "
      "-      - \n");
  EXPECT_EQ(sink.metric("gpu.power_w").at(0).number, 121);
  EXPECT_EQ(sink.metric("gpu.clock_sm_mhz").at(0).number, 1980);
  EXPECT_THAT(sink.metric("gpu.power_w"), SizeIs(1));
}

TEST(Monitor, PmonNamesProcesses) {
  const auto sink = parse<nvidia_smi::MonitorParser>(
      "# gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command \n# Idx           #    C/G      %      %      %      %      %      %    name \n    0     "
      "   594     C     99      0      -      -      -      -    python         \n    0        594     C     99      0      -      -      -      -    python         \n    1  "
      "        -     -      -      -      -      -      -      -    -              \n");
  ASSERT_THAT(sink.of_kind("nvidia_smi.process"), SizeIs(1));
  EXPECT_EQ(sink.events[0].place.pid, 594);
  EXPECT_EQ(sink.events[0].place.process, "python");
  EXPECT_THAT(parse<nvidia_smi::MonitorParser>("# gpu  of the node\n 1 2 3 4\n").snapshots, IsEmpty());
}

TEST(Mig, InstancesAndNone) {
  const auto sink = parse<nvidia_smi::MigParser>(R"(+-------------------------------------------------------+
| GPU instances:                                        |
| GPU   Name             Profile  Instance   Placement  |
|                          ID       ID       Start:Size |
|=======================================================|
|   0  MIG 3g.20gb          9        1          4:4     |
+-------------------------------------------------------+
)");
  ASSERT_THAT(sink.of_kind("nvidia_smi.mig_instance"), SizeIs(1));
  EXPECT_EQ(sink.events[0].attributes.at("profile"), "3g.20gb");
  EXPECT_EQ(sink.events[0].attributes.at("gpu_instance"), "1");
  EXPECT_THAT(parse<nvidia_smi::MigParser>("No MIG-enabled devices found.\n").of_kind("nvidia_smi.mig_instances_absent"), SizeIs(1));
  EXPECT_THAT(parse<nvidia_smi::MigParser>("|   0  MIG 3g.20gb          9        1          4:4     |\n").events, IsEmpty());
}

TEST(Nvlink, CapabilitiesOfTheLinks) {
  const auto sink = parse<nvidia_smi::NvlinkParser>(
      "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-fb9b9614-6b13-c658-36b4-99e3bec40694)\n\t Link 0, P2P is supported: true\n\t Link 0, Link is supported: false\n");
  EXPECT_EQ(sink.metric("nvlink.p2p_supported").at(0).text, "true");
  EXPECT_EQ(sink.metric("nvlink.link_supported").at(0).text, "false");
}

}  // namespace
}  // namespace gpm::nvidia
