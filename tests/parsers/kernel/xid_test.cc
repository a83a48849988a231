// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/xid.h"

#include "tests/parsers/capture.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::kernel {
namespace {

facts::Event only(std::string_view text) {
  const auto sink = test::parse<XidParser>(text);
  EXPECT_EQ(sink.events.size(), 1u) << text;
  return sink.events.empty() ? facts::Event{} : sink.events[0];
}
std::string attribute_of(const facts::Event& event, const std::string& key) {
  const auto found = event.attributes.find(key);
  return found == event.attributes.end() ? "" : found->second;
}

TEST(Xid, FellOffTheBusWithUnknownProcess) {
  const auto event = only(
      "[155044.078590] NVRM: Xid (PCI:0000:41:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.");
  EXPECT_EQ(event.kind, "kernel.xid");
  EXPECT_EQ(event.code, 79);
  EXPECT_EQ(event.place.pci, "0000:41:00.0");
  EXPECT_FALSE(event.place.pid);
  EXPECT_EQ(event.place.process, "");
  EXPECT_EQ(attribute_of(event, "detail"), "GPU has fallen off the bus.");
  EXPECT_EQ(event.time.since_boot_ns, 155044078590000);
  EXPECT_EQ(event.at.line, 1u);
}

TEST(Xid, EveryGenerationOfTheHead) {
  EXPECT_EQ(only("NVRM: Xid (0000:03:00): 13, 0003 00000000").place.pci, "0000:03:00.0");
  EXPECT_EQ(only("NVRM: Xid (PCI:0000:06:00): 79, GPU has fallen off the bus.").code, 79);
  const auto pid_only = only("NVRM: Xid (PCI:0000:db:00): 43, pid=3643, Ch 00000010");
  EXPECT_EQ(pid_only.place.pid, 3643);
  EXPECT_EQ(attribute_of(pid_only, "channel"), "00000010");
  EXPECT_EQ(only("NVRM: Xid (PCI:0008:06:00.0): 79, x").place.pci, "0008:06:00.0");
}

TEST(Xid, ProcessNamesAreCutAndOdd) {
  for (const auto* name : {"VLLM::Worker_TP", "ray::WorkerDict", "nvc:[driver]", "[pytest-xdist r", "python3"}) {
    const auto event = only(std::string("NVRM: Xid (PCI:0000:41:00): 43, pid=9120, name=") + name + ", Ch 00000008");
    EXPECT_EQ(event.place.process, name);
    EXPECT_EQ(event.place.pid, 9120);
    EXPECT_EQ(attribute_of(event, "detail"), "Ch 00000008");
  }
}

TEST(Xid, BothNotationsOfTheChannel) {
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 43, channel 0x0000000a"), "channel"), "0000000a");
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 32, Channel ID 0000000d intr0 00040000"), "channel"),
            "0000000d");
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 69, Class Error: ChId 0008, Class 0000cbc0"), "channel"),
            "0008");
}

TEST(Xid, MigInstance) {
  const auto event = only("NVRM: Xid (PCI:0000:01:00 GPU-I:05 GPU-CI:00): 43, pid=1, name=a, Ch 00000008");
  EXPECT_EQ(attribute_of(event, "gpu_instance"), "05");
  EXPECT_EQ(event.place.pci, "0000:01:00.0");
}

TEST(Xid, MmuFaultBefore580AndAfter) {
  const auto old = only(
      "NVRM: Xid (PCI:0000:41:00): 31, pid=5, name=python3, Ch 00000007, intr 00000000. MMU Fault: ENGINE GRAPHICS "
      "GPCCLIENT_T1_6 faulted "
      "@ 0x7f5a_e7504000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ");
  EXPECT_EQ(attribute_of(old, "engine"), "GRAPHICS");
  EXPECT_EQ(attribute_of(old, "fault_type"), "FAULT_PDE");
  EXPECT_EQ(attribute_of(old, "access"), "ACCESS_TYPE_VIRT_READ");
  EXPECT_EQ(attribute_of(old, "fault_address"), "0x7f5ae7504000");
  const auto recent = only(
      "NVRM: Xid (PCI:0000:41:00): 31, channel 0x0000000a, intr 00000000. MMU Fault: ENGINE GRAPHICS GPC1 "
      "GPCCLIENT_T1_8 faulted @ "
      "0x0_00000010. Fault is of type FAULT_PTE ACCESS_TYPE_VIRT_WRITE");
  EXPECT_EQ(attribute_of(recent, "client"), "GPCCLIENT_T1_8");
  EXPECT_EQ(attribute_of(recent, "fault_address"), "0x10");
  EXPECT_EQ(attribute_of(recent, "channel"), "0000000a");
}

TEST(Xid, OldMmuFaultHasOnlyTheMasks) {
  const auto event = only("NVRM: Xid (PCI:0000:41:00): 31, Ch 0000000b, engmask 00000120, intr 10000000");
  EXPECT_EQ(event.code, 31);
  EXPECT_EQ(attribute_of(event, "fault_type"), "");
}

TEST(Xid, SmException) {
  const auto warp =
      only("NVRM: Xid (PCI:0000:41:00): 13, Graphics SM Warp Exception on (GPC 8, TPC 5, SM 0): Out Of Range Address");
  EXPECT_EQ(attribute_of(warp, "exception"), "Out Of Range Address");
  EXPECT_EQ(attribute_of(warp, "gpc"), "8");
  const auto esr = only("NVRM: Xid (PCI:0000:41:00): 13, Graphics Exception: ESR 0x546f30=0x124000e 0x546f34=0x24");
  EXPECT_EQ(attribute_of(esr, "esr"), "0x546f30=0x124000e 0x546f34=0x24");
}

TEST(Xid, ConsequenceNamesItsCause) {
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 45, pid=7, name=b, Ch 00000001 caused by previous Xid 149"),
                         "previous_xid"),
            "149");
}

TEST(Xid, MemoryErrors) {
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 63, Row Remapper: New row (0x00000012bac1c3e0) marked for "
                              "remapping, reset gpu to activate."),
                         "address"),
            "0x00000012bac1c3e0");
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 64, Row Remapper: (0x12) - Attempting to remap a row that "
                              "is already pending remapping."),
                         "already_pending"),
            "already pending");
  const auto contained = only("NVRM: Xid (PCI:0000:41:00): 94, Contained: CE User Channel (0x1). RST: No, D-RST: No");
  EXPECT_EQ(attribute_of(contained, "unit"), "CE User Channel");
  EXPECT_EQ(attribute_of(contained, "reset"), "No");
}

TEST(Xid, GspTimeoutInTwoWordings) {
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 119, pid=1, name=a, Timeout waiting for RPC from GSP! "
                              "Expected function GSP_RM_CONTROL (0x20800a2a 0x58)."),
                         "gsp_function"),
            "GSP_RM_CONTROL");
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 119, Timeout after 6s of waiting for RPC response from GPU4 "
                              "GSP! Expected function 103 (GSP_RM_ALLOC) (0x2081 0x4)."),
                         "gsp_function"),
            "GSP_RM_ALLOC");
}

TEST(Xid, RecoveryAction) {
  EXPECT_EQ(attribute_of(only("NVRM: Xid (PCI:0000:41:00): 154, GPU recovery action changed from 0x0 (None) to 0x1 "
                              "(GPU Reset Required)"),
                         "recovery_action"),
            "GPU Reset Required");
}

TEST(Xid, Nvlink5) {
  const auto event =
      only("NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT  Fatal   XC0 i0 Link 08 (0x004505c6 0x00000000 0x0)");
  EXPECT_EQ(attribute_of(event, "unit"), "NETIR_LINK_EVT");
  EXPECT_EQ(attribute_of(event, "link"), "08");
  EXPECT_EQ(attribute_of(event, "intr_info"), "0x004505c6");
}

TEST(Xid, NearMisses) {
  for (const auto* text : {"DCGM_FI_DEV_XID_ERRORS{gpu=\"0\"} 31", "Xid (PCI:0000:41:00): 79", "NVRM: Xid (PCI:0000:41",
                           "NVRM: Xid (PCI:0000:41:00): ", "NVRM: Xid (PCI:0000:41:00): x79, y",
                           "NVRM: Xid (PCI:0000:41:00): 99999999999999999999, y", "see NVRM: Xid () for more"})
    EXPECT_TRUE(test::parse<XidParser>(text).events.empty()) << text;
}

TEST(Xid, CutLinesStillCount) {
  EXPECT_EQ(only("NVRM: Xid (PCI:0000:41:00): 79").code, 79);
  EXPECT_EQ(only("NVRM: Xid (PCI:0000:41:00): 43, pid=12").place.pid, 12);
  EXPECT_EQ(only("NVRM: Xid (PCI:0000:41:00): 43, pid=12, name=pyth").place.process, "pyth");
}

TEST(Sxid, FatalWithLink) {
  const auto event = only("nvidia-nvswitch2: SXid (PCI:0000:c1:00.0): 20034, Fatal, Link 30 LTSSM Fault Up");
  EXPECT_EQ(event.kind, "kernel.sxid");
  EXPECT_EQ(event.code, 20034);
  EXPECT_EQ(event.place.pci, "0000:c1:00.0");
  EXPECT_EQ(attribute_of(event, "fatal"), "yes");
  EXPECT_EQ(attribute_of(event, "link"), "30");
  EXPECT_EQ(attribute_of(event, "detail"), "LTSSM Fault Up");
}

TEST(Sxid, ThreeLinesAreOneFault) {
  const auto sink = test::parse<XidParser>(
      "nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Non-fatal, Link 32 egress non-posted PRIV error (First)\n"
      "nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Severity 0 Engine instance 32 Sub-engine instance 00\n"
      "nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Data {0x00140004, 0x00100000}\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("fatal"), "no");
}

TEST(Sxid, FreeTextHasNoSeverity) {
  const auto event = only("nvidia-nvswitch2: SXid (PCI:0000:86:00.0): 26006, SOE HALTED");
  EXPECT_EQ(event.attributes.count("fatal"), 0u);
}

TEST(Xid, RealMisalignedAccessOnH100) {
  const auto text = test::shared_file("cases/h100-580-fault-misaligned/files/dmesg.txt");
  if (!text) GTEST_SKIP() << "no cases; set GPM_SHARED";
  const auto sink = test::parse<XidParser>(*text);
  ASSERT_EQ(sink.events.size(), 3u);  // warp, ESR, channel
  EXPECT_EQ(attribute_of(sink.events[0], "exception"), "Misaligned Address");
  EXPECT_FALSE(attribute_of(sink.events[1], "esr").empty());
  EXPECT_EQ(sink.events[2].place.process, "faults");
  for (const auto& event : sink.events) EXPECT_EQ(event.code, 13);
}

}  // namespace
}  // namespace gpm::parsers::kernel
