// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/wrapper.h"

#include <sstream>
#include <string>

#include "parsers/text/timestamp.h"
#include "tests/parsers/capture.h"

namespace gpm::text {
namespace {

using facts::TimeFrom;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t nov_20_2024 = 1732060965 * second;  // 2024-11-20T00:02:45Z

// The line with its own copies, so that a test may hold it.
struct Peeled {
  std::string message;
  facts::Time time;
  facts::Place place;
};
Peeled peel(std::string_view raw) {
  std::string scratch;
  const Line line = unwrap(7, raw, scratch);
  EXPECT_EQ(line.number, 7u);
  EXPECT_EQ(line.raw, raw);
  return {std::string(line.message), line.time, line.place};
}
std::string message(std::string_view raw) { return peel(raw).message; }

TEST(Wrapper, DmesgKeepsTheClockOfTheBoot) {
  const auto line = peel("[155044.078590] NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(line.message, "NVRM: Xid (PCI:0000:41:00): 79, x");
  EXPECT_EQ(line.time.since_boot_ns, 155044 * second + 78'590'000);
  EXPECT_EQ(line.time.from, TimeFrom::since_boot);
  EXPECT_FALSE(line.time.utc_ns);
}

TEST(Wrapper, DmesgWithCaller) {
  EXPECT_EQ(message("[  130.456250] [ T1946] NVRM: x"), "NVRM: x");
  EXPECT_EQ(message("[  130.456250] [    C3] NVRM: x"), "NVRM: x");
}

TEST(Wrapper, DmesgKeepsTheMessagesIndentation) {
  EXPECT_EQ(message("[   12.000001]  nvme0n1: p1 p2"), " nvme0n1: p1 p2");
}

TEST(Wrapper, DmesgWallClockHasNoZone) {
  const auto line = peel("[Wed Nov 20 00:02:45 2024] NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.time.utc_ns, nov_20_2024);
  EXPECT_EQ(line.time.from, TimeFrom::assumed_utc);
}

TEST(Wrapper, DmesgDecodedLevel) {
  EXPECT_EQ(peel("kern  :warn  : [155044.078590] NVRM: x").time.since_boot_ns, 155044 * second + 78'590'000);
  const auto iso = peel("kern  :warn  : 2024-11-20T00:02:45,078590+00:00 NVRM: x");
  EXPECT_EQ(iso.message, "NVRM: x");
  EXPECT_EQ(iso.time.utc_ns, nov_20_2024 + 78'590'000);
  EXPECT_EQ(iso.time.from, TimeFrom::stated);
}

TEST(Wrapper, DmesgDeltasSayNoTime) {
  const auto line = peel("[  +0.000005] NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.time.from, TimeFrom::none);
  EXPECT_EQ(message("[<    0.000011>] NVRM: x"), "NVRM: x");
  EXPECT_EQ(peel("[Nov23 17:41] NVRM: x").time.from, TimeFrom::yearless);
}

TEST(Wrapper, RawPriorities) { EXPECT_EQ(message("<4>[155044.078590] NVRM: x"), "NVRM: x"); }

TEST(Wrapper, Kmsg) {
  const auto line = peel("4,368,1246730,c;NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.time.since_boot_ns, 1'246'730'000);
  EXPECT_EQ(message("6,2,0,-,caller=T1;x86/split"), "x86/split");
}

TEST(Wrapper, SyslogWithKernelClockKeepsBoth) {
  const auto line = peel("Nov 20 00:02:45 gpu07.rack3.example kernel: [155044.078590] NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.place.host, "gpu07");
  EXPECT_EQ(line.time.from, TimeFrom::yearless);
  EXPECT_EQ(line.time.since_boot_ns, 155044 * second + 78'590'000);
}

TEST(Wrapper, JournalUnitWithPid) {
  const auto line = peel("Dec 08 10:22:04.123456 mon-gpu01 dockerd[1631]: time=\"2021\" level=info");
  EXPECT_EQ(line.message, "time=\"2021\" level=info");
  EXPECT_EQ(line.place.host, "mon-gpu01");
  EXPECT_EQ(line.place.process, "dockerd");
  EXPECT_EQ(line.place.pid, 1631);
}

TEST(Wrapper, KernelIsNoProcess) { EXPECT_EQ(peel("Nov 20 00:02:45 gpu07 kernel: x").place.process, ""); }

TEST(Wrapper, IsoSyslogAndShortIso) {
  for (const auto* raw :
       {"2024-11-20T00:02:45.000000+00:00 gpu07 kernel: NVRM: x", "2024-11-20T00:02:45+0000 gpu07 kernel: NVRM: x",
        "2024-11-20T08:02:45+08:00 gpu07 kernel: [155044.078590] NVRM: x",
        "Wed 2024-11-20 00:02:45 UTC gpu07 kernel: NVRM: x", "1732060965.000000 gpu07 kernel: NVRM: x",
        "<4>1 2024-11-20T00:02:45Z gpu07 kernel - - - NVRM: x"}) {
    const auto line = peel(raw);
    EXPECT_EQ(line.message, "NVRM: x") << raw;
    EXPECT_EQ(line.place.host, "gpu07") << raw;
    EXPECT_EQ(line.time.utc_ns, nov_20_2024) << raw;
    EXPECT_EQ(line.time.from, TimeFrom::stated) << raw;
  }
}

TEST(Wrapper, JournalMonotonicHasHostAndKernel) {
  const auto line = peel("[155044.078590] gpu07 kernel: NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.place.host, "gpu07");
}

TEST(Wrapper, SyslogWithoutKernelWordKeepsNvrm) {
  const auto line = peel("Nov 20 00:02:45 gpu07 NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.place.host, "gpu07");
}

TEST(Wrapper, DpkgsLogHasNoHost) {
  const auto line = peel("2024-11-20 00:02:45 upgrade nvidia-driver-550:amd64 550.54 550.90");
  EXPECT_EQ(line.message, "upgrade nvidia-driver-550:amd64 550.54 550.90");
  EXPECT_EQ(line.place.host, "");
}

TEST(Wrapper, NvidiasDaemonsAreUnitsNotMessages) {
  EXPECT_EQ(peel("Nov 20 00:02:45 gpu07 nvidia-persistenced[88]: Started").place.process, "nvidia-persistenced");
}

TEST(Wrapper, SyslogInAnotherLanguage) {
  EXPECT_EQ(message("kwi 15 10:00:00 gpu07 kernel: NVRM: x"), "NVRM: x");
  EXPECT_EQ(message("févr.  2 10:00:00 gpu07 kernel: NVRM: x"), "NVRM: x");
}

TEST(Wrapper, RepeatedMessage) {
  EXPECT_EQ(message("Nov 20 00:02:45 gpu07 kernel: message repeated 2 times: [ NVRM: x]"), "NVRM: x");
}

TEST(Wrapper, DockerJsonFile) {
  const auto line =
      peel(R"({"log":"[rank0]: caf\u00e9 \"x\"\n","stream":"stderr","time":"2024-11-20T00:02:45.123456789Z"})");
  EXPECT_EQ(line.message, "caf\u00e9 \"x\"");
  EXPECT_EQ(line.place.rank, 0);
  EXPECT_EQ(line.time.utc_ns, nov_20_2024 + 123'456'789);
}

TEST(Wrapper, BrokenDockerJsonStays) {
  for (const auto* raw : {R"({"log":"cut off)", R"({"log":"bad \u12"})", R"({"log":1})", R"({"log":"x","other":{}})"})
    EXPECT_EQ(message(raw), raw);
}

TEST(Wrapper, Cri) {
  const auto line = peel("2024-11-20T00:02:45.123456789Z stderr F NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.time.utc_ns, nov_20_2024 + 123'456'789);
  EXPECT_EQ(message("2024-11-20T00:02:45.123456789Z stdout P part"), "part");
}

TEST(Wrapper, KubectlPrefixAndTimestamps) {
  const auto line = peel("[pod/trainer-0/pytorch] 2024-11-20T00:02:45.123456789Z error while foo[3]: bar");
  EXPECT_EQ(line.message, "error while foo[3]: bar");
  EXPECT_EQ(line.place.pod, "trainer-0");
  EXPECT_EQ(line.place.container, "pytorch");
  EXPECT_EQ(line.place.host, "");
}

TEST(Wrapper, C10WithRank) {
  const auto line = peel("[rank3]:[E1003 18:37:01.832146912 ProcessGroupNCCL.cpp:607] [Rank 3] Watchdog caught");
  EXPECT_EQ(line.message, "[Rank 3] Watchdog caught");
  EXPECT_EQ(line.place.rank, 3);
  EXPECT_EQ(line.time.from, TimeFrom::yearless);
  EXPECT_EQ(message("[rank2]:[E ProcessGroupNCCL.cpp:1537] x"), "x");
  EXPECT_EQ(message("[W socket.cpp:601] [c10d] x"), "[c10d] x");
}

TEST(Wrapper, RankKeepsTheTracebacksIndentation) {
  EXPECT_EQ(message("[rank0]:     return func(*args)"), "    return func(*args)");
}

TEST(Wrapper, RankWithoutBrackets) {
  EXPECT_EQ(peel("rank1: Traceback (most recent call last):").place.rank, 1);
  EXPECT_EQ(message("rank 0: done"), "rank 0: done");
  EXPECT_EQ(message("rank1: done"), "rank1: done");
}

TEST(Wrapper, TorchrunsLocalRankIsNoRank) {
  const auto line = peel("[default1]:gpu-node03:925:925 [1] NCCL INFO Comm config Blocking set to 1");
  EXPECT_EQ(line.message, "gpu-node03:925:925 [1] NCCL INFO Comm config Blocking set to 1");
  EXPECT_FALSE(line.place.rank);
}

TEST(Wrapper, Mpirun) {
  EXPECT_EQ(peel("[1,3]<stderr>:node:1:2 [0] NCCL INFO x").place.rank, 3);
  EXPECT_EQ(message("[prterun-node1-123@1,0]<stdout>: x"), "x");
  EXPECT_EQ(message("Tue Sep  5 10:00:00 2023[1,0]<stdout>:x"), "x");
}

TEST(Wrapper, RayAndVllmWorkers) {
  const auto line =
      peel("(APIServer pid=5332) (DPEngineCoreActor pid=5439, ip=10.0.0.1) INFO 09-02 21:02:51 [core.py:9] world");
  EXPECT_EQ(line.message, "world");
  EXPECT_EQ(line.place.pid, 5439);
  EXPECT_EQ(line.place.process, "DPEngineCoreActor");
  EXPECT_EQ(line.place.host, "10.0.0.1");
  EXPECT_EQ(message("(raylet) The node died"), "The node died");
}

TEST(Wrapper, RayOverridesTheDriversHost) {
  EXPECT_EQ(peel("Nov 20 00:02:45 head ray[5]: (RayWorker pid=7, ip=10.0.0.2) x").place.host, "10.0.0.2");
}

TEST(Wrapper, VllmLevels) {
  EXPECT_EQ(message("ERROR 06-06 07:50:26 [core.py:396]   File \"core.py\", line 387"), "  File \"core.py\", line 387");
  EXPECT_EQ(message("ERROR 08-09 13:32:57 async_llm_engine.py:57] RuntimeError: x"), "RuntimeError: x");
  EXPECT_EQ(message("INFO [pynccl.py:113] vLLM is using nccl==2.21.5"), "vLLM is using nccl==2.21.5");
}

TEST(Wrapper, PythonLoggers) {
  EXPECT_EQ(message("2024-06-16 07:31:40,112 - lmdeploy - INFO - input x"), "input x");
  EXPECT_EQ(message("2025-06-06T07:49:58+00:00 - gpustack.worker.backends.vllm - INFO - Starting"), "Starting");
  EXPECT_EQ(message("2026-02-25 17:47:29.348 | INFO     | module:func:12 - TEXT"), "TEXT");
  EXPECT_EQ(message("2024-05-07 14:41:18 | INFO | stdout | TEXT"), "TEXT");
  EXPECT_EQ(message("[2024-05-01 10:00:00,123] [INFO] [comm.py:637:init_distributed] TEXT"), "TEXT");
  EXPECT_EQ(message("[2026-07-03 19:14:38 TP0] Decode batch"), "Decode batch");
  EXPECT_EQ(message("[INFO|trainer.py:1812] 2024-01-01 10:00:00,123 >> ***** Running"), "***** Running");
  EXPECT_EQ(message("WARNING:torch.distributed.run:TEXT"), "TEXT");
  EXPECT_EQ(message("[titan] 2026-01-02 10:00:00,123 - root - INFO - step: 3"), "step: 3");
}

TEST(Wrapper, KlogGivesThePidButNotAThreadHandle) {
  EXPECT_EQ(peel("I1124 10:43:36.771204    3911 server.go:144] \"Got\"").place.pid, 3911);
  const auto elastic =
      peel("W0819 19:29:00.785000 140406652626752 torch/distributed/elastic/multiprocessing/api.py:858] Sending");
  EXPECT_EQ(elastic.message, "Sending");
  EXPECT_FALSE(elastic.place.pid);
}

TEST(Wrapper, FabricManagerKeepsItsLevel) {
  EXPECT_EQ(message("[Jul 23 2024 07:53:55] [ERROR] [tid 841] failed"), "[ERROR] [tid 841] failed");
}

TEST(Wrapper, TensorRtKeepsItsLevel) {
  const auto line = peel(
      "[10/24/2023-10:19:52] [E] [TRT] 1: [stdArchiveReader.cpp::StdArchiveReader::42] Error Code 1: Cuda Runtime (all "
      "CUDA-capable devices are busy or unavailable)");
  EXPECT_EQ(line.message,
            "[E] [TRT] 1: [stdArchiveReader.cpp::StdArchiveReader::42] Error Code 1: Cuda Runtime (all CUDA-capable devices are "
            "busy or unavailable)");
  EXPECT_EQ(line.time.utc_ns, text::utc_ns(2023, 10, 24, 10, 19, 52, 0));
  EXPECT_EQ(line.time.from, facts::TimeFrom::assumed_utc);
  EXPECT_EQ(message("[12/30/2022-16:53:21] [TRT] [E] 6: The engine plan file"), "[TRT] [E] 6: The engine plan file");  // Python's logger
}

TEST(Wrapper, MpsLog) {
  EXPECT_EQ(peel("[2023-01-07 20:01:11.204 Control 41177] Accepting connection...").place.pid, 41177);
}

TEST(Wrapper, DockerCompose) {
  const auto line = peel("trainer-1  | Traceback (most recent call last):");
  EXPECT_EQ(line.message, "Traceback (most recent call last):");
  EXPECT_EQ(line.place.container, "trainer-1");
  EXPECT_EQ(peel("vllm  | INFO 08-31 09:50:44 [core.py:1] x").place.container, "vllm");
}

TEST(Wrapper, LaunchersNumberOrNodeBeforeALogLine) {
  EXPECT_EQ(message("3: gpu1:55:60 [0] NCCL INFO x"), "gpu1:55:60 [0] NCCL INFO x");
  EXPECT_EQ(message(" 3: [rank3]: x"), "x");
  EXPECT_EQ(peel("node2: gpu1:55:60 [0] NCCL INFO x").place.host, "node2");
  EXPECT_EQ(message("/var/log/kern.log:12:Nov 20 00:02:45 gpu07 kernel: NVRM: x"), "NVRM: x");
}

TEST(Wrapper, RemovesAnsi) {
  EXPECT_EQ(message("\x1b[36m(RayWorker pid=5)\x1b[0m boom"), "boom");
  EXPECT_EQ(message("[36m(RayWorker pid=5)[0m boom"), "boom");
  EXPECT_EQ(message("a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\c\x1b"), "abc");
}

TEST(Wrapper, ReadsBehindAProgressBar) {
  EXPECT_EQ(message("  0%|   | 0/10\r 10%|# | 1/10\r(Worker pid=5) boom\r"), "boom");
}

TEST(Wrapper, AZonedOuterStampBeatsAnUnzonedInnerOne) {
  const auto line = peel("2024-11-20T00:02:45.000000000Z stderr F 2024-11-20 08:02:45,000 - app - INFO - x");
  EXPECT_EQ(line.message, "x");
  EXPECT_EQ(line.time.utc_ns, nov_20_2024);
}

TEST(Wrapper, InnerStampOfTheSameWorthCounts) {
  EXPECT_EQ(peel("[2024-11-20 00:02:40,000] [2024-11-20 00:02:45,000] x").time.utc_ns, nov_20_2024);
}

TEST(Wrapper, SixLayers) {
  const auto line = peel(
      "2024-11-20T00:02:45.000000001Z stderr F [pod/a/b] (Ray pid=1) (Worker_TP0 pid=2) [rank4]:[E1003 18:37:01.8 "
      "x.cpp:1] boom");
  EXPECT_EQ(line.message, "boom");
  EXPECT_EQ(line.place.rank, 4);
  EXPECT_EQ(line.place.pid, 2);
}

TEST(Wrapper, WhatOnlyLooksLikeAPrefixStays) {
  for (const auto* raw : {"",
                          " ",
                          "[",
                          "[]",
                          "(",
                          "{",
                          "<",
                          "<stdin>",
                          "2: eth0: <BROADCAST>",
                          "1: lo: <LOOPBACK,UP> mtu 65536",
                          "  0:  10  21",
                          "0: not a log line",
                          "Wed Nov 20 00:02:45 2024",
                          "2024-11-20 00:02:45",
                          "[1/3] compiling",
                          "[0] done",
                          "(a) b",
                          "(pid=x) y",
                          "dmesg | grep Xid",
                          "| NVIDIA-SMI 550.54.14 |",
                          "2024/05/01 10:00:00.123, 0, GPU-1",
                          "2024-05-01 10:00:00, 5, 6",
                          "INFO: task python3:1 blocked for more than 120 seconds.",
                          "ERROR: KeyError: 'x'",
                          "Date: 2024-05-01 10:00:00 x",
                          "kernel: foo",
                          "gpu07:5210:5210 [0] NCCL INFO x",
                          "GPU0: text",
                          "[Rank 0] Watchdog caught",
                          "[GPU0]: x",
                          "[12.5%] x",
                          "node 0 cpus: 0 1 2",
                          "http://example: x",
                          "INFO:     127.0.0.1 - \"GET /\"",
                          "ERROR:http://x:80",
                          "[E] bad",
                          "4,5,6,x;y",
                          "kern :oops : x",
                          "Mon text",
                          "[   5.1234567] x",
                          "[rankX]: y",
                          "[rank99999999999]: y",
                          "(a pid=5)x"})
    EXPECT_EQ(message(raw), raw);
}

TEST(Wrapper, ChineseDmesgWallClock) {
  EXPECT_EQ(peel("[三 11月 20 00:02:45 2024] NVRM: x").time.utc_ns, nov_20_2024);
  EXPECT_EQ(message("[三 11月 20] NVRM: x"), "[三 11月 20] NVRM: x");
}

TEST(Wrapper, WeekdayWithoutYear) {
  const auto line = peel("Wed Nov 20 00:02:45 gpu07 kernel: NVRM: x");
  EXPECT_EQ(line.message, "NVRM: x");
  EXPECT_EQ(line.time.from, TimeFrom::yearless);
  EXPECT_EQ(line.time.weekday, 3);
}

TEST(Wrapper, HostsOwnStampsAndPrograms) {
  EXPECT_TRUE(peel("[Wed Nov 20 00:02:45 2024] NVRM: x").time.host_zone);
  EXPECT_TRUE(peel("Nov 20 00:02:45 gpu07 kernel: x").time.host_zone);
  EXPECT_EQ(peel("2024-11-20T08:02:45+0800 gpu07 kernel: x").time.zone_minutes, 480);
  EXPECT_FALSE(peel("2024-11-20 00:02:45,000 - app - INFO - x").time.host_zone);
}

TEST(Wrapper, NcclStampsInAnyFormat) {
  for (const auto* stamp : {"2024-11-20 00:02:45 ", "[2024-11-20 00:02:45.000000] ", "2024/11/20 00:02:45 ", "1732060965 ", "[Wed Nov 20 00:02:45 2024] ",
                            "(2024-11-20T00:02:45) "}) {
    const auto line = peel(std::string(stamp) + "gpu07:81:82 [0] NCCL WARN x");
    EXPECT_EQ(line.message, "gpu07:81:82 [0] NCCL WARN x") << stamp;
    EXPECT_EQ(line.time.utc_ns, nov_20_2024) << stamp;
  }
  EXPECT_EQ(message("00:02:45.123 gpu07:81:82 [0] transport/net.cc:5 NCCL WARN x"), "gpu07:81:82 [0] transport/net.cc:5 NCCL WARN x");
  EXPECT_EQ(message("20.11.24 00:02 gpu07:81:82 [0] NCCL INFO x"), "gpu07:81:82 [0] NCCL INFO x");
}

TEST(Wrapper, WordsBeforeAnNcclLineAreNoStamp) {
  for (const auto* raw : {"node 7 says gpu07:81:82 [0] NCCL INFO x", "[0] done 3 gpu07:81:82 [0] NCCL INFO x", "12:00:01 NCCL INFO x"}) EXPECT_EQ(message(raw), raw);
}

TEST(Wrapper, ContainerdsLogfmt) {
  const auto line = peel(R"(time="2024-11-20T00:02:45.000000000Z" level=error msg="x" error="y")");
  EXPECT_EQ(line.message, R"(level=error msg="x" error="y")");
  EXPECT_EQ(line.time.utc_ns, nov_20_2024);
}

TEST(Wrapper, Xinference) {
  EXPECT_EQ(message("2024-11-20 00:02:45,000 xinference.core.worker 57 ERROR    Failed to load model"), "Failed to load model");
  EXPECT_EQ(message("2024-11-20 00:02:45,000 version 1.2 57 things"), "version 1.2 57 things");
}

TEST(Wrapper, CriTellsStreamAndPieces) {
  const auto raw = std::string("2024-11-20T00:02:45.123456789Z stderr P half of");
  std::string scratch;
  const auto line = unwrap(1, raw, scratch);
  EXPECT_EQ(line.stream, "stderr");
  EXPECT_TRUE(line.partial);
}

TEST(Wrapper, DateCommand) {
  EXPECT_EQ(date_command_stamp("Wed Nov 20 00:02:45 UTC 2024")->time.utc_ns, nov_20_2024);
  EXPECT_EQ(date_command_stamp("Tue Nov 19 04:02:45 PM PST 2024")->time.utc_ns, nov_20_2024);
  EXPECT_EQ(date_command_stamp("Wed 20 Nov 2024 08:02:45 AM +08")->time.utc_ns, nov_20_2024);
  EXPECT_EQ(date_command_stamp("Wed Nov 20 08:02:45 CST 2024")->time.from, TimeFrom::assumed_utc);  // Chicago, Shanghai, Havana
  EXPECT_FALSE(date_command_stamp("Wed Nov 20 13:02:45 PM UTC 2024"));
  EXPECT_FALSE(date_command_stamp("Wed Nov 20 00:02:45 2024"));
}

TEST(Wrapper, LongNestingEnds) {
  std::string raw;
  for (int i = 0; i < 20000; ++i) raw += "0: ";
  EXPECT_EQ(message(raw), raw);
  raw.clear();
  for (int i = 0; i < 20000; ++i) raw += "[rank1]:";
  EXPECT_EQ(message(raw).size(), raw.size() - 8 * 8);
}

TEST(Wrapper, DmesgCaptureIsPeeledLineByLine) {
  const auto plain_text = test::shared_file("captures/h100-580/dmesg.txt");
  const auto wall_text = test::shared_file("captures/h100-580/dmesg-T.txt");
  const auto level_text = test::shared_file("captures/h100-580/dmesg-x.txt");
  if (!plain_text || !wall_text || !level_text) GTEST_SKIP() << "no captures; set GPM_SHARED";
  // The same boot in three forms: the messages are equal line by line.
  std::istringstream plain(*plain_text), wall(*wall_text), level(*level_text);
  std::string a, b, c;
  int lines = 0;
  while (std::getline(plain, a) && std::getline(wall, b) && std::getline(level, c)) {
    ++lines;
    EXPECT_EQ(message(a), message(b));
    EXPECT_EQ(message(a), message(c));
    EXPECT_TRUE(peel(a).time.since_boot_ns) << a;
    EXPECT_TRUE(peel(b).time.utc_ns) << b;
  }
  EXPECT_EQ(lines, 342);
}

}  // namespace
}  // namespace gpm::text
