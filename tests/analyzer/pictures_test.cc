// SPDX-License-Identifier: Apache-2.0
//
// What the page draws, from documents to data: topology, memory, state of GPUs, settings, timeline, context of quotes.
#include "analyzer/compose/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "analyzer/compose/context.h"
#include "analyzer/compose/gpu_readings.h"
#include "analyzer/compose/inventory.h"
#include "analyzer/compose/moments.h"
#include "analyzer/compose/rank_groups.h"
#include "analyzer/compose/settings.h"
#include "analyzer/scan/scanner.h"

namespace gpm::compose {
namespace {

using std::string_view_literals::operator""sv;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class PicturesTest : public testing::Test {
 protected:
  void document(std::string_view path, std::string_view text) {
    scanner.begin(path);
    scanner.data(text);
    scanner.end("ok", "");
  }
  report::Result inventory() {
    store.finish("h");
    report::Result result;
    add_inventory(store, {}, result);
    return result;
  }
  static std::vector<std::string> unusual(const report::Gpu& gpu) {
    std::vector<std::string> list;
    for (const auto& r : gpu.readings)
      if (!r.unusual.empty()) list.push_back(r.metric + (r.subject.empty() ? "" : ":" + r.subject) + "=" + r.value + " " + r.unusual);
    return list;
  }
  static std::string value(const report::Gpu& gpu, std::string_view metric) {
    for (const auto& r : gpu.readings)
      if (r.metric == metric) return r.value;
    return "-";
  }

  kb::Knowledge knowledge{};
  store::Store store{"b", true};
  scan::Scanner scanner{knowledge, store};
};

constexpr std::string_view topo =
    "\tGPU0\tGPU1\tNIC0\tNIC1\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\n"
    "GPU0\t X \tNV18\tPIX\tSYS\t0-47\t0\t\tN/A\n"
    "GPU1\tNV18\t X \tSYS\tPXB\t48-95\t1\t\tN/A\n"
    "NIC0\tPIX\tSYS\t X \tSYS\t\t\t\t\n"
    "NIC1\tSYS\tPXB\tSYS\t X \t\t\t\t\n"
    "\n"
    "NIC Legend:\n\n  NIC0: mlx5_0\n  NIC1: mlx5_1\n";

TEST_F(PicturesTest, TheMatrixOfTopoIsDevicesAndLinks) {
  document("n1/topo.txt", topo);
  const auto result = inventory();
  ASSERT_THAT(result.topologies, SizeIs(1));
  const auto& t = result.topologies[0];
  std::vector<std::string> devices, links;
  for (const auto& d : t.devices) devices.push_back(d.name + " " + d.device + " @" + d.numa);
  for (const auto& l : t.links) links.push_back(t.devices[l.from].name + "-" + t.devices[l.to].name + " " + l.type);
  EXPECT_THAT(devices, ElementsAre("GPU0  @0", "GPU1  @1", "NIC0 mlx5_0 @0", "NIC1 mlx5_1 @1")) << "a NIC is where the GPUs near it are";
  EXPECT_THAT(links, ElementsAre("GPU0-GPU1 NV18", "GPU0-NIC0 PIX", "GPU0-NIC1 SYS", "GPU1-NIC0 SYS", "GPU1-NIC1 PXB"));
}

TEST_F(PicturesTest, APortThatIsDownIsMarkedInTheTopology) {
  document("n1/topo.txt", topo);
  document("n1/ibstat.txt",
           "CA 'mlx5_0'\n\tCA type: MT4129\n\tNumber of ports: 1\n\tPort 1:\n\t\tState: Active\n\t\tPhysical state: LinkUp\n\t\tRate: 400\n"
           "CA 'mlx5_1'\n\tCA type: MT4129\n\tNumber of ports: 1\n\tPort 1:\n\t\tState: Down\n\t\tPhysical state: Polling\n\t\tRate: 10\n");
  const auto result = inventory();
  ASSERT_THAT(result.topologies, SizeIs(1));
  EXPECT_EQ(result.topologies[0].devices[2].trouble, "");
  EXPECT_EQ(result.topologies[0].devices[3].trouble, "mlx5_1:1 down");
}

TEST_F(PicturesTest, WithoutAMatrixThereIsNoTopology) {
  document("smi.txt", "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11)\n");
  EXPECT_THAT(inventory().topologies, IsEmpty());
}

constexpr std::string_view smi_table =
    "Wed Nov 20 00:02:45 2024       \n"
    "+-----------------------------------------------------------------------------------------+\n"
    "| NVIDIA-SMI 550.54.14              Driver Version: 550.54.14      CUDA Version: 12.4     |\n"
    "|-----------------------------------------+------------------------+----------------------+\n"
    "| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |\n"
    "| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |\n"
    "|                                         |                        |               MIG M. |\n"
    "|=========================================+========================+======================|\n"
    "|   0  NVIDIA A100 80GB PCIe          On  |   00000000:17:00.0 Off |                    0 |\n"
    "| N/A   41C    P0              67W /  300W |   76234MiB /  81920MiB |      0%      Default |\n"
    "|                                         |                        |             Disabled |\n"
    "+-----------------------------------------+------------------------+----------------------+\n"
    "|   1  NVIDIA A100 80GB PCIe          On  |   00000000:65:00.0 Off |                    3 |\n"
    "| N/A   94C    P0             213W /  300W |   39512MiB /  81920MiB |     87%      Default |\n"
    "|                                         |                        |             Disabled |\n"
    "+-----------------------------------------+------------------------+----------------------+\n"
    "                                                                                         \n"
    "+-----------------------------------------------------------------------------------------+\n"
    "| Processes:                                                                              |\n"
    "|  GPU   GI   CI        PID   Type   Process name                              GPU Memory |\n"
    "|        ID   ID                                                               Usage      |\n"
    "|=========================================================================================|\n"
    "|    1   N/A  N/A      4711      C   python                                     30000MiB |\n"
    "|    1   N/A  N/A      4712      C   /usr/bin/tritonserver                       9000MiB |\n"
    "+-----------------------------------------------------------------------------------------+\n";

TEST_F(PicturesTest, MemoryIsShownByGpuAndProcess) {
  document("smi.txt", smi_table);
  const auto result = inventory();
  ASSERT_THAT(result.usage, SizeIs(1));
  const auto& usage = result.usage[0];
  ASSERT_THAT(usage.gpus, SizeIs(2));
  EXPECT_TRUE(usage.lists_processes);
  EXPECT_EQ(usage.gpus[0].used_mib, 76234);
  EXPECT_THAT(usage.gpus[0].processes, IsEmpty());
  EXPECT_EQ(usage.gpus[1].total_mib, 81920);
  EXPECT_EQ(usage.gpus[1].utilization_percent, 87);
  ASSERT_THAT(usage.gpus[1].processes, SizeIs(2));
  EXPECT_EQ(usage.gpus[1].processes[0].name, "python");
  EXPECT_EQ(usage.gpus[1].processes[0].used_mib, 30000);
  EXPECT_EQ(usage.gpus[1].processes[1].pid, 4712);
}

TEST_F(PicturesTest, OddReadingsOfAGpuAreMarkedAndOrdinaryOnesAreNot) {
  document("smi.txt", smi_table);
  const auto result = inventory();
  ASSERT_THAT(result.gpus, SizeIs(2));
  EXPECT_THAT(unusual(result.gpus[0]), IsEmpty());
  EXPECT_THAT(unusual(result.gpus[1]), ElementsAre("gpu.ecc_uncorrectable_volatile=3 counted", "gpu.temperature_c=94C hot"));
}

TEST_F(PicturesTest, OfSeveralSamplesTheNewestCounts) {
  std::string later(smi_table);
  later.replace(later.find("00:02:45"), 8, "00:12:45");
  later.replace(later.find("41C"), 3, "55C");
  document("b-early.txt", smi_table);
  document("a-late.txt", later);
  const auto result = inventory();
  ASSERT_THAT(result.gpus, SizeIs(2));
  EXPECT_EQ(value(result.gpus[0], "gpu.temperature_c"), "55C");
}

TEST_F(PicturesTest, AGpuThatDiffersFromMostOthersIsMarked) {
  std::string csv = "index, pci.bus_id, vbios_version\n";
  for (int i = 0; i < 4; ++i) csv += std::to_string(i) + ", 00000000:1" + std::to_string(i) + ":00.0, 96.00.89.00.0" + (i == 2 ? "7" : "1") + "\n";
  document("vbios.csv", csv);
  const auto result = inventory();
  ASSERT_THAT(result.gpus, SizeIs(4));
  EXPECT_THAT(unusual(result.gpus[1]), IsEmpty());
  EXPECT_THAT(unusual(result.gpus[2]), ElementsAre("gpu.vbios_version=96.00.89.00.07 differs"));
}

TEST_F(PicturesTest, AHostWithAnotherDriverThanMostIsMarked) {
  report::Result result;
  for (const char* name : {"n1", "n2", "n3"}) result.hosts.push_back({name, {{"driver_version", name == std::string("n3") ? "535.1" : "550.1"}}});
  mark_odd_hosts(result);
  EXPECT_THAT(result.hosts[0].unusual, IsEmpty());
  EXPECT_THAT(result.hosts[2].unusual, ElementsAre("driver_version"));
}

TEST_F(PicturesTest, TwoHostsThatDifferAreNotOdd) {
  report::Result result;
  result.hosts = {{"n1", {{"driver_version", "535.1"}}}, {"n2", {{"driver_version", "550.1"}}}};
  mark_odd_hosts(result);
  EXPECT_THAT(result.hosts[0].unusual, IsEmpty());
  EXPECT_THAT(result.hosts[1].unusual, IsEmpty());
}

constexpr kb::Signal small_shm{.id = "container.shm.small",
                               .title = {"small /dev/shm", "过小"},
                               .role = kb::Role::candidate,
                               .query = "SELECT * FROM settings WHERE scope = 'container' AND key = 'shm_size_bytes' AND NOT EXISTS (SELECT 1 FROM settings "
                                        "i WHERE i.key = 'host_ipc' AND i.value = 'true')"};

TEST_F(PicturesTest, ASettingThatASignalAsksForIsUnusualAndItsNeighboursAreNot) {
  document("run.sh", "docker run --gpus all --shm-size=64m -e NCCL_DEBUG=INFO -e HOME=/root image:1 python train.py\n");
  store.finish("h");
  report::Result result;
  result.language = "en";
  signals::Findings findings;
  auto& present = findings.present["container.shm.small"];
  present.signal = &small_shm;
  store::Statement s(store.database().get(), "SELECT document_id, line FROM settings WHERE key = 'shm_size_bytes'");
  ASSERT_TRUE(s.step());
  signals::Observation o;
  o.document_id = s.integer(0);
  o.line = static_cast<std::uint64_t>(s.integer(1));
  present.observations.push_back(o);
  add_settings(store, findings, result);
  ASSERT_FALSE(result.settings.empty());
  EXPECT_EQ(result.settings[0].key, "shm_size_bytes");
  EXPECT_EQ(result.settings[0].signal_title, "small /dev/shm");
  EXPECT_TRUE(result.settings[0].trouble);
  std::vector<std::string> ordinary;
  for (const auto& setting : result.settings)
    if (setting.signal.empty()) ordinary.push_back(setting.key);
  EXPECT_THAT(ordinary, Contains("NCCL_DEBUG"));
  EXPECT_THAT(ordinary, Contains("host_ipc")) << "what the signal asks of other rows does not make this one unusual";
  EXPECT_THAT(ordinary, testing::Not(Contains("HOME")));
}

constexpr kb::Signal own_ipc{.id = "container.own_ipc",
                             .title = {"own IPC namespace", "独立 IPC"},
                             .role = kb::Role::confirmation,
                             .query = "SELECT * FROM settings g WHERE g.key IN ('gpu_request', 'gpus') AND NOT EXISTS (SELECT 1 FROM settings i WHERE "
                                      "i.subject = g.subject AND i.key = 'host_ipc' AND i.value = 'true')"};

TEST_F(PicturesTest, WhatAContainerLacksIsMarkedWhereItIsSetAndNotAtItsGpus) {
  document("run.sh", "docker run --name a --gpus all --ipc=private image:1 python train.py\n");
  store.finish("h");
  report::Result result;
  result.language = "en";
  signals::Findings findings;
  auto& present = findings.present["container.own_ipc"];
  present.signal = &own_ipc;
  store::Statement s(store.database().get(), "SELECT document_id, line FROM settings WHERE key = 'gpus'");
  ASSERT_TRUE(s.step());
  signals::Observation o;
  o.document_id = s.integer(0);
  o.line = static_cast<std::uint64_t>(s.integer(1));
  present.observations.push_back(o);
  add_settings(store, findings, result);
  std::map<std::string, std::string> noted;
  for (const auto& setting : result.settings) noted[setting.key] = setting.signal;
  EXPECT_EQ(noted["host_ipc"], "container.own_ipc");
  EXPECT_EQ(noted["gpus"], "");
}

TEST(SourceOf, TellsWhoSpeaks) {
  EXPECT_EQ(source_of("kernel.xid.79", "text"), "kernel");
  EXPECT_EQ(source_of("pcie.aer", "syslog"), "kernel");
  EXPECT_EQ(source_of("nccl.init.stopped", "app-log"), "nccl");
  EXPECT_EQ(source_of("torch.watchdog_timeout", "app-log"), "application");
  EXPECT_EQ(source_of("k8s.pod_evicted", "kubectl-get"), "platform");
  EXPECT_EQ(source_of("rdma.port_down", "ibstat"), "host");
}

constexpr kb::Signal xid79{.id = "kernel.xid.79", .title = {"Xid 79", "Xid 79"}, .role = kb::Role::candidate, .query = "SELECT * FROM events WHERE kind = 'kernel.xid'"};
constexpr kb::Signal watchdog{.id = "torch.watchdog", .title = {"timeout", "超时"}, .role = kb::Role::consequence, .query = "SELECT 1"};

class MomentsTest : public testing::Test {
 protected:
  void saw(const kb::Signal& signal, const std::string& document, std::uint64_t line, std::int64_t second, const std::string& text, const std::string& host = "n1") {
    auto& present = findings.present[std::string(signal.id)];
    present.signal = &signal;
    signals::Observation o;
    o.document = document;
    o.line = line;
    o.text = text;
    o.utc_ns = second * 1'000'000'000;
    o.place.host = host;
    present.observations.push_back(o);
  }
  report::Result timeline() {
    report::Result result;
    result.language = "en";
    result.causes.resize(1);
    add_timeline(findings, {{&lost, 1, 3, 0.9, {{&uses[0], 4}}}}, result);
    return result;
  }
  static constexpr std::array uses = {kb::Use{"kernel.xid.79", kb::Weight::decisive, ""}};
  static constexpr std::array explains = {"torch.watchdog"sv};
  static constexpr kb::Cause lost{.id = "lost", .title = {"GPU lost", ""}, .uses = uses, .explains = explains};
  signals::Findings findings;
};

TEST_F(MomentsTest, TheFirstSignOfTheFaultIsMarkedAndWhatFollowsIsTiedToIt) {
  saw(watchdog, "rank0.log", 5, 700, "Watchdog caught");
  saw(xid79, "dmesg", 9, 100, "NVRM: Xid (PCI:0000:d1:00): 79, GPU has fallen off the bus.");
  const auto result = timeline();
  ASSERT_THAT(result.timeline, SizeIs(2));
  EXPECT_TRUE(result.timeline[0].first);
  EXPECT_EQ(result.timeline[0].evidence_of, 1);
  EXPECT_EQ(result.timeline[1].follows_from, 1);
  EXPECT_EQ(result.timeline[1].source, "application");
}

TEST_F(MomentsTest, OneMessageInTwoLogsOfAHostIsOneEvent) {
  saw(xid79, "dmesg-T", 9, 100, "[Tue Oct 24 09:41:12 2023] NVRM: Xid (PCI:0000:d1:00): 79, GPU has fallen off the bus.");
  saw(xid79, "dmesg", 9, 100, "[91748.400000] NVRM: Xid (PCI:0000:d1:00): 79, GPU has fallen off the bus.");
  EXPECT_THAT(timeline().timeline, SizeIs(1));
}

TEST_F(MomentsTest, ABurstOfEqualMessagesStaysABurst) {
  for (const char* log : {"dmesg-T", "dmesg"})
    for (int i = 0; i < 3; ++i) saw(xid79, log, 9 + static_cast<std::uint64_t>(i), 100, "NVRM: Xid (PCI:0000:d1:00): 79, GPU has fallen off the bus.");
  EXPECT_THAT(timeline().timeline, SizeIs(3));
}

TEST_F(MomentsTest, TheSameMessageOnAnotherHostOrAMinuteLaterIsAnotherEvent) {
  saw(xid79, "n1/dmesg", 9, 100, "NVRM: Xid 79");
  saw(xid79, "n2/dmesg", 9, 100, "NVRM: Xid 79", "n2");
  saw(xid79, "n1/dmesg-later", 9, 160, "NVRM: Xid 79");
  EXPECT_THAT(timeline().timeline, SizeIs(3));
}

TEST(MatchingPart, OfAPatternWhatItMatches) {
  constexpr kb::Signal busy{.id = "b", .title = {}, .pattern = "devices are busy or unavailable"};
  EXPECT_EQ(MatchingPart(busy).of("[rank3]: RuntimeError: all CUDA-capable devices are busy or unavailable"), "devices are busy or unavailable");
}

TEST(MatchingPart, OfAQueryTheLongestLiteralThatTheLineHolds) {
  constexpr kb::Signal q{.id = "q", .title = {}, .query = "SELECT * FROM events WHERE kind = 'x' AND (text LIKE '%GPU%' OR text LIKE '%Library Version Mismatch%')"};
  EXPECT_EQ(MatchingPart(q).of("GPU: library version mismatch"), "library version mismatch");
  EXPECT_EQ(MatchingPart(q).of("nothing of it"), "");
}

TEST(MatchingPart, OfAnXidItsNumberWithTheAddress) {
  EXPECT_EQ(MatchingPart(xid79).of("[1.5] NVRM: Xid (PCI:0000:d1:00): 79, pid=7"), "Xid (PCI:0000:d1:00): 79");
}

TEST(MatchingParts, EachLineHasThatOfItsOwnSignal) {
  constexpr kb::Signal busy{.id = "busy", .title = {}, .pattern = "devices are busy"};
  signals::Findings findings;
  findings.present["busy"] = {&busy, {}, 1};
  findings.present["xid"] = {&xid79, {}, 1};
  std::vector<report::Cause> causes(2);
  const auto quote = [](report::Cause& cause, const char* signal, const char* text) {
    auto& e = cause.evidence.emplace_back();
    e.signal = signal;
    e.text = text;
  };
  quote(causes[0], "busy", "all devices are busy");
  quote(causes[0], "nobody", "knows it");
  quote(causes[1], "xid", "NVRM: Xid (PCI:0000:d1:00): 79, pid=7");
  quote(causes[1], "busy", "no, devices are busy");
  scan::Worker worker;
  MatchingParts(findings, causes, worker).put_in(causes);
  EXPECT_EQ(causes[0].evidence[0].match, "devices are busy");
  EXPECT_EQ(causes[0].evidence[1].match, "");
  EXPECT_EQ(causes[1].evidence[0].match, "Xid (PCI:0000:d1:00): 79");
  EXPECT_EQ(causes[1].evidence[1].match, "devices are busy");
}

TEST_F(PicturesTest, NearAQuoteStandTheLinesThatSaySomething) {
  document("dmesg", "[    1.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n[    2.000000] usb 1-1: new device\n"
                    "[    3.000000] NVRM: Xid (PCI:0000:d1:00): 79, pid=7, name=python, GPU has fallen off the bus.\n"
                    "[    4.000000] NVRM: Xid (PCI:0000:d1:00): 154, GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot Required)\n");
  store.finish("h");
  report::Result result;
  result.causes.resize(1);
  report::Evidence e;
  e.document = "dmesg";
  e.line = 3;
  result.causes[0].evidence = {e};
  add_context(store, result);
  std::vector<std::uint64_t> lines;
  for (const auto& near : result.causes[0].evidence[0].context) lines.push_back(near.line);
  EXPECT_THAT(lines, ElementsAre(1, 4));
}

}  // namespace
}  // namespace gpm::compose
