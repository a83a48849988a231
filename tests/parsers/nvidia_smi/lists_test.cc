// SPDX-License-Identifier: Apache-2.0
//
// The small outputs: -L, CSV queries, topo, nvlink.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/nvidia_smi/csv.h"
#include "parsers/nvidia_smi/list.h"
#include "parsers/nvidia_smi/nvlink.h"
#include "parsers/nvidia_smi/topo.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia_smi {
namespace {

using test::parse;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// "0>GPU1=NV18": row index, subject, text.
std::vector<std::string> cells(const test::RecordingSink& sink, std::string_view metric) {
  std::vector<std::string> found;
  for (const auto& s : sink.metric(metric))
    found.push_back((s.place.gpu_index ? std::to_string(*s.place.gpu_index) : "-") + ">" + s.subject + "=" + s.text);
  return found;
}

TEST(List, GpusAndTheirMigDevices) {
  const auto sink = parse<ListParser>(R"($ nvidia-smi -L
GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-9abcde3c-5846-28a0-2620-bf796dee1204)
  MIG 1g.10gb+me  Device  0: (UUID: MIG-ced6bfe1-f650-f6b3-3859-4d37eb7850d2)
  MIG 3g.40gb     Device  1: (UUID: MIG-GPU-9abcde3c-5846-28a0-2620-bf796dee1204/7/0)
GPU 1: Tesla T4 (UUID: GPU-6654c734-ccab-8f44-0ff0-825eb443dc7f)
GPU 1: Tesla T4 (UUID: GPU-6654c734-ccab-8f44-0ff0-825eb443dc7f)
)");
  ASSERT_THAT(sink.gpus, SizeIs(2)) << "the same line again is the same GPU";
  EXPECT_EQ(sink.gpus[0].name, "NVIDIA A100-SXM4-80GB");
  EXPECT_EQ(sink.gpus[1].place.gpu_index, 1);
  const auto mig = sink.of_kind("nvidia_smi.mig_device");
  ASSERT_THAT(mig, SizeIs(2));
  EXPECT_EQ(mig[0].attributes.at("profile"), "1g.10gb+me");
  EXPECT_EQ(mig[1].attributes.at("mig_uuid"), "MIG-GPU-9abcde3c-5846-28a0-2620-bf796dee1204/7/0");
  EXPECT_EQ(mig[1].place.gpu_index, 0);
}

TEST(List, NearMisses) {
  const auto sink = parse<ListParser>("GPU 0: (UUID: GPU-xyz)\nVGPU 0: T4 (UUID: GPU-6654c734-ccab-8f44)\nGPU (UUID: GPU-6654c734)\n");
  EXPECT_THAT(sink.gpus, IsEmpty());
}

TEST(Topo, TabsWithAffinities) {
  const auto sink = parse<TopoParser>(
      "\tGPU0\tGPU1\tmlx5_0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\n"
      "GPU0\t X \tNV18\tPIX\t0-47,96-143\t0\t\tN/A\n"
      "GPU1\tNV18\t X \tSYS\t48-95\t1\t\t4\n"
      "mlx5_0\tPIX\tSYS\t X \t\n");
  EXPECT_THAT(cells(sink, "topo.link"), ElementsAre("0>GPU1=NV18", "0>mlx5_0=PIX", "1>GPU0=NV18", "1>mlx5_0=SYS"));
  EXPECT_THAT(cells(sink, "topo.cpu_affinity"), ElementsAre("0>=0-47,96-143", "1>=48-95"));
  EXPECT_THAT(cells(sink, "topo.numa_affinity"), ElementsAre("0>=0", "1>=1"));
  EXPECT_THAT(cells(sink, "topo.gpu_numa_id"), ElementsAre("1>=4"));
}

TEST(Topo, UnderlinedHead) {
  std::string scratch;
  const std::string head = "\x1b[4m\tGPU0\tGPU1\tCPU Affinity\x1b[0m";
  if (text::unwrap(1, head, scratch).message == head) GTEST_SKIP() << "text::unwrap leaves ANSI escapes in";
  const auto sink = parse<TopoParser>(head + "\nGPU0\t X \tSYS\t0-31\nGPU1\tSYS\t X \t0-31\n");
  EXPECT_THAT(cells(sink, "topo.link"), ElementsAre("0>GPU1=SYS", "1>GPU0=SYS"));
}

TEST(Topo, EmptyCpuAffinityDoesNotShift) {
  const auto sink = parse<TopoParser>("\tGPU0\tGPU1\tCPU Affinity\tNUMA Affinity\nGPU0\t X \tSYS\t\t1\nGPU1\tSYS\t X \t0-31\tN/A\n");
  EXPECT_THAT(cells(sink, "topo.cpu_affinity"), ElementsAre("1>=0-31"));
  EXPECT_THAT(cells(sink, "topo.numa_affinity"), ElementsAre("0>=1", "1>=N/A"));
}

TEST(Topo, PastedWithBlanks) {
  const auto sink = parse<TopoParser>(R"(gpu07 $ nvidia-smi topo -m
        GPU0    GPU1    NIC0    CPU Affinity    NUMA Affinity   GPU NUMA ID
GPU0     X      NV12    PXB     0-15,64-79      0               N/A
GPU1    NV12     X      SYS     16-31           1               N/A
NIC0    PXB     SYS      X

Legend:

  X    = Self
  SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)

NIC Legend:

  NIC0: mlx5_bond_0
)");
  EXPECT_THAT(cells(sink, "topo.link"), ElementsAre("0>GPU1=NV12", "0>NIC0=PXB", "1>GPU0=NV12", "1>NIC0=SYS"));
  EXPECT_THAT(cells(sink, "topo.numa_affinity"), ElementsAre("0>=0", "1>=1"));
  EXPECT_THAT(cells(sink, "topo.nic"), ElementsAre("->NIC0=mlx5_bond_0"));
}

TEST(Topo, OnlyTheFirstColumns) {
  const auto sink = parse<TopoParser>("\tGPU0\tGPU1\nGPU0\t X \tNV18\nGPU1\tNV18\t X \n$ env\n");
  EXPECT_THAT(cells(sink, "topo.link"), ElementsAre("0>GPU1=NV18", "1>GPU0=NV18"));
}

TEST(Topo, PeerToPeer) {
  const auto sink = parse<TopoParser>(" \tGPU0\tGPU1\t\n GPU0\tX\tCNS\t\n GPU1\tOK\tX\t\n\nLegend:\n");
  EXPECT_THAT(cells(sink, "topo.p2p"), ElementsAre("0>GPU1=CNS", "1>GPU0=OK"));
  EXPECT_THAT(sink.metric("topo.link"), IsEmpty());
}

TEST(Topo, ProseIsNoTopology) {
  const auto sink = parse<TopoParser>("GPU0  and GPU1 are both slow\nGPU0\tGPU1\tNV18\nset the CPU Affinity of GPU0\nGPU0 X SYS\n");
  EXPECT_THAT(sink.snapshots, IsEmpty());
}

TEST(Csv, HeadNamesTheColumns) {
  const auto sink = parse<CsvParser>(
      "timestamp, index, name, uuid, pci.bus_id, driver_version, fan.speed [%], utilization.gpu [%], memory.used [MiB], "
      "clocks_throttle_reasons.active, compute_mode\n"
      "2026/11/21 22:49:33.064, 1, NVIDIA H100 80GB HBM3, GPU-749ddcce-803b-359f-4c51-9f31b05596ed, 00000000:00:07.0, 580.159.04, "
      "[N/A], 100 %, 81000 MiB, 0x0000000000000048, Exclusive_Process\n");
  ASSERT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:00:07.0");
  EXPECT_EQ(sink.gpus[0].place.gpu_index, 1);
  EXPECT_EQ(sink.setting("host", "driver_version"), "580.159.04");
  EXPECT_EQ(sink.metric("gpu.memory_used_mib")[0].number, 81000);
  EXPECT_EQ(sink.metric("gpu.memory_used_mib")[0].time.utc_ns, 1795301373'064'000'000);
  EXPECT_EQ(sink.metric("gpu.compute_mode")[0].text, "Exclusive_Process");
  std::vector<std::string> active;
  for (const auto& s : sink.metric("gpu.clock_event"))
    if (s.text == "Active") active.push_back(s.subject);
  EXPECT_THAT(active, ElementsAre("hw_slowdown", "hw_thermal_slowdown"));
}

TEST(Csv, CommandNamesTheColumnsWhereThereIsNoHead) {
  const auto sink = parse<CsvParser>(R"(# nvidia-smi --query-gpu=index,name,driver_version,memory.used,memory.total --format=csv,noheader
0, NVIDIA H100 80GB HBM3, 575.57.08, 2 MiB, 81559 MiB
1, NVIDIA H100 80GB HBM3, 575.57.08, [GPU is lost], 81559 MiB
# lsmod | egrep 'peermem|nvidia |ib_core'
nvidia             104165376  512 nvidia_uvm,nvidia_modeset
2, NVIDIA H100 80GB HBM3, 575.57.08, 2 MiB, 81559 MiB
)");
  EXPECT_THAT(sink.gpus, SizeIs(2));
  EXPECT_THAT(sink.metric("gpu.memory_total_mib"), SizeIs(2));
  EXPECT_THAT(cells(sink, "gpu.error_cell"), ElementsAre("1>memory_used=GPU is lost"));
}

TEST(Csv, PendingMigModeThatDiffersWaitsForAReset) {
  const auto sink = parse<CsvParser>(
      "index, name, mig.mode.current, mig.mode.pending\n"
      "0, NVIDIA A100-SXM4-80GB, Disabled, Enabled\n"
      "1, NVIDIA A100-SXM4-80GB, Enabled, Enabled\n"
      "2, NVIDIA GeForce RTX 3090, [N/A], [N/A]\n");
  EXPECT_THAT(cells(sink, "gpu.mig_mode_change_pending"), ElementsAre("0>=Yes", "1>=No"));
  EXPECT_THAT(sink.metric("gpu.mig_mode"), SizeIs(2));
}

TEST(Csv, ProcessListOfCommandsIsNoOutput) {
  const auto sink = parse<CsvParser>(R"(ops 2590 D 08:14 0:00 nvidia-smi --query-gpu=index,name,memory.used --format=csv,noheader
ops 3012 D 08:15 0:00 nvidia-smi --query-gpu=index,name,memory.used --format=csv,noheader
ops 3448 a, b, c
)");
  EXPECT_THAT(sink.gpus, IsEmpty());
  EXPECT_THAT(sink.snapshots, IsEmpty());
}

TEST(Csv, ComputeApps) {
  const auto sink = parse<CsvParser>(
      "gpu_uuid, pid, process_name, used_gpu_memory [MiB]\n"
      "GPU-749ddcce-803b-359f-4c51-9f31b05596ed, 2266, ./faults, 79024 MiB\n");
  const auto processes = sink.of_kind("nvidia_smi.process");
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0].place.pid, 2266);
  EXPECT_EQ(processes[0].place.gpu_uuid, "GPU-749ddcce-803b-359f-4c51-9f31b05596ed");
  EXPECT_EQ(sink.metric("gpu.process_memory_used_mib")[0].number, 79024);
  EXPECT_THAT(sink.of_kind("nvidia_smi.no_processes"), IsEmpty());
}

TEST(Csv, ComputeAppsWithoutARow) {
  const auto sink = parse<CsvParser>("gpu_uuid, pid, process_name, used_gpu_memory [MiB]\n");
  EXPECT_THAT(sink.of_kind("nvidia_smi.no_processes"), SizeIs(1));
}

TEST(Csv, RemappedRows) {
  const auto sink = parse<CsvParser>(
      "gpu_uuid, remapped_rows.correctable, remapped_rows.uncorrectable, remapped_rows.pending, remapped_rows.failure\n"
      "GPU-fb9b9614-6b13-c658-36b4-99e3bec40694, 0, 3, Yes, No\n");
  EXPECT_EQ(sink.metric("gpu.remapped_rows_uncorrectable")[0].number, 3);
  EXPECT_EQ(sink.metric("gpu.remapped_rows_pending")[0].text, "Yes");
}

TEST(Csv, OtherCsvIsLeftAlone) {
  const auto sink = parse<CsvParser>("name, index, memory.used\n0, 1\nhost,memory_used,pid\nnode1,12,7\ndriver_version: 1, 2\n");
  EXPECT_THAT(sink.snapshots, IsEmpty());
  EXPECT_THAT(sink.events, IsEmpty());
}

TEST(Nvlink, SpeedAndInactiveLinks) {
  const auto sink = test::parse<NvlinkParser>(
      "GPU 3: NVIDIA A100-SXM4-80GB (UUID: GPU-db4e7abf-aae6-23f7-0e45-3afb957e8a35)\n"
      "\t Link 5: 25 GB/s\n\t Link 6: <inactive>\n$ exit\n\n\n\t Link 7: 25 GB/s\n");
  EXPECT_THAT(cells(sink, "nvlink.speed_gbps"), ElementsAre("3>5=25", "3>6=<inactive>"));
  EXPECT_EQ(sink.metric("nvlink.speed_gbps")[1].number, 0);
}

TEST(Nvlink, ErrorCounters) {
  const auto sink = test::parse<NvlinkParser>(
      "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-fb9b9614-6b13-c658-36b4-99e3bec40694)\n"
      "\t Link 0: Replay Errors: 4\n\t Link 0: Recovery Errors: 1\n\t Link 0: CRC Errors: 18446744073709551615\n\n"
      "\t Link 1: Effective BER: 1.5e-12\n\t Link 1: FEC Errors - 0: 99999\n\t Link 1: Replay Errors: 2\n");
  EXPECT_THAT(cells(sink, "nvlink.replay_errors"), ElementsAre("0>0=4", "0>1=2"));
  EXPECT_THAT(cells(sink, "nvlink.recovery_errors"), ElementsAre("0>0=1"));
  EXPECT_DOUBLE_EQ(*sink.metric("nvlink.effective_ber").at(0).number, 1.5e-12);
  EXPECT_THAT(sink.snapshots, SizeIs(5)) << "FEC bucket 0 counts good blocks";
}

TEST(Nvlink, NoLinkIsUp) {
  const auto sink = test::parse<NvlinkParser>(
      "GPU 2: NVIDIA H100 80GB HBM3 (UUID: GPU-fb9b9614-6b13-c658-36b4-99e3bec40694)\n"
      "NVML: Unable to retrieve NVLink information as all links are inActive\n");
  ASSERT_THAT(sink.of_kind("nvidia_smi.error"), SizeIs(1));
  EXPECT_EQ(sink.events[0].attributes.at("state"), "nvlink-inactive");
  EXPECT_EQ(sink.events[0].place.gpu_index, 2);
}

TEST(Nvlink, LinksOfOtherThingsAreLeft) {
  const auto sink = test::parse<NvlinkParser>("Link 0: up\neth0 Link 4: 100 GB/s\nGPU 0 is fine\n\t Link to the log: 3\n");
  EXPECT_TRUE(sink.snapshots.empty());
  EXPECT_TRUE(sink.events.empty());
}

}  // namespace
}  // namespace gpm::nvidia_smi
