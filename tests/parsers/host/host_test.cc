// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/capacity.h"
#include "parsers/host/devices.h"
#include "parsers/host/environment.h"
#include "parsers/host/limits.h"
#include "parsers/host/lspci.h"
#include "parsers/host/machine.h"
#include "parsers/host/numactl.h"
#include "parsers/host/processes.h"
#include "tests/parsers/capture.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::host {
namespace {

TEST(Numactl, Hardware) {
  const auto sink = test::parse<NumactlParser>(
      "available: 2 nodes (0-1)\n"
      "node 0 cpus: 0 1 2 3\n"
      "node 0 size: 515840 MB\n"
      "node 0 free: 499000 MB\n"
      "node 1 cpus:\n"
      "node 1 size: 0 MB\n"
      "node distances:\n"
      "node   0   1 \n"
      "  0:  10  21 \n");
  ASSERT_EQ(sink.metric("numa.nodes").size(), 1u);
  EXPECT_EQ(sink.metric("numa.nodes")[0].number, 2);
  EXPECT_EQ(sink.metric("numa.cpus").at(0).number, 4);
  EXPECT_EQ(sink.metric("numa.cpus").at(1).subject, "1");
  EXPECT_EQ(sink.metric("numa.cpus").at(1).number, 0);
  EXPECT_EQ(sink.metric("numa.memory_mib").at(0).number, 515840);
  EXPECT_EQ(sink.metric("numa.memory_free_mib").at(0).number, 499000);
}

TEST(Numactl, RealH100) {
  const auto text = test::shared_file("captures/h100-580/numactl-hardware.txt");
  if (!text) GTEST_SKIP() << "no captures; set GPM_SHARED";
  const auto sink = test::parse<NumactlParser>(*text);
  EXPECT_EQ(sink.metric("numa.nodes").at(0).number, 1);
  EXPECT_EQ(sink.metric("numa.cpus").at(0).number, 32);
  EXPECT_EQ(sink.metric("numa.memory_mib").at(0).number, 4699);
}

TEST(Numactl, Launch) {
  const auto sink = test::parse<NumactlParser>("exec numactl --cpunodebind=1 -m 0 python train.py -m x\n");
  EXPECT_EQ(sink.settings.size(), 2u);
  EXPECT_EQ(sink.setting("numactl", "cpunodebind"), "1");
  EXPECT_EQ(sink.setting("numactl", "membind"), "0");
}

TEST(Numactl, AskingIsNoLaunch) {
  EXPECT_TRUE(test::parse<NumactlParser>("$ numactl --hardware\n$ numactl -H\n").settings.empty());
}

TEST(Environment, ExportAnywhereCounts) {
  const auto sink = test::parse<EnvironmentParser>("some text\nexport NCCL_P2P_DISABLE=1\nmore text\n");
  EXPECT_EQ(sink.setting("env", "NCCL_P2P_DISABLE"), "1");
  EXPECT_EQ(sink.settings.size(), 1u);
}

TEST(Environment, DumpGivesAllOfABlock) {
  const auto sink =
      test::parse<EnvironmentParser>("HOME=/root\nA_B=x y z\nNCCL_DEBUG=INFO\nLANG=C\nTERM=xterm\nPS1=$\n");
  EXPECT_EQ(sink.settings.size(), 6u);
  EXPECT_EQ(sink.setting("env", "A_B"), "x y z");
}

TEST(Environment, AFewOtherPairsAreNoEnvironment) {
  const auto sink = test::parse<EnvironmentParser>("HOME=/root\nfoo=bar\n\nCUDA_VISIBLE_DEVICES=0,1\nbaz=1\n");
  EXPECT_EQ(sink.settings.size(), 1u);
  EXPECT_EQ(sink.setting("env", "CUDA_VISIBLE_DEVICES"), "0,1");
}

TEST(Environment, DeclareAndPrompt) {
  const auto sink =
      test::parse<EnvironmentParser>("declare -x CUDA_VISIBLE_DEVICES=\"0,1\"\nops@gpu07:~$ export NCCL_DEBUG=INFO\n");
  EXPECT_EQ(sink.setting("env", "CUDA_VISIBLE_DEVICES"), "0,1");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG"), "INFO");
}

TEST(Environment, BeforeACommandAndMpirun) {
  const auto sink = test::parse<EnvironmentParser>(
      "NCCL_DEBUG=INFO CUDA_VISIBLE_DEVICES=0 python train.py\n"
      "mpirun -np 2 -x NCCL_SHM_DISABLE=1 -x LD_LIBRARY_PATH -x NCCL_IB_HCA=mlx5_0 ./all_reduce_perf\n");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG"), "INFO");
  EXPECT_EQ(sink.setting("env", "CUDA_VISIBLE_DEVICES"), "0");
  EXPECT_EQ(sink.setting("env", "NCCL_SHM_DISABLE"), "1");
  EXPECT_EQ(sink.setting("env", "NCCL_IB_HCA"), "mlx5_0");
}

TEST(Environment, EmptyValueIsAValue) {
  const auto sink = test::parse<EnvironmentParser>("CUDA_VISIBLE_DEVICES=\n");
  ASSERT_EQ(sink.settings.size(), 1u);
  EXPECT_EQ(sink.settings[0].value, "");
}

TEST(Environment, NearMisses) {
  EXPECT_TRUE(test::parse<EnvironmentParser>(
                  "# NCCL_DEBUG=INFO\n  \"NCCL_DEBUG=INFO\",\nset NCCL_DEBUG to INFO\nunset NCCL_DEBUG\n"
                  "LOCAL_RANK=0, WORLD_SIZE=2\ntime=1\nlevel=info\nmsg=a\ncuda=1\nx=NCCL_\ny=PATH=\n"
                  "gpu07:1:2 [0] NCCL INFO NCCL_IB_DISABLE set by environment to 1.\nNCCL_A B=1\n")
                  .settings.empty());
}

constexpr std::string_view lspci =
    "40:01.1 PCI bridge: Intel Corporation Device 352a (rev 30) (prog-if 00 [Normal decode])\n"
    "\tBus: primary=40, secondary=41\n"
    "\t\tLnkSta:\tSpeed 16GT/s (downgraded), Width x8 (downgraded)\n"
    "\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n"
    "\n"
    "41:00.0 3D controller: NVIDIA Corporation GH100 [H100 SXM5 80GB] (rev a1)\n"
    "\t\tLnkCap:\tPort #0, Speed 32GT/s, Width x16, ASPM not supported\n"
    "\t\tLnkSta:\tSpeed 2.5GT/s (downgraded), Width x16 (ok)\n"
    "\tKernel driver in use: nvidia\n"
    "\n"
    "42:00.0 Ethernet controller: Intel Corporation I350 (rev 01)\n"
    "\t\tLnkSta:\tSpeed 5GT/s (downgraded), Width x2 (downgraded)\n"
    "42:01.0 PCI bridge: Intel Corporation Device 352b (rev 30)\n"
    "\t\tACSCtl:\tSrcValid- TransBlk- ReqRedir- CmpltRedir- UpstreamFwd-\n";

TEST(Lspci, AcsOfEachBridge) {
  const auto acs = test::parse<LspciParser>(lspci).metric("acs.redirect");
  ASSERT_EQ(acs.size(), 2u);
  EXPECT_EQ(acs[0].subject, "0000:40:01.1");
  EXPECT_EQ(acs[0].number, 1);
  EXPECT_EQ(acs[1].number, 0);
}

TEST(Lspci, OnlyNvidiasLinkIsTold) {
  const auto links = test::parse<LspciParser>(lspci).of_kind("host.pcie_link");
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].place.pci, "0000:41:00.0");
  EXPECT_EQ(links[0].attributes.at("speed_state"), "downgraded");
  EXPECT_EQ(links[0].attributes.at("width_state"), "ok");
  EXPECT_EQ(links[0].attributes.at("speed_max"), "32GT/s");
}

TEST(Lspci, DriverInUse) { EXPECT_EQ(test::parse<LspciParser>(lspci).setting("host", "pci_driver"), "nvidia"); }

TEST(Lspci, DeadGpuIsToldOnce) {
  const auto sink = test::parse<LspciParser>(
      "03:00.0 VGA compatible controller: NVIDIA Corporation GP102 [GeForce GTX 1080 Ti] (rev ff) (prog-if ff)\n"
      "\t!!! Unknown header type 7f\n"
      "04:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP102 [10de:1b06] (rev a1)\n"
      "\t!!! Unknown header type 7f\n");
  const auto dead = sink.of_kind("host.lspci_dead_device");
  ASSERT_EQ(dead.size(), 2u);
  EXPECT_EQ(dead[0].place.pci, "0000:03:00.0");
  EXPECT_EQ(dead[1].place.pci, "0000:04:00.0");
  EXPECT_EQ(sink.of_kind("host.lspci_gpu").size(), 2u);
}

TEST(Lspci, UnassignedBar) {
  const auto sink = test::parse<LspciParser>(
      "14:00.0 3D controller: NVIDIA Corporation GA100 [A100 PCIe 80GB] (rev a1)\n"
      "\tRegion 1: Memory at <unassigned> (64-bit, prefetchable)\n");
  EXPECT_EQ(sink.of_kind("host.lspci_bar_unassigned").at(0).place.pci, "0000:14:00.0");
}

TEST(Lspci, OldOutputComparesWithTheCapability) {
  const auto sink = test::parse<LspciParser>(
      "14:00.0 3D controller: NVIDIA Corporation GA100 (rev a1)\n"
      "\t\tLnkCap:\tPort #0, Speed 16GT/s, Width x16, ASPM\n"
      "\t\tLnkSta:\tSpeed 16GT/s, Width x4, TrErr- Train-\n");
  EXPECT_EQ(sink.of_kind("host.pcie_link").at(0).attributes.at("width_state"), "downgraded");
}

TEST(Machine, UnameNamesTheHost) {
  const auto sink = test::parse<MachineParser>(
      "Linux aihost01.example 6.8.0-87-generic #88-Ubuntu SMP PREEMPT_DYNAMIC Sat Oct 11 09:28:41 UTC 2025 x86_64 "
      "x86_64 x86_64 GNU/Linux\n");
  EXPECT_EQ(sink.host, "aihost01");
  EXPECT_EQ(sink.setting("host", "kernel"), "6.8.0-87-generic");
}

TEST(Machine, AContainersIdIsNoHost) {
  EXPECT_EQ(test::parse<MachineParser>("Linux 3f2a1bc4d5e6 6.8.0-87-generic #88-Ubuntu SMP x86_64 GNU/Linux\n").host,
            "");
}

TEST(Machine, DriverVersionInBothFlavours) {
  const auto open = test::parse<MachineParser>(
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.195.03  Release Build  (b)\n");
  EXPECT_EQ(open.setting("host", "driver_version"), "570.195.03");
  EXPECT_EQ(open.setting("host", "driver_flavour"), "open");
  const auto closed = test::parse<MachineParser>(
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  530.30.02  Wed Feb 22 04:11:39 UTC 2023\n");
  EXPECT_EQ(closed.setting("host", "driver_version"), "530.30.02");
  EXPECT_EQ(closed.setting("host", "driver_flavour"), "proprietary");
}

TEST(Machine, LscpuAndOsRelease) {
  const auto sink = test::parse<MachineParser>(
      "Model name:                              Intel(R) Xeon(R) Processor\n"
      "Socket(s):                               2\n"
      "Virtualization:                          VT-x\n"
      "Hypervisor vendor:                       KVM\n"
      "NUMA node(s):                            4\n"
      "PRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n");
  EXPECT_EQ(sink.setting("host", "cpu_model"), "Intel(R) Xeon(R) Processor");
  EXPECT_EQ(sink.setting("host", "virtualization"), "KVM");
  EXPECT_EQ(sink.setting("host", "os"), "Ubuntu 22.04.4 LTS");
  EXPECT_EQ(sink.metric("host.sockets").at(0).number, 2);
  EXPECT_EQ(sink.metric("numa.nodes").at(0).number, 4);
}

TEST(Limits, UlimitInBothWidths) {
  const auto sink = test::parse<LimitsParser>(
      "max locked memory       (kbytes, -l) 8192\n"
      "open files                          (-n) 20000\n");
  EXPECT_EQ(sink.setting("limit", "memlock"), "8192");
  EXPECT_EQ(sink.setting("limit", "nofile"), "20000");
}

TEST(Limits, ProcLimitsAreInBytes) {
  EXPECT_EQ(
      test::parse<LimitsParser>("Max locked memory         67108864             67108864             bytes     \n")
          .setting("limit", "memlock"),
      "65536");
}

TEST(Limits, AnswerOnTheNextLine) {
  EXPECT_EQ(test::parse<LimitsParser>("# ulimit -l\nunlimited\n").setting("limit", "memlock"), "unlimited");
  EXPECT_TRUE(test::parse<LimitsParser>("$ ulimit -l\n$ ls\n").settings.empty());
}

TEST(Limits, RealH100) {
  const auto text = test::shared_file("captures/h100-580/ulimit.txt");
  if (!text) GTEST_SKIP() << "no captures; set GPM_SHARED";
  const auto sink = test::parse<LimitsParser>(*text);
  EXPECT_EQ(sink.setting("limit", "memlock"), "unlimited");
  EXPECT_EQ(sink.setting("limit", "nofile"), "20000");
}

TEST(Capacity, HumanUnits) {
  const auto sink = test::parse<CapacityParser>(
      "Filesystem      Size  Used Avail Use% Mounted on\n"
      "overlay         291G   96G  195G  33% /\n"
      "shm              64M   64M     0 100% /dev/shm\n");
  EXPECT_EQ(sink.metric("host.shm_total_mib").at(0).number, 64);
  EXPECT_EQ(sink.metric("host.shm_used_mib").at(0).number, 64);
  EXPECT_EQ(sink.metric("host.disk_use_percent").size(), 2u);
}

TEST(Capacity, KilobyteBlocks) {
  const auto sink = test::parse<CapacityParser>(
      "Filesystem     1K-blocks  Used Available Use% Mounted on\n"
      "shm                65536     0     65536   0% /dev/shm\n");
  EXPECT_EQ(sink.metric("host.shm_total_mib").at(0).number, 64);
}

TEST(Capacity, FreeInTheUnitThatFits) {
  const std::string table =
      "               total        used        free      shared  buff/cache   available\n"
      "Mem:          257811         581      256495           7         951      257229\n";
  EXPECT_EQ(test::parse<CapacityParser>(table).metric("host.memory_available_mib").at(0).number, 257229);
  EXPECT_EQ(test::parse<CapacityParser>("# free -g\n" + table).metric("host.memory_total_mib").at(0).number,
            257811 * 1024.0);
  EXPECT_EQ(
      test::parse<CapacityParser>("Mem:            2015          97        1411           1         506        1908\n")
          .metric("host.memory_total_mib")
          .at(0)
          .number,
      2015 * 1024.0);
}

TEST(Capacity, Meminfo) {
  EXPECT_EQ(test::parse<CapacityParser>("MemTotal:       1048576 kB\n").metric("host.memory_total_mib").at(0).number,
            1024);
}

TEST(Devices, ModulesFromBothTools) {
  const auto sink = test::parse<DevicesParser>(
      "Module                  Size  Used by\n"
      "nvidia              54063104  40 nvidia_uvm,nvidia_modeset\n"
      "drm_kms_helper        172032  1 nvidia_drm\n"
      "nvidia_uvm 1830912 - - Live 0xffffffffc080c000 (O)\n");
  EXPECT_EQ(sink.setting("kernel_module", "nvidia"), "present");
  EXPECT_EQ(sink.setting("kernel_module", "nvidia_uvm"), "present");
  EXPECT_EQ(sink.setting("kernel_module", "lsmod"), "complete");
  EXPECT_EQ(sink.settings.size(), 3u);
}

TEST(Devices, Nodes) {
  const auto sink = test::parse<DevicesParser>(
      "crw-rw-rw- 1 root root 195, 255 Nov 21 22:49 /dev/nvidiactl\n"
      "cr-------- 1 root root 241, 1 Nov 21 22:49 nvidia-cap1\n"
      "ls: cannot access '/dev/nvidia-uvm': No such file or directory\n");
  EXPECT_EQ(sink.setting("host", "device_node:nvidiactl"), "crw-rw-rw- root root 195:255");
  EXPECT_EQ(sink.setting("host", "device_node:nvidia-cap1"), "cr-------- root root 241:1");
  EXPECT_EQ(sink.of_kind("host.device_nodes_missing").at(0).attributes.at("path"), "/dev/nvidia-uvm");
}

TEST(Devices, RealH100) {
  const auto nodes = test::shared_file("captures/h100-580/dev.txt"),
             modules = test::shared_file("captures/h100-580/proc-modules.txt");
  if (!nodes || !modules) GTEST_SKIP() << "no captures; set GPM_SHARED";
  EXPECT_EQ(test::parse<DevicesParser>(*nodes).settings.size(), 7u);
  EXPECT_EQ(test::parse<DevicesParser>(*modules).settings.size(), 2u);
}

TEST(Processes, ZombieAndUninterruptible) {
  const auto sink = test::parse<ProcessesParser>(
      "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
      "root          55  0.0  0.0      0     0 ?        D    08:12   0:00 [kworker/u8:1]\n"
      "ops         4512  0.3  1.1 9114320 1481232 ?     Dsl  08:20   0:04 /opt/llm/bin/llama-server -m x\n"
      "ops         4600  0.0  0.0      0     0 ?        Zl   08:20   0:04 [python3] <defunct>\n");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_EQ(sink.events[0].kind, "host.process_uninterruptible");
  EXPECT_EQ(sink.events[0].place.process, "llama-server");
  EXPECT_EQ(sink.events[0].place.pid, 4512);
  EXPECT_EQ(sink.events[1].kind, "host.process_zombie");
  EXPECT_EQ(sink.events[1].place.process, "python3");
}

TEST(Processes, PsEfHasNoState) {
  const auto sink = test::parse<ProcessesParser>(
      "UID          PID    PPID  C STIME TTY          TIME CMD\n"
      "root        4600       1  0 08:20 ?        00:00:04 [python3] <defunct>\n"
      "root        4700       1  0 08:20 ?        00:00:04 nvidia-cuda-mps-control -d\n");
  EXPECT_EQ(sink.of_kind("host.process_zombie").size(), 1u);
  EXPECT_EQ(sink.of_kind("host.mps_process").at(0).attributes.at("role"), "control");
}

TEST(Processes, HoldersFromFuserAndLsof) {
  const auto fuser = test::parse<ProcessesParser>(
      "                     USER        PID ACCESS COMMAND\n"
      "/dev/nvidia0:        root       1234 F...m python3\n"
      "                     root       1300 F.... python3\n"
      "/dev/nvidiactl:      root       1234 F...m python3\n");
  ASSERT_EQ(fuser.events.size(), 2u);
  EXPECT_EQ(fuser.events[1].place.pid, 1300);
  EXPECT_EQ(fuser.events[1].attributes.at("device"), "/dev/nvidia0");
  const auto lsof = test::parse<ProcessesParser>(
      "COMMAND  PID USER   FD   TYPE  DEVICE SIZE/OFF NODE NAME\n"
      "python3 1234 root  mem    CHR  195,0           500 /dev/nvidia0\n"
      "python3 1234 root    5u   CHR  195,0      0t0  500 /dev/nvidia0\n");
  ASSERT_EQ(lsof.events.size(), 1u);
  EXPECT_EQ(lsof.events[0].place.process, "python3");
}

TEST(Processes, TablesOfOthersAreNotRead) {
  EXPECT_TRUE(test::parse<ProcessesParser>(
                  "|  GPU   GI   CI        PID   Type   Process name                            GPU Memory |\n"
                  "|    1   N/A  N/A      2210      G   nvidia-cuda-mps-server                       4MiB |\n"
                  "# gpu         pid   type     sm    mem    enc    dec    command\n")
                  .events.empty());
}

TEST(Host, HostileInputEndsQuickly) {
  std::string text = "USER PID STAT COMMAND\nFilesystem 1K-blocks Used Available Use% Mounted on\n";
  for (int i = 0; i < 20000; ++i) text += "A=" + std::string(100, 'x') + "\n";
  text += std::string(1 << 20, '=') + "NCCL_\n" + std::string(1 << 20, ' ') + "PATH=\n";
  EXPECT_LE(test::parse<EnvironmentParser>("PATH=/x\n" + text).settings.size(), 20000u);
  EXPECT_TRUE(test::parse<CapacityParser>(text).snapshots.empty());
  EXPECT_TRUE(test::parse<ProcessesParser>(text).events.empty());
}

TEST(Lspci, OthersDevicesGiveNoGpu) {
  const auto sink = test::parse<LspciParser>("00:1f.2 SATA controller: Intel Corporation Device (rev 05)\n\tLnkSta:\tSpeed 8GT/s, Width x4\nNVIDIA 3D controller: see 41:00.0\n");
  EXPECT_TRUE(sink.events.empty());
}

TEST(Machine, TalkOfTheSystemIsLeft) {
  const auto sink = test::parse<MachineParser>("The Kernel: Linux is what it runs\nNVRM version: unknown\nmy PRETTY_NAME=x\nLinux is fine\n");
  EXPECT_TRUE(sink.settings.empty());
  EXPECT_TRUE(sink.host.empty());
}

TEST(Devices, OtherNodesAndModulesAreLeft) {
  const auto sink = test::parse<DevicesParser>("crw-rw-rw- 1 root root 1, 3 Nov 21 22:49 /dev/null\nls: cannot access '/tmp/nvidia': No such file or directory\nthe nvidia module is loaded\n");
  EXPECT_TRUE(sink.settings.empty());
  EXPECT_TRUE(sink.events.empty());
}

}  // namespace
}  // namespace gpm::parsers::host
