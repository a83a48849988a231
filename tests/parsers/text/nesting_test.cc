// SPDX-License-Identifier: Apache-2.0
//
// Round trips: any event in any two wrappers is read back with its message, its time and its origin. The times below are
// all different, so that the test sees whose time was taken.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "parsers/text/wrapper.h"

namespace gpm::text {
namespace {

using facts::TimeFrom;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t base = 1732060800 * second;  // 2024-11-20T00:00:00Z
constexpr std::int64_t in_year_base = (31 + 29 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 19) * 86'400 * second;  // Nov 20 of 2000

struct Wrapper {
  std::string name;
  std::function<std::string(const std::string&)> wrap;
  TimeFrom from = TimeFrom::none;
  std::int64_t time = 0;        // seconds after base; of the boot for since_boot
  std::int64_t boot_us = 0;     // beside a wall clock
  facts::Place place = {};
  std::optional<int> priority = {};
  std::string stream = {};
};

std::function<std::string(const std::string&)> before(std::string prefix) {
  return [prefix](const std::string& inner) { return prefix + inner; };
}

std::string json_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::function<std::string(const std::string&)> in_json(std::string head, std::string tail) {
  return [=](const std::string& inner) { return head + json_text(inner) + tail; };
}

facts::Place host(std::string name) { return {.host = std::move(name)}; }
facts::Place rank(int number) { return {.rank = number}; }
facts::Place process(std::string name, std::int64_t pid, std::string host = {}) {
  return {.host = std::move(host), .process = std::move(name), .pid = pid};
}

// Who reads the kernel's log.
std::vector<Wrapper> kernel_wrappers() {
  return {
      {"dmesg", before("[155044.078590] "), TimeFrom::since_boot, 0, 155044078590},
      {"dmesg with caller", before("[155044.078591] [ T1946] "), TimeFrom::since_boot, 0, 155044078591},
      {"dmesg -T", before("[Wed Nov 20 00:00:01 2024] "), TimeFrom::assumed_utc, 1},
      {"dmesg -x", before("kern  :warn  : [155044.078592] "), TimeFrom::since_boot, 0, 155044078592, {}, 4},
      {"dmesg -r", before("<3>[155044.078593] "), TimeFrom::since_boot, 0, 155044078593, {}, 3},
      {"dmesg iso", before("2024-11-20T00:00:02,000000+00:00 "), TimeFrom::stated, 2},
      {"kmsg", before("4,368,155044078594,-;"), TimeFrom::since_boot, 0, 155044078594, {}, 4},
      {"talosctl", before("10.9.0.7: kern: warning: [2024-11-20T00:00:03.000000000Z]: "), TimeFrom::stated, 3, 0, host("10.9.0.7"), 4},
      {"short", before("Nov 20 00:00:04 gpu07 kernel: "), TimeFrom::yearless, 4, 0, host("gpu07")},
      {"short-precise", before("Nov 20 00:00:05.000000 gpu07 kernel: "), TimeFrom::yearless, 5, 0, host("gpu07")},
      {"with kernel stamp", before("Nov 20 00:00:06 gpu07 kernel: [155044.078595] "), TimeFrom::yearless, 6, 155044078595, host("gpu07")},
      {"short-iso", before("2024-11-20T08:00:07+0800 gpu07 kernel: "), TimeFrom::stated, 7, 0, host("gpu07")},
      {"rsyslog iso", before("2024-11-20T00:00:08.000000+00:00 gpu07 kernel: [155044.078596] "), TimeFrom::stated, 8, 155044078596, host("gpu07")},
      {"short-full", before("Wed 2024-11-20 00:00:09 UTC gpu07 kernel: "), TimeFrom::stated, 9, 0, host("gpu07")},
      {"short-unix", before("1732060810.000000 gpu07 kernel: "), TimeFrom::stated, 10, 0, host("gpu07")},
      {"short-monotonic", before("[155044.078597] gpu07 kernel: "), TimeFrom::since_boot, 0, 155044078597, host("gpu07")},
      {"RFC 5424", before("<4>1 2024-11-20T00:00:11Z gpu07 kernel - - - "), TimeFrom::stated, 11, 0, host("gpu07"), 4},
      {"dmesg -J", in_json(R"({"pri":4,"time":155044.078598,"msg":")", R"("})"), TimeFrom::since_boot, 0, 155044078598, {}, 4},
      {"journal json",
       in_json(R"({"__REALTIME_TIMESTAMP":"1732060812000000","_HOSTNAME":"gpu07","PRIORITY":"4","SYSLOG_IDENTIFIER":"kernel",)"
               R"("_SOURCE_MONOTONIC_TIMESTAMP":"155044078599","MESSAGE":")", R"("})"),
       TimeFrom::stated, 12, 155044078599, host("gpu07"), 4},
  };
}

// Loggers of programs.
std::vector<Wrapper> logger_wrappers() {
  return {
      {"loguru", before("2024-11-20 00:00:20.000 | INFO     | module:func:12 - "), TimeFrom::assumed_utc, 20},
      {"Python", before("2024-11-20 00:00:21,000 - trainer - ERROR - "), TimeFrom::assumed_utc, 21},
      {"basicConfig", before("WARNING:torch.distributed.run:")},
      {"DeepSpeed", before("[2024-11-20 00:00:22,000] [INFO] [comm.py:637:init] "), TimeFrom::assumed_utc, 22},
      {"vLLM", before("INFO 11-20 00:00:23 [pynccl.py:63] "), TimeFrom::yearless, 23},
      {"vLLM without date", before("(Worker pid=150) INFO [pynccl.py:113] "), TimeFrom::none, 0, 0, process("Worker", 150)},
      {"SGLang", before("[2024-11-20 00:00:24 TP0] "), TimeFrom::assumed_utc, 24},
      {"Xinference", before("2024-11-20 00:00:25,000 xinference.core.worker 57 ERROR    "), TimeFrom::assumed_utc, 25},
      {"GPUStack", before("2024-11-20T08:00:26+08:00 - gpustack.worker - INFO - "), TimeFrom::stated, 26},
      {"klog", before("E1120 00:00:27.000000    3911 server.go:144] "), TimeFrom::yearless, 27, 0, {.pid = 3911}},
      {"c10", before("[rank3]:[E1120 00:00:28.000000000 ProcessGroupNCCL.cpp:607] "), TimeFrom::yearless, 28, 0, rank(3)},
      {"slurmd", before("Nov 20 00:00:29 gpu07 slurmd[812]: "), TimeFrom::yearless, 29, 0, process("slurmd", 812, "gpu07")},
      {"zap", in_json(R"({"level":"error","ts":1732060830.000,"msg":")", R"("})"), TimeFrom::stated, 30, 0, {}, 3},
  };
}

// Who collects the output of programs.
std::vector<Wrapper> collector_wrappers() {
  return {
      {"docker", in_json(R"({"log":")", R"(\n","stream":"stderr","time":"2024-11-20T00:00:40.000000000Z"})"), TimeFrom::stated, 40, 0, {}, {}, "stderr"},
      {"CRI", before("2024-11-20T00:00:41.000000000Z stdout F "), TimeFrom::stated, 41, 0, {}, {}, "stdout"},
      {"kubectl --timestamps", before("2024-11-20T00:00:42.000000000Z "), TimeFrom::stated, 42},
      {"kubectl --prefix", before("[pod/trainer-0/pytorch] "), TimeFrom::none, 0, 0, {.pod = "trainer-0", .container = "pytorch"}},
      {"torchrun", before("[rank5]: "), TimeFrom::none, 0, 0, rank(5)},
      {"torchrun --tee", before("[default0]:")},
      {"Ray", before("(RayWorkerWrapper pid=581, ip=10.0.0.2) "), TimeFrom::none, 0, 0, process("RayWorkerWrapper", 581, "10.0.0.2")},
      {"coloured Ray", before("\x1b[36m(RayWorker pid=582)\x1b[0m "), TimeFrom::none, 0, 0, process("RayWorker", 582)},
      {"mpirun", before("[1,6]<stdout>:"), TimeFrom::none, 0, 0, rank(6), {}, "stdout"},
      {"compose", before("trainer-1  | "), TimeFrom::none, 0, 0, {.container = "trainer-1"}},
      {"srun -l", before("0: ")},
  };
}

const std::vector<std::string>& events() {
  static const std::vector<std::string> all = {
      "NVRM: Xid (PCI:0000:41:00): 79, pid=4242, name=python3, GPU has fallen off the bus.",
      "gpu07:5210:5210 [0] NCCL INFO comm 0x55 rank 0 nranks 8 - Init START",
      "Traceback (most recent call last):",
      "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate \"2.00 GiB\".",
  };
  return all;
}

int worth(TimeFrom from) {
  return from == TimeFrom::stated ? 4 : from == TimeFrom::assumed_utc ? 3 : from == TimeFrom::yearless ? 2 : from == TimeFrom::since_boot ? 1 : 0;
}

void expect_round_trip(const Wrapper& outer, const Wrapper& inner, const std::string& event, const std::string& line_end) {
  const auto raw = outer.wrap(inner.wrap(event)) + line_end;
  std::string scratch;
  const auto line = unwrap(1, raw, scratch);
  SCOPED_TRACE(outer.name + " > " + inner.name + ": " + raw);
  EXPECT_EQ(line.message, event);
  const auto& clock = worth(inner.from) >= worth(outer.from) ? inner : outer;
  EXPECT_EQ(line.time.from, clock.from);
  if (clock.from == TimeFrom::stated || clock.from == TimeFrom::assumed_utc) { EXPECT_EQ(line.time.utc_ns, base + clock.time * second); }
  if (clock.from == TimeFrom::yearless) { EXPECT_EQ(line.time.in_year_ns, in_year_base + clock.time * second); }
  const auto boot_us = inner.boot_us != 0 ? inner.boot_us : outer.boot_us;
  EXPECT_EQ(line.time.since_boot_ns.value_or(0), boot_us * 1000);
  const auto either = [](const auto& first, const auto& second) { return first == std::decay_t<decltype(first)>() ? second : first; };
  const bool ray = inner.name == "Ray";
  EXPECT_EQ(line.place.host, ray ? inner.place.host : either(outer.place.host, inner.place.host));
  EXPECT_EQ(line.place.pid, either(inner.place.pid, outer.place.pid));
  EXPECT_EQ(line.place.process, either(inner.place.process, outer.place.process));
  EXPECT_EQ(line.place.rank, either(inner.place.rank, outer.place.rank));
  EXPECT_EQ(line.place.pod, either(inner.place.pod, outer.place.pod));
  EXPECT_EQ(line.place.container, either(inner.place.container, outer.place.container));
  EXPECT_EQ(line.priority, either(inner.priority, outer.priority));
  EXPECT_EQ(line.stream, either(inner.stream, outer.stream));
}

const Wrapper bare{"bare", before("")};

TEST(Nesting, EveryWrapperAlone) {
  for (const auto& all : {kernel_wrappers(), logger_wrappers(), collector_wrappers()})
    for (const auto& wrapper : all)
      for (const auto& event : events())
        if (wrapper.name != "srun -l" || event != events()[0])  // "0: " before what may be a program's own words stays
          expect_round_trip(bare, wrapper, event, "");
}

TEST(Nesting, KernelLogsInsideWhatCollectsThem) {
  for (const auto& outer : collector_wrappers())
    for (const auto& inner : kernel_wrappers())
      if (!(outer.name == "srun -l" && inner.name == "talosctl")) expect_round_trip(outer, inner, events()[0], "");
}

TEST(Nesting, LoggersInsideCollectors) {
  for (const auto& outer : collector_wrappers())
    for (const auto& inner : logger_wrappers())
      for (std::size_t i = 1; i < events().size(); ++i) expect_round_trip(outer, inner, events()[i], "");
}

TEST(Nesting, CollectorsInsideEachOther) {
  for (const auto& outer : collector_wrappers())
    for (const auto& inner : collector_wrappers())
      if (outer.name != inner.name && !(outer.name == "srun -l" && inner.name == "compose"))
        for (std::size_t i = 1; i < events().size(); ++i) expect_round_trip(outer, inner, events()[i], "");
}

TEST(Nesting, DaemonsLogWhatProgramsPrint) {
  std::vector<Wrapper> daemons = logger_wrappers();
  std::erase_if(daemons, [](const Wrapper& w) { return w.name != "slurmd"; });
  daemons.push_back({"journal json of a unit",
                     in_json(R"({"__REALTIME_TIMESTAMP":"1732060850000000","_HOSTNAME":"gpu07","SYSLOG_IDENTIFIER":"dockerd","_PID":"99","MESSAGE":")", R"("})"),
                     TimeFrom::stated, 50, 0, process("dockerd", 99, "gpu07")});
  for (const auto& outer : daemons)
    for (const auto& inner : collector_wrappers())
      for (std::size_t i = 1; i < events().size(); ++i) expect_round_trip(outer, inner, events()[i], "");
}

TEST(Nesting, WindowsLineEndsChangeNothing) {
  for (const auto& outer : collector_wrappers())
    for (const auto& inner : logger_wrappers()) expect_round_trip(outer, inner, events()[3], outer.name == "docker" ? "" : "\r");
}

}  // namespace
}  // namespace gpm::text
