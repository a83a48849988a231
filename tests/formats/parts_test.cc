// SPDX-License-Identifier: Apache-2.0
#include "parsers/formats/parts.h"

#include <gmock/gmock.h>

#include "parsers/formats/formats.h"
#include "tests/formats/shared_samples.h"

namespace gpm::formats {
namespace {

using test::Scanned;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view smi = R"(Sat Nov 21 22:49:31 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 580.159.04             Driver Version: 580.159.04     CUDA Version: 13.0     |
+-----------------------------------------+------------------------+----------------------+
)";

TEST(Recognise, ContentDecidesWhateverStandsAboveIt) {
  EXPECT_EQ(recognise(smi), "nvidia-smi");
  EXPECT_EQ(recognise("$ nvidia-smi\n" + std::string(smi)), "nvidia-smi");
  EXPECT_EQ(recognise("Here is the output you asked for:\n\n```\n" + std::string(smi) + "```\n"), "nvidia-smi");
  EXPECT_EQ(recognise("root@h:~# dmesg\n[    0.000000] Linux version 6.8\n[    1.000000] NVRM: loading\n[    2.5] x\n[    3.000000] y\n"), "dmesg");
  EXPECT_EQ(recognise("Mon Nov 23 10:00:00 2026\r\n| NVIDIA-SMI 470.82.01    Driver Version: 470.82.01    CUDA Version: 11.4     |\r\n"), "nvidia-smi");
}

TEST(Recognise, ALogThatQuotesATableIsALog) {
  std::string log;
  for (int i = 0; i < 60; ++i) log += "2026-11-21 22:49:31 INFO step " + std::to_string(i) + "\n";
  EXPECT_EQ(recognise(log + std::string(smi)), "app-log");
}

TEST(Recognise, ProseIsNothing) {
  EXPECT_EQ(recognise("The node was rebooted twice.\nAfter that the job ran.\n"), "");
  EXPECT_EQ(recognise(""), "");
  EXPECT_EQ(recognise("\n\n  \n"), "");
}

TEST(Recognise, GarbageAndCutTextDoNoHarm) {
  std::string noise;
  for (int i = 0; i < 100'000; ++i) noise += static_cast<char>(i * 7919 % 251);
  recognise(noise);
  for (std::size_t cut = 0; cut < smi.size(); cut += 7) recognise(smi.substr(0, cut));
  EXPECT_EQ(recognise(std::string(1 << 20, 'x')), "");
}

TEST(Command, ThePastedCommandSpeaksWhereItsOutputDoesNot) {
  EXPECT_EQ(of_command("sudo nvidia-smi topo -m | head -9"), "nvidia-smi-topo");
  EXPECT_EQ(of_command("kubectl -n llm exec prefill-0 -- nvidia-smi -L"), "nvidia-smi-list");
  EXPECT_EQ(of_command("ulimit -l"), "ulimit");
  EXPECT_EQ(of_command("cat /proc/driver/nvidia/version"), "proc-driver-nvidia-version");
  EXPECT_EQ(of_command("make -j8"), "");
}

TEST(Heading, PromptsOfManyShells) {
  EXPECT_EQ(heading("$ nvidia-smi"), "nvidia-smi");
  EXPECT_EQ(heading("root@h:~# dmesg"), "dmesg");
  EXPECT_EQ(heading("[cn-h800-21]$ env | sort"), "env | sort");
  EXPECT_EQ(heading("(.venv) root@train-0317:/workspace/x# pip list"), "pip list");
  EXPECT_EQ(heading("poc01:~$ lsmod"), "lsmod");
  EXPECT_EQ(heading("# ulimit -l"), "ulimit -l");
  EXPECT_EQ(heading("==> /proc/driver/nvidia/version <=="), "/proc/driver/nvidia/version");
  EXPECT_EQ(heading("# /proc/driver/nvidia/params"), "/proc/driver/nvidia/params");
  EXPECT_EQ(heading("=== nvidia-smi ==="), "nvidia-smi");
}

TEST(Heading, NotEveryHashIsAPrompt) {
  EXPECT_EQ(heading("# gpu    pwr  gtemp"), std::nullopt);
  EXPECT_EQ(heading("# To tweak the driver the following options can be used, note that"), std::nullopt);
  EXPECT_EQ(heading("# nThread 1 nGpus 8 minBytes 8"), std::nullopt);
  EXPECT_EQ(heading("#include <cuda.h>"), std::nullopt);
  EXPECT_EQ(heading("costs $ 5"), std::nullopt);
  EXPECT_EQ(heading("#SBATCH --gpus=8"), std::nullopt);
}

TEST(Split, ASessionFallsIntoItsCommands) {
  const auto split = split_at_prompts("$ uname -r\n6.8.0-64-generic\n$ ulimit -l\n64\n$ dpkg -l | grep nvidia\nii  nvidia-dkms-580  580.95.05-0ubuntu1 amd64\n$ ./frob\nok\n");
  ASSERT_EQ(split.parts.size(), 4u);
  EXPECT_EQ(split.parts[0].format, "uname");
  EXPECT_EQ(split.parts[1].format, "ulimit");
  EXPECT_EQ(split.parts[2].format, "dpkg-list");
  EXPECT_EQ(split.parts[3].format, "command-output");
  EXPECT_EQ(split.parts[2].first_line, 5u);
  EXPECT_EQ(split.parts[2].last_line, 6u);
  EXPECT_EQ(split.format, "session");
}

TEST(Split, AThousandPromptsAreBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "$ uptime\n 1\n";
  EXPECT_LE(split_at_prompts(text).parts.size(), max_parts);
}

TEST(Split, XmlBelowAPromptIsReadWithItsOwnLines) {
  const auto file = test::shared_folder() / "captures/h100-580/nvidia-smi-q.xml";
  std::ifstream in(file);
  if (!in) GTEST_SKIP() << "no sample at " << file;
  std::stringstream xml;
  xml << in.rdbuf();
  Scanned incident;
  incident.text("notes (2).md", "$ hostname\nnode\n$ nvidia-smi -q -x\n" + xml.str() + "$ uptime\n 08:38:19 up 15:34,  1 user,  load average: 6.49, 7.16, 7.32\n").finish();
  EXPECT_EQ(incident.value("SELECT count(*) FROM gpus"), "2");
  EXPECT_EQ(incident.value("SELECT format FROM documents"), "session");
  EXPECT_THAT(incident.rows("SELECT format FROM parts ORDER BY first_line"), ElementsAre("command-output", "nvidia-smi-xml", "uptime"));
  EXPECT_GT(std::stoi(incident.value("SELECT min(line) FROM snapshots WHERE metric = 'gpu.memory_total_mib'")), 3);
}

// The shape of nvidia-bug-report.log: the same Xid below four titles, and base64 that spells words by chance.
constexpr std::string_view report = R"(
____________________________________________

Start of NVIDIA bug report log file.  Please include this file, along
nvidia-bug-report.sh Version: 33986017

____________________________________________

*** /proc/driver/nvidia/./version
*** ls: -r--r--r-- 1 root root 0 2026-10-09 02:47:34.149470090 +0000 /proc/driver/nvidia/./version
NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (a@b)

____________________________________________

Scanning kernel log files for NVIDIA kernel messages:

  /var/log/kern.log:
Oct  9 01:24:04 gpu03 kernel: [780004.1] NVRM: Xid (PCI:0000:df:00): 79, pid=3010, name=python, GPU has fallen off the bus.
  journalctl -b -0:
Oct 09 01:24:04 gpu03 kernel: NVRM: Xid (PCI:0000:df:00): 79, pid=3010, name=python, GPU has fallen off the bus.

____________________________________________

dmesg:

[780004.100000] NVRM: Xid (PCI:0000:df:00): 79, pid=3010, name=python, GPU has fallen off the bus.

____________________________________________

base64 "nvidia-debugdump.bin"

NVRM: Xid (PCI:0000:11:00): 48, pid=1, name=chance, this stands in ballast

____________________________________________

*** /proc/cmdline
BOOT_IMAGE=/vmlinuz iommu=pt
)";

TEST(BugReport, EachEventCountsOnceAndBallastNever) {
  Scanned incident;
  incident.text("nvidia-bug-report.log", report).finish();
  EXPECT_EQ(incident.value("SELECT format FROM documents"), "nvidia-bug-report");
  EXPECT_THAT(incident.rows("SELECT code, count FROM events WHERE kind = 'kernel.xid'"), ElementsAre("79|1"));
  EXPECT_EQ(incident.value("SELECT value FROM settings WHERE key = 'driver_version'"), "580.95.05");
  EXPECT_THAT(incident.rows("SELECT format, title FROM parts WHERE format NOT IN ('command-output') ORDER BY first_line"),
              ElementsAre("proc-driver-nvidia-version|/proc/driver/nvidia/./version", "syslog|Scanning kernel log files for NVIDIA kernel messages:",
                          "syslog|/var/log/kern.log", "syslog|journalctl -b -0", "dmesg|dmesg:", "base64|base64 \"nvidia-debugdump.bin\"",
                          "cmdline|/proc/cmdline"));
}

TEST(BugReport, TwoXidsInOneViewAreTwo) {
  std::string twice(report);
  const auto line = twice.find("[780004.100000]");
  twice.insert(line, "[770000.100000] NVRM: Xid (PCI:0000:df:00): 79, pid=3010, name=python, GPU has fallen off the bus.\n");
  Scanned incident;
  incident.text("x", twice).finish();
  EXPECT_THAT(incident.rows("SELECT code, count FROM events WHERE kind = 'kernel.xid'"), ElementsAre("79|2"));
}

TEST(BugReport, CutAnywhereItIsReadAsFarAsItGoes) {
  for (std::size_t cut = 40; cut < report.size(); cut += 41) {
    Scanned incident;
    incident.text("x", report.substr(0, cut)).finish();
    EXPECT_LE(incident.rows("SELECT DISTINCT code FROM events WHERE kind = 'kernel.xid'").size(), 1u) << cut;
  }
}

TEST(NotUnderstood, IsARowWithDocumentLineAndReason) {
  Scanned incident;
  incident.text("a.txt", "The node was rebooted twice.\n").text("b.txt", "$ uptime\n 08:38:19 up 15:34,  1 user,  load average: 6.49, 7.16, 7.32\n$ ./frob\nok\n").finish();
  EXPECT_THAT(incident.rows("SELECT path, line FROM not_understood ORDER BY path"), ElementsAre("a.txt|1", "b.txt|3"));
}

TEST(Table, IdsAreUnique) {
  std::set<std::string_view> seen;
  for (const auto& format : all()) EXPECT_TRUE(seen.insert(format.id).second) << format.id;
}

}  // namespace
}  // namespace gpm::formats
