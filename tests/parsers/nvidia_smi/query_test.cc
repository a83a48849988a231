// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/nvidia_smi/xml.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia_smi {
namespace {

using test::parse;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view head = R"(==============NVSMI LOG==============

Timestamp                                 : Mon Jun  3 10:12:20 2024
Driver Version                            : 535.161.08
CUDA Version                              : 12.2

Attached GPUs                             : 8
GPU 00000000:8F:00.0
)";

test::RecordingSink query(std::string_view body) { return parse<QueryParser>(std::string(head) + std::string(body)); }

std::optional<double> value(const test::RecordingSink& sink, std::string_view metric, std::string_view subject = {}) {
  for (const auto& snapshot : sink.metric(metric))
    if (snapshot.subject == subject) return snapshot.number;
  return std::nullopt;
}

std::string text(const test::RecordingSink& sink, std::string_view metric, std::string_view subject = {}) {
  for (const auto& snapshot : sink.metric(metric))
    if (snapshot.subject == subject) return snapshot.text;
  return "";
}

TEST(Query, HeadAndIdentity) {
  const auto sink = query(R"(    Product Name                          : NVIDIA A100-SXM4-80GB
    Serial Number                         : 1650924032663
    GPU UUID                              : GPU-fb9b9614-6b13-c658-36b4-99e3bec40694
)");
  EXPECT_EQ(sink.setting("host", "driver_version"), "535.161.08");
  EXPECT_EQ(value(sink, "gpu.attached"), 8);
  EXPECT_EQ(sink.metric("gpu.attached")[0].time.utc_ns, 1717409540'000'000'000);
  ASSERT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:8f:00.0");
  EXPECT_EQ(sink.gpus[0].place.gpu_uuid, "GPU-fb9b9614-6b13-c658-36b4-99e3bec40694");
  EXPECT_EQ(sink.gpus[0].serial, "1650924032663");
  EXPECT_EQ(sink.gpus[0].name, "NVIDIA A100-SXM4-80GB");
}

TEST(Query, SramSplitIntoParityAndSecDed) {
  const auto sink = query(R"(    ECC Errors
        Volatile
            SRAM Correctable              : 0
            SRAM Uncorrectable Parity     : 1
            SRAM Uncorrectable SEC-DED    : 2
            DRAM Correctable              : 7
            DRAM Uncorrectable            : 4
        Aggregate
            DRAM Uncorrectable            : 5
            SRAM Threshold Exceeded       : Yes
)");
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile", "sram"), 3);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile", "dram"), 4);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile"), 7);
  EXPECT_EQ(value(sink, "gpu.ecc_correctable_volatile"), 7);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_aggregate"), 5);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_aggregate", "sram"), std::nullopt) << "not stated";
  EXPECT_EQ(text(sink, "gpu.sram_threshold_exceeded"), "Yes");
  EXPECT_EQ(sink.metric("gpu.ecc_uncorrectable_volatile").back().at.line, 15u) << "the line with the most";
}

TEST(Query, SingleAndDoubleBitOfVolta) {
  const auto sink = query(R"(    ECC Errors
        Volatile
            Single Bit            
                Device Memory             : 3
                Register File             : 1
                Texture Memory            : N/A
                Total                     : 4
            Double Bit            
                Device Memory             : 2
                Register File             : 0
                Total                     : 2
)");
  EXPECT_EQ(value(sink, "gpu.ecc_correctable_volatile"), 4);
  EXPECT_EQ(value(sink, "gpu.ecc_correctable_volatile", "sram"), 1);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile", "dram"), 2);
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile"), 2);
}

TEST(Query, EccThatIsOffGivesNoCounts) {
  const auto sink = query("    ECC Errors\n        Volatile\n            DRAM Uncorrectable            : N/A\n");
  EXPECT_THAT(sink.metric("gpu.ecc_uncorrectable_volatile"), IsEmpty());
}

TEST(Query, RemappedRowsAndRetiredPages) {
  const auto sink = query(R"(    Retired Pages
        Single Bit ECC                    : 12
        Double Bit ECC                    : 1
        Pending Page Blacklist            : Yes
    Remapped Rows
        Correctable Error                 : 0
        Inactive Correctable Error        : 9
        Uncorrectable Error               : 5
        Pending                           : Yes
        Remapping Failure Occurred        : No
        Bank Remap Availability Histogram
            Max                           : 638 bank(s)
            None                          : 2 bank(s)
)");
  EXPECT_EQ(value(sink, "gpu.retired_pages", "double_bit"), 1);
  EXPECT_EQ(text(sink, "gpu.retired_pages_pending"), "Yes");
  EXPECT_EQ(value(sink, "gpu.remapped_rows_correctable"), 0);
  EXPECT_EQ(value(sink, "gpu.remapped_rows_uncorrectable"), 5);
  EXPECT_EQ(text(sink, "gpu.remapped_rows_pending"), "Yes");
  EXPECT_EQ(text(sink, "gpu.remap_failure"), "No");
  EXPECT_EQ(value(sink, "gpu.remap_banks", "none"), 2);
}

TEST(Query, AKeyWithAValueMayHaveKeysBelowIt) {
  const auto sink = query(R"(    Clocks Throttle Reasons
        Idle                        : Not Active
        HW Slowdown                 : Active
            HW Thermal Slowdown     : Active
            HW Power Brake Slowdown : Not Active
        SW Thermal Slowdown         : Not Active
)");
  EXPECT_EQ(text(sink, "gpu.clock_event", "hw_slowdown"), "Active");
  EXPECT_EQ(text(sink, "gpu.clock_event", "hw_thermal_slowdown"), "Active");
  EXPECT_EQ(text(sink, "gpu.clock_event", "hw_power_brake_slowdown"), "Not Active");
  EXPECT_EQ(text(sink, "gpu.clock_event", "sw_thermal_slowdown"), "Not Active");
}

TEST(Query, PcieLinkAndReset) {
  const auto sink = query(R"(    GPU Reset Status
        Reset Required                    : Yes
        Drain and Reset Recommended       : No
    GPU Recovery Action                   : Drain and Reset
    GSP Firmware Version                  : N/A
    PCI
        GPU Link Info
            PCIe Generation
                Max                       : 4
                Current                   : 1
                Device Max                : 5
            Link Width
                Max                       : 16x
                Current                   : 8x
        Replays Since Reset               : 211
    MIG Mode
        Current                           : Disabled
        Pending                           : Enabled
    Fabric
        State                             : In Progress
        Status                            : N/A
)");
  EXPECT_EQ(text(sink, "gpu.reset_required"), "Yes");
  EXPECT_EQ(text(sink, "gpu.recovery_action"), "Drain and Reset");
  EXPECT_EQ(text(sink, "gpu.gsp_firmware_version"), "N/A");
  EXPECT_EQ(value(sink, "gpu.pcie_generation_max"), 4);
  EXPECT_EQ(value(sink, "gpu.pcie_width_current"), 8);
  EXPECT_EQ(value(sink, "gpu.pcie_width_max"), 16);
  EXPECT_EQ(value(sink, "gpu.pcie_replays"), 211);
  EXPECT_EQ(text(sink, "gpu.mig_mode"), "Disabled");
  EXPECT_EQ(text(sink, "gpu.mig_mode_change_pending"), "Yes");
  EXPECT_EQ(text(sink, "gpu.fabric_state"), "In Progress");
  EXPECT_THAT(sink.metric("gpu.fabric_status"), IsEmpty());
}

TEST(Query, ProcessesInTheNarrowForm) {
  const auto sink = query(R"(    Processes
        GPU instance ID                   : N/A
        Compute instance ID               : N/A
        Process ID                        : 2266
            Type                          : C
            Name                          : ./faults : one
            Used GPU Memory               : 79024 MiB
        Process ID                        : 2267
            Type                          : G
            Name                          : Xorg
            Used GPU Memory               : N/A
    Capabilities
        EGM                                            : disabled
)");
  const auto processes = sink.of_kind("nvidia_smi.process");
  ASSERT_THAT(processes, SizeIs(2));
  EXPECT_EQ(processes[0].place.pid, 2266);
  EXPECT_EQ(processes[0].place.process, "./faults : one");
  EXPECT_EQ(processes[0].attributes.at("memory_used_mib"), "79024");
  EXPECT_EQ(processes[0].at.line, 12u);
  EXPECT_EQ(processes[1].place.process, "Xorg");
  EXPECT_THAT(sink.metric("gpu.process_memory_used_mib"), SizeIs(1));
}

TEST(Query, AGpuThatDoesNotAnswer) {
  const auto sink = query(R"(    Product Name                          : NVIDIA A10G
    Clocks Event Reasons                  : Unknown Error
    Fan Speed                             : GPU is lost
    FB Memory Usage
        Used                              : Unknown Error
    Display Mode                          : Requested functionality has been deprecated
)");
  std::vector<std::string> cells;
  for (const auto& cell : sink.metric("gpu.error_cell")) cells.push_back(cell.subject + "=" + cell.text);
  EXPECT_THAT(cells, ElementsAre("clocks_event_reasons=Unknown Error", "fan_speed=GPU is lost", "memory_used=Unknown Error"));
  EXPECT_EQ(sink.metric("gpu.error_cell")[0].place.pci, "0000:8f:00.0");
}

TEST(Query, EndsAtTheNextPromptAndStartsAgain) {
  const auto sink = query(R"(    Compute Mode                          : Prohibited
$ nvidia-smi -q -i 1 -d COMPUTE
some text
and more text
    Compute Mode                          : Default
GPU 00000001:90:00.0
    Compute Mode                          : Exclusive_Process
)");
  ASSERT_THAT(sink.metric("gpu.compute_mode"), SizeIs(2));
  EXPECT_EQ(sink.metric("gpu.compute_mode")[1].place.pci, "0001:90:00.0");
  EXPECT_EQ(sink.metric("gpu.compute_mode")[1].text, "Exclusive_Process");
}

TEST(Query, KernelLinesWithAnAddressAreNotGpus) {
  const auto sink = parse<QueryParser>("NVRM: GPU 0000:41:00.0: RmInitAdapter failed! (0x26:0x56:1463)\n    Name : x\n");
  EXPECT_THAT(sink.gpus, IsEmpty());
  EXPECT_THAT(sink.snapshots, IsEmpty());
}

TEST(Query, DeepIndentationStaysBounded) {
  std::string body;
  for (int i = 1; i < 500; ++i) body += std::string(static_cast<std::size_t>(i) + 4, ' ') + "Section\n";
  const auto sink = query(body + "    Compute Mode : Default\n");
  EXPECT_EQ(text(sink, "gpu.compute_mode"), "Default");
}

constexpr std::string_view xml = R"(<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
	<timestamp>Mon Jun  3 10:12:20 2024</timestamp>
	<driver_version>535.161.08</driver_version>
	<cuda_version>12.2</cuda_version>
	<attached_gpus>8</attached_gpus>
	<gpu id="00000000:8F:00.0">
		<product_name>NVIDIA A100-SXM4-80GB</product_name>
		<serial>1650924032663</serial>
		<uuid>GPU-fb9b9614-6b13-c658-36b4-99e3bec40694</uuid>
		<mig_mode><current_mig>Enabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>
		<clocks_event_reasons>
			<clocks_event_reason_hw_thermal_slowdown>Active</clocks_event_reason_hw_thermal_slowdown>
		</clocks_event_reasons>
		<ecc_errors>
			<volatile>
				<sram_uncorrectable_parity>1</sram_uncorrectable_parity>
				<dram_uncorrectable>2</dram_uncorrectable>
			</volatile>
		</ecc_errors>
		<remapped_rows>
			<remapped_row_unc>5</remapped_row_unc>
			<remapped_row_pending>Yes</remapped_row_pending>
		</remapped_rows>
		<gpu_power_readings><power_draw>Unknown Error</power_draw></gpu_power_readings>
		<processes>
			<process_info>
				<pid>2266</pid>
				<type>C</type>
				<process_name>a &lt;b&gt;</process_name>
				<used_memory>79024 MiB</used_memory>
			</process_info>
		</processes>
	</gpu>
</nvidia_smi_log>
)";

test::RecordingSink parse_xml(std::string_view document) {
  test::RecordingSink sink;
  XmlParser parser;
  if (parser.sniff(document.substr(0, 4096), "x")) parser.parse(document, sink);
  return sink;
}

TEST(Xml, SameFactsAsTheText) {
  const auto sink = parse_xml(xml);
  EXPECT_EQ(sink.setting("host", "driver_version"), "535.161.08");
  ASSERT_THAT(sink.gpus, SizeIs(1));
  EXPECT_EQ(sink.gpus[0].place.pci, "0000:8f:00.0");
  EXPECT_EQ(sink.gpus[0].serial, "1650924032663");
  EXPECT_EQ(value(sink, "gpu.ecc_uncorrectable_volatile"), 3);
  EXPECT_EQ(value(sink, "gpu.remapped_rows_uncorrectable"), 5);
  EXPECT_EQ(text(sink, "gpu.mig_mode"), "Enabled");
  EXPECT_EQ(text(sink, "gpu.clock_event", "hw_thermal_slowdown"), "Active");
  EXPECT_EQ(text(sink, "gpu.error_cell", "power"), "Unknown Error");
  EXPECT_EQ(sink.metric("gpu.remapped_rows_uncorrectable")[0].time.utc_ns, 1717409540'000'000'000);
  const auto processes = sink.of_kind("nvidia_smi.process");
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0].place.process, "a <b>");
}

TEST(Xml, FactsCarryTheirLine) {
  const auto sink = parse_xml("WARNING: infoROM is corrupted at gpu 0000:8F:00.0\n" + std::string(xml));
  const auto pending = sink.metric("gpu.remapped_rows_pending").at(0);
  EXPECT_EQ(pending.at.line, 25u);
  EXPECT_EQ(pending.at.text, "\t\t\t<remapped_row_pending>Yes</remapped_row_pending>");
}

TEST(Xml, CutLogIsReadToItsEnd) {
  const auto sink = parse_xml(xml.substr(0, xml.find("<remapped_row_pending>")));
  EXPECT_EQ(value(sink, "gpu.remapped_rows_uncorrectable"), 5);
  EXPECT_THAT(sink.gpus, SizeIs(1));
  EXPECT_THAT(sink.notes, SizeIs(1));
}

TEST(Xml, SeveralLogsOfALoop) {
  const auto sink = parse_xml(std::string(xml) + std::string(xml));
  EXPECT_THAT(sink.gpus, SizeIs(1));
  ASSERT_THAT(sink.metric("gpu.remapped_rows_pending"), SizeIs(2));
  EXPECT_EQ(sink.metric("gpu.remapped_rows_pending")[1].at.line, 24u + 36u);
}

TEST(Xml, OtherXmlAndBombsAreRefused) {
  EXPECT_FALSE(XmlParser().sniff("<?xml version=\"1.0\"?><html/>", "nvidia-smi.xml"));
  std::string deep = "<nvidia_smi_log>";
  for (int i = 0; i < 300'000; ++i) deep += "<a>";
  EXPECT_THAT(parse_xml(deep).snapshots, IsEmpty());
  std::string many = "<nvidia_smi_log>";
  for (int i = 0; i < 500'000; ++i) many += "<a/>";
  EXPECT_THAT(parse_xml(many).notes, SizeIs(1));
}

}  // namespace
}  // namespace gpm::nvidia_smi
