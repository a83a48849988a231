// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/nvidia_smi/samples.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia_smi {
namespace {

using test::parse;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> texts(const test::RecordingSink& sink, std::string_view metric) {
  std::vector<std::string> found;
  for (const auto& snapshot : sink.metric(metric)) found.push_back(snapshot.text);
  return found;
}

std::vector<std::string> error_cells(const test::RecordingSink& sink) {
  std::vector<std::string> found;
  for (const auto& snapshot : sink.metric("gpu.error_cell")) found.push_back(snapshot.subject);
  return found;
}

TEST(Table, TwoLinesAGpuAndNoCudaVersionBefore410) {
  const auto sink = parse<TableParser>(samples::table_390);
  EXPECT_EQ(sink.setting("host", "driver_version"), "390.116");
  EXPECT_EQ(sink.setting("host", "cuda_version"), "");
  ASSERT_THAT(sink.gpus, SizeIs(2));
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:06:00.0");
  EXPECT_EQ(sink.gpus[0].name, "Tesla V100-SXM2...");
  EXPECT_EQ(sink.gpus[0].at.line, 8u);
  EXPECT_EQ(sink.metric("gpu.memory_used_mib")[0].number, 1092);
  EXPECT_THAT(texts(sink, "gpu.compute_mode"), ElementsAre("Exclusive_Process", "Prohibited"));
  EXPECT_THAT(sink.metric("gpu.power_w"), SizeIs(1)) << "N/A is no power";
}

TEST(Table, ProcessesWithoutInstanceColumnsBefore450) {
  const auto sink = parse<TableParser>(samples::table_390);
  const auto processes = sink.of_kind("nvidia_smi.process");
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0].place.gpu_index, 0);
  EXPECT_EQ(processes[0].place.pid, 41203);
  EXPECT_EQ(processes[0].place.process, "/usr/bin/python3");
  EXPECT_EQ(processes[0].attributes.at("memory_used_mib"), "1082");
  EXPECT_EQ(sink.metric("gpu.process_memory_used_mib")[0].number, 1082);
  EXPECT_THAT(sink.of_kind("nvidia_smi.no_processes"), IsEmpty()) << "Not Supported is not the same as none";
}

TEST(Table, DateAboveTheTableIsItsTime) {
  const auto sink = parse<TableParser>(samples::table_390);
  const auto time = sink.metric("gpu.memory_used_mib")[0].time;
  EXPECT_EQ(time.utc_ns, 1555919402'000'000'000);  // 2019-04-22 07:50:02
  EXPECT_EQ(time.from, facts::TimeFrom::assumed_utc);
  EXPECT_EQ(time.precision_ms, 1000);
  EXPECT_EQ(sink.of_kind("nvidia_smi.process")[0].time.utc_ns, time.utc_ns);
}

TEST(Table, MigGpuItsDevicesAndTheirProcesses) {
  const auto sink = parse<TableParser>(samples::table_525_mig);
  EXPECT_THAT(texts(sink, "gpu.mig_mode"), ElementsAre("Enabled"));
  EXPECT_THAT(texts(sink, "gpu.mig_mode_change_pending"), ElementsAre("Yes"));
  EXPECT_THAT(texts(sink, "gpu.ecc_mode"), ElementsAre("Enabled")) << "On stands where the count would be";
  const auto devices = sink.of_kind("nvidia_smi.mig_device");
  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_EQ(devices[0].place.gpu_index, 0);
  EXPECT_EQ(devices[0].attributes.at("gpu_instance"), "1");
  EXPECT_EQ(devices[0].attributes.at("memory_total_mib"), "20096");
  const auto processes = sink.of_kind("nvidia_smi.process");
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0].attributes.at("type"), "M+C");
  EXPECT_EQ(processes[0].attributes.at("compute_instance"), "2");
}

TEST(Table, ALostGpuShowsErrorCells) {
  const auto sink = parse<TableParser>(samples::table_535_lost);
  ASSERT_THAT(sink.gpus, SizeIs(2));
  EXPECT_EQ(sink.gpus[0].place.gpu_index, 5);
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:91:00.0");
  EXPECT_EQ(sink.gpus[0].name, "");
  EXPECT_THAT(error_cells(sink), ElementsAre("name", "ecc_uncorrectable_volatile", "fan_speed", "temperature", "performance_state",
                                             "power", "power_limit", "utilization", "mig_mode", "power"));
  EXPECT_EQ(sink.metric("gpu.error_cell").back().place.gpu_index, 6);
}

TEST(Table, CellsThatOverflowTheirColumn) {
  const auto sink = parse<TableParser>(samples::table_535_lost);
  EXPECT_EQ(sink.metric("gpu.memory_used_mib").back().number, 171216);
  EXPECT_EQ(sink.metric("gpu.power_limit_w").back().number, 1000);
  EXPECT_EQ(sink.metric("gpu.ecc_uncorrectable_volatile").back().number, 3);
}

TEST(Table, KernelModeDriverVersionFrom610) {
  const auto sink = parse<TableParser>(samples::table_610);
  EXPECT_EQ(sink.setting("host", "driver_version"), "610.43.02");
  EXPECT_EQ(sink.setting("host", "cuda_version"), "13.3");
  ASSERT_THAT(sink.of_kind("nvidia_smi.no_processes"), SizeIs(1));
  EXPECT_EQ(sink.of_kind("nvidia_smi.no_processes")[0].time.utc_ns, 1786093260'000'000'000);
}

TEST(Table, PastedIntoTheMiddleOfATicket) {
  const auto sink = parse<TableParser>("the node looks fine to me:\n\n$ nvidia-smi\n" + std::string(samples::table_610) +
                                       "$ uname -r\n5.15.0\n| GPU | owner |\n|  0  alice  On | 00000000:19:00.0 Off | x |\n");
  ASSERT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.gpus[0].at.line, 12u);
  EXPECT_EQ(sink.metric("gpu.temperature_c")[0].number, 32);
}

TEST(Table, CutInTheMiddleOfARow) {
  const auto text = samples::table_610.substr(0, samples::table_610.find("MiB /  81559"));
  const auto sink = parse<TableParser>(text);
  EXPECT_THAT(sink.gpus, SizeIs(1));
  EXPECT_THAT(sink.metric("gpu.temperature_c"), SizeIs(1));
  EXPECT_THAT(sink.metric("gpu.memory_used_mib"), IsEmpty());
}

TEST(Table, HeadCutOff) {
  const auto text = samples::table_610.substr(samples::table_610.find("| GPU  Name"));
  const auto sink = parse<TableParser>(text);
  EXPECT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.metric("gpu.temperature_c")[0].time.utc_ns, std::nullopt);
}

TEST(Table, ProcessListWithoutARowIsEmpty) {
  const auto sink = parse<TableParser>(R"(
+---------------------------------------------------------------------------------------+
| Processes:                                                                            |
|  GPU   GI   CI        PID   Type   Process name                            GPU Memory |
|        ID   ID                                                             Usage      |
|=======================================================================================|
+---------------------------------------------------------------------------------------+
)");
  ASSERT_THAT(sink.of_kind("nvidia_smi.no_processes"), SizeIs(1));
  EXPECT_EQ(sink.of_kind("nvidia_smi.no_processes")[0].attributes.at("list"), "empty");
}

TEST(Table, ProcessNameWithABar) {
  const auto sink = parse<TableParser>(R"(
|  GPU   GI   CI        PID   Type   Process name                            GPU Memory |
|=======================================================================================|
|    0   N/A  N/A     41977      C   sh -c a | b                                 834MiB |
)");
  ASSERT_THAT(sink.of_kind("nvidia_smi.process"), SizeIs(1));
  EXPECT_EQ(sink.of_kind("nvidia_smi.process")[0].place.process, "sh -c a | b");
}

TEST(Table, OtherTablesAreLeftAlone) {
  const auto sink = parse<TableParser>(R"(
| GPU  Name | Bus-Id  | note |
|-----------|---------|------|
|   0  H100 | 0000:19 | ok   |
+----+-------+
| id | name  |
+----+-------+
|  1 | On    |
)");
  EXPECT_THAT(sink.gpus, IsEmpty());
  EXPECT_THAT(sink.snapshots, IsEmpty());
  EXPECT_THAT(sink.events, IsEmpty());
}

TEST(Table, AWatchLoopIsBoundedAndItsEndIsSeen) {
  std::string loop;
  for (int i = 0; i < 1000; ++i) loop += samples::table_610;
  std::string last(samples::table_610);
  last.replace(last.find("N/A   32C"), 9, "ERR! ERR!");
  const auto sink = parse<TableParser>(loop + last);
  EXPECT_THAT(sink.gpus, SizeIs(1));
  EXPECT_THAT(sink.metric("gpu.temperature_c"), SizeIs(Reporter::whole_samples));
  EXPECT_THAT(sink.notes, SizeIs(1));
  EXPECT_THAT(error_cells(sink), ElementsAre("fan_speed", "temperature"));
}

}  // namespace
}  // namespace gpm::nvidia_smi
