// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/boot.h"
#include "parsers/kernel/crash.h"
#include "parsers/kernel/iommu.h"
#include "parsers/kernel/oom.h"
#include "parsers/kernel/pcie.h"
#include "tests/parsers/capture.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::kernel {
namespace {

template <typename Parser>
facts::Event only(std::string_view text) {
  const auto sink = test::parse<Parser>(text);
  EXPECT_EQ(sink.events.size(), 1u) << text;
  return sink.events.empty() ? facts::Event{} : sink.events[0];
}

TEST(Iommu, DmarFaultInThreeSpellings) {
  for (const auto* text : {"DMAR: [DMA Write] Request device [04:00.0] PASID ffffffff fault addr 69974000 [fault "
                           "reason 05] PTE Write access is not set",
                           "DMAR: [DMA Write NO_PASID] Request device [0x04:0x00.0] fault addr 0x69974000 [fault "
                           "reason 0x05] PTE Write access is not set",
                           "DMAR: [DMA Write NO_PASID] Request device [04:00.0] fault addr 0x69974000 [fault reason "
                           "0x05] PTE Write access is not set"}) {
    const auto event = only<IommuParser>(text);
    EXPECT_EQ(event.kind, "kernel.iommu_fault");
    EXPECT_EQ(event.place.pci, "0000:04:00.0") << text;
    EXPECT_EQ(event.attributes.at("address"), "69974000");
  }
}

TEST(Iommu, AmdPageFaultOldAndNew) {
  EXPECT_EQ(
      only<IommuParser>(
          "AMD-Vi: Event logged [IO_PAGE_FAULT device=08:00.0 domain=0x002c address=0x00000000fdf90000 flags=0x0008]")
          .place.pci,
      "0000:08:00.0");
  const auto event = only<IommuParser>(
      "nvidia 0000:41:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0010 address=0xfea00000 flags=0x0020]");
  EXPECT_EQ(event.kind, "kernel.iommu_fault");
  EXPECT_EQ(event.place.pci, "0000:41:00.0");
}

TEST(Iommu, DomainTypeAndEnabled) {
  EXPECT_EQ(only<IommuParser>("[    0.221259] iommu: Default domain type: Translated ").attributes.at("type"),
            "Translated");
  EXPECT_EQ(only<IommuParser>("[    0.1] x\n[    0.221259] DMAR: IOMMU enabled\n").attributes.at("vendor"), "intel");
  EXPECT_EQ(only<IommuParser>("AMD-Vi: Interrupt remapping enabled").attributes.at("vendor"), "amd");
}

TEST(Iommu, TablesAreNoFault) {
  EXPECT_TRUE(test::parse<IommuParser>("DMAR: Host address width 46\nDMAR: DRHD base: 0x00000\n").events.empty());
}

TEST(Pcie, AerReport) {
  const auto event =
      only<PcieParser>("nvidia 0000:3b:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)");
  EXPECT_EQ(event.kind, "kernel.pcie_aer");
  EXPECT_EQ(event.place.pci, "0000:3b:00.0");
  EXPECT_EQ(event.attributes.at("severity"), "Corrected");
  EXPECT_EQ(event.attributes.at("type"), "Physical Layer");
}

TEST(Pcie, EveryBootsLinesAreNoErrors) {
  EXPECT_TRUE(
      test::parse<PcieParser>("acpi PNP0A08:00: _OSC: OS now controls [PCIeHotplug PME AER PCIeCapability LTR]\n"
                              "pcieport 0000:00:01.0: AER: enabled with IRQ 30\n"
                              "pcieport 0000:00:01.0: DPC: error containment capabilities: Int Msg #0\n")
          .events.empty());
}

TEST(Pcie, ContainmentHotplugAndLoss) {
  const auto sink = test::parse<PcieParser>(
      "pcieport 0000:3a:00.0: DPC: containment event, status:0x1f01 source:0x0000\n"
      "pcieport 0000:3a:00.0: pciehp: Slot(12): Link Down\n"
      "nvidia 0000:3b:00.0: AER: can't recover (no error_detected callback)\n"
      "nvidia 0000:3b:00.0: Unable to change power state from D3cold to D0, device inaccessible\n");
  ASSERT_EQ(sink.events.size(), 4u);
  EXPECT_EQ(sink.events[0].kind, "kernel.pcie_dpc");
  EXPECT_EQ(sink.events[1].attributes.at("state"), "Link Down");
  EXPECT_EQ(sink.events[2].kind, "kernel.pcie_aer_unrecovered");
  EXPECT_EQ(sink.events[3].kind, "kernel.pcie_inaccessible");
}

TEST(Pcie, NarrowLinkAndMissingSpace) {
  const auto limited = only<PcieParser>(
      "pci 0000:3b:00.0: 31.504 Gb/s available PCIe bandwidth, limited by 8.0 GT/s PCIe x4 link at 0000:3a:00.0 "
      "(capable of 126.016 Gb/s with "
      "16.0 GT/s PCIe x8 link)");
  EXPECT_EQ(limited.attributes.at("link"), "8.0 GT/s PCIe x4");
  EXPECT_EQ(limited.attributes.at("capable_link"), "16.0 GT/s PCIe x8");
  EXPECT_EQ(
      only<PcieParser>("pci 0000:3b:00.0: BAR 1: no space for [mem size 0x1000000000 64bit pref]").attributes.at("bar"),
      "BAR 1");
  EXPECT_EQ(only<PcieParser>("pci 0000:3b:00.0: BAR 1 [mem size 0x1000000000 64bit pref]: failed to assign").kind,
            "kernel.pcie_no_space");
}

TEST(Oom, ContainerLimitIsOneKill) {
  const auto event = only<OomParser>(
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0-1,oom_memcg=/kubepods/"
      "a,task_memcg=/kubepods/a/b,task=python3,pid=12345,uid=0\n"
      "Memory cgroup out of memory: Killed process 12345 (python3) total-vm:98765432kB, anon-rss:65432100kB\n"
      "oom_reaper: reaped process 12345 (python3), now anon-rss:0kB\n");
  EXPECT_EQ(event.kind, "kernel.oom_kill");
  EXPECT_EQ(event.attributes.at("constraint"), "CONSTRAINT_MEMCG");
  EXPECT_EQ(event.attributes.at("cgroup"), "/kubepods/a");
  EXPECT_EQ(event.attributes.at("killed"), "python3");
  EXPECT_EQ(event.place.pid, 12345);
}

TEST(Oom, OldKernelsTellTheLimitBefore) {
  const auto event = only<OomParser>(
      "Task in /docker/3f killed as a result of limit of /docker/3f\n"
      "Memory cgroup out of memory: Kill process 77 (a b) score 901 or sacrifice child\n"
      "Killed process 77 (a b) total-vm:1kB\n");
  EXPECT_EQ(event.attributes.at("constraint"), "CONSTRAINT_MEMCG");
  EXPECT_EQ(event.attributes.at("cgroup"), "/docker/3f");
}

TEST(Oom, FullHost) {
  EXPECT_EQ(only<OomParser>("Out of memory: Killed process 12345 (python3) total-vm:1kB").attributes.at("constraint"),
            "CONSTRAINT_NONE");
}

TEST(Oom, OtherOutOfMemoryIsNone) {
  EXPECT_TRUE(
      test::parse<OomParser>("CUDA out of memory. Killed process?\ntorch: Out of memory: Killer\n").events.empty());
}

TEST(Crash, SegfaultNamesTheLibrary) {
  const auto event = only<CrashParser>(
      "python3[1234]: segfault at 0 ip 00007f1 sp 00007f2 error 4 in libnccl.so.2.19.3[7f00+1000] likely on CPU 12 "
      "(core 6, socket 0)");
  EXPECT_EQ(event.place.process, "python3");
  EXPECT_EQ(event.place.pid, 1234);
  EXPECT_EQ(event.attributes.at("object"), "libnccl.so.2.19.3");
}

TEST(Crash, IllegalInstruction) {
  EXPECT_EQ(only<CrashParser>("traps: python3[1234] trap invalid opcode ip:7f sp:7f error:0 in x.so[7f+1]")
                .attributes.at("trap"),
            "trap invalid opcode");
}

TEST(Crash, HungTaskAndLockup) {
  const auto hung = only<CrashParser>("[  362.000001] INFO: task python3:136986 blocked for more than 120 seconds.");
  EXPECT_EQ(hung.kind, "kernel.hung_task");
  EXPECT_EQ(hung.place.pid, 136986);
  EXPECT_EQ(only<CrashParser>("watchdog: BUG: soft lockup - CPU#18 stuck for 27s! [python3:2254956]").place.process,
            "python3");
}

TEST(Crash, MachineChecks) {
  EXPECT_EQ(only<CrashParser>("EDAC MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (channel:1)")
                .attributes.at("severity"),
            "corrected");
  EXPECT_EQ(only<CrashParser>("{2}[Hardware Error]: event severity: fatal").attributes.at("severity"), "fatal");
  EXPECT_EQ(only<CrashParser>("mce: [Hardware Error]: CPU 12: Machine Check: 0 Bank 7: 8c00004000010091").kind,
            "kernel.mce");
  EXPECT_TRUE(test::parse<CrashParser>("EDAC MC: Ver: 3.0.0\nmce: CPU supports 32 MCE banks\n").events.empty());
}

TEST(Crash, Panic) {
  EXPECT_EQ(only<CrashParser>("Kernel panic - not syncing: Fatal exception").attributes.at("reason"),
            "Fatal exception");
}

TEST(Boot, VersionAndCommandLine) {
  const auto sink = test::parse<BootParser>(
      "[    0.000000] Linux version 5.15.0-91-generic (buildd@lcy02) (gcc 11) #101-Ubuntu SMP\n"
      "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=UUID=1 ro intel_iommu=on iommu=pt dyndbg=\"file a +p\" "
      "quiet\n"
      "[    0.100000] Kernel command line: BOOT_IMAGE=/vmlinuz root=UUID=1 ro intel_iommu=on iommu=pt dyndbg=\"file a "
      "+p\" quiet\n"
      "[    0.100000] Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz\", will be passed to user space.\n");
  EXPECT_EQ(sink.of_kind("kernel.boot").size(), 1u);
  EXPECT_EQ(sink.setting("host", "kernel"), "5.15.0-91-generic");
  EXPECT_EQ(sink.setting("kernel_cmdline", "iommu"), "pt");
  EXPECT_EQ(sink.setting("kernel_cmdline", "dyndbg"), "file a +p");
  EXPECT_EQ(sink.settings.size(), 8u);  // host.kernel and seven parameters, once
}

TEST(Boot, ProcCmdline) {
  const auto sink =
      test::parse<BootParser>("BOOT_IMAGE=/boot/vmlinuz-5.13.0-48-generic root=UUID=0c ro quiet splash\n");
  EXPECT_EQ(sink.settings.size(), 5u);
  EXPECT_EQ(sink.setting("kernel_cmdline", "root"), "UUID=0c");
}

TEST(Boot, MachineAndHypervisor) {
  const auto sink = test::parse<BootParser>(
      "[    0.000000] DMI: LENOVO 30E0S0XX00/1046, BIOS S07KT50A 05/22/2023\n"
      "[    0.000000] Hypervisor detected: KVM\n");
  EXPECT_EQ(sink.setting("host", "product"), "LENOVO 30E0S0XX00/1046");
  EXPECT_EQ(sink.setting("host", "virtualization"), "KVM");
}

TEST(Kernel, HealthyBootOfAnH100RaisesNoFault) {
  const auto text = test::shared_file("captures/h100-580/dmesg.txt");
  if (!text) GTEST_SKIP() << "no captures; set GPM_SHARED";
  EXPECT_TRUE(test::parse<PcieParser>(*text).events.empty());
  EXPECT_TRUE(test::parse<CrashParser>(*text).events.empty());
  EXPECT_TRUE(test::parse<OomParser>(*text).events.empty());
  const auto iommu = test::parse<IommuParser>(*text);
  ASSERT_EQ(iommu.events.size(), 1u);
  EXPECT_EQ(iommu.events[0].kind, "kernel.iommu_domain");
}

TEST(Boot, SystemdNamesTheHost) {
  EXPECT_EQ(test::parse<BootParser>("[   12.1] systemd[1]: Hostname set to <gpu-a100-01>.\n").host, "gpu-a100-01");
  EXPECT_EQ(test::parse<BootParser>("[   12.1] systemd[1]: Set hostname to <gpu7.rack3.example>.\n").host, "gpu7.rack3.example");
  EXPECT_EQ(test::parse<BootParser>("app: Hostname set to <$(reboot)>\n").host, "");
}

TEST(Boot, TalkOfTheCommandLineIsNoBoot) {
  const auto sink = test::parse<BootParser>("the Linux version was not given\nread the command line: it is empty\nno Hypervisor detected\n");
  EXPECT_TRUE(sink.events.empty());
  EXPECT_TRUE(sink.settings.empty());
}

}  // namespace
}  // namespace gpm::parsers::kernel
