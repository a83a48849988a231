// SPDX-License-Identifier: Apache-2.0
#include "bench/logs.h"

#include <fmt/format.h>

#include <iterator>

namespace gpm::bench {
namespace {

constexpr std::uint64_t million = 1'000'000;
constexpr Mix kinds[] = {Mix::dmesg, Mix::syslog, Mix::nccl, Mix::vllm, Mix::trainer};
constexpr std::uint64_t run_lines = 40;  // of one source, before another one writes

}  // namespace

LogWriter::LogWriter(Mix mix, std::uint64_t interesting_per_million, std::uint64_t seed)
    : mix_(mix), per_million_(interesting_per_million), random_(seed) {}

void LogWriter::line(std::string& out) {
  ++lines_;
  uptime_s_ += 0.001 * static_cast<double>(number(40));
  if (number(million) < per_million_)
    interesting(out);
  else
    chatter(mix_ == Mix::mixed ? kinds[lines_ / run_lines * 2654435761u % std::size(kinds)] : mix_, out);
  out += '\n';
}

void LogWriter::interesting(std::string& out) {
  const auto to = std::back_inserter(out);
  const auto pid = 1000 + number(60'000);
  switch (number(6)) {
    case 0: fmt::format_to(to, "[{:12.6f}] NVRM: Xid (PCI:0000:{:02x}:00): {}, pid={}, name=python3, Ch 00000008", uptime_s_, 0x18 + 8 * number(8), 13 + number(80), pid); break;
    case 1: fmt::format_to(to, "gpu{:02}:{}:{} [{}] transport/net_ib.cc:{} NCCL WARN NET/IB : Got completion from peer 10.20.0.{} with status=12 opcode=0 len=0 vendor err 129", number(16), pid, pid + 80, number(8), 900 + number(300), number(250)); break;
    case 2: fmt::format_to(to, "RuntimeError: CUDA error: an illegal memory access was encountered"); break;
    case 3: fmt::format_to(to, "[{:12.6f}] Out of memory: Killed process {} (python3) total-vm:{}kB, anon-rss:{}kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:{}kB oom_score_adj:0", uptime_s_, pid, 1000 * pid, 700 * pid, pid); break;
    case 4: fmt::format_to(to, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {}.00 MiB. GPU {} has a total capacity of 79.10 GiB of which {}.00 MiB is free.", 20 + number(4000), number(8), number(20)); break;
    default: fmt::format_to(to, "[{:12.6f}] nvidia-nvlink: Unregistered Nvlink Core, major device number {}", uptime_s_, 230 + number(20)); break;
  }
}

void LogWriter::chatter(Mix mix, std::string& out) {
  const auto to = std::back_inserter(out);
  const auto second = static_cast<std::uint64_t>(uptime_s_);
  const auto clock = fmt::format("{:02}:{:02}:{:02}", second / 3600 % 24, second / 60 % 60, second % 60);
  switch (mix) {
    case Mix::dmesg:
      if (number(3) == 0) fmt::format_to(to, "[{:12.6f}] docker0: port {}(veth{:07x}) entered forwarding state", uptime_s_, number(40), number(1 << 28));
      else if (number(2) == 0) fmt::format_to(to, "[{:12.6f}] audit: type=1400 audit(17639{:05}.{:03}:{}): apparmor=\"ALLOWED\" operation=\"open\" profile=\"snap.lxd\" pid={} comm=\"sh\"", uptime_s_, number(100'000), number(1000), lines_, number(60'000));
      else fmt::format_to(to, "[{:12.6f}] IPv6: ADDRCONF(NETDEV_CHANGE): cali{:011x}: link becomes ready", uptime_s_, number(1ull << 44));
      break;
    case Mix::syslog:
      if (number(2) == 0) fmt::format_to(to, "Nov 20 {} gpu07 systemd[1]: run-docker-runtime\\x2drunc-moby-{:016x}-runc.{:06x}.mount: Deactivated successfully.", clock, random_(), number(1 << 24));
      else fmt::format_to(to, "Nov 20 {} gpu07 kubelet[{}]: I1120 {}.{:06}    {} reconciler_common.go:{}] \"operationExecutor.VerifyControllerAttachedVolume started for volume\" pod=\"train/worker-{}\"", clock, 2000 + number(9), clock, number(million), 2000 + number(9), number(400), number(64));
      break;
    case Mix::nccl: {
      const auto rank = lines_ / 8 % 64;  // a process writes several lines at once
      fmt::format_to(to, "gpu{:02}:{}:{} [{}] NCCL INFO Channel {:02}/0 : {}[{}] -> {}[{}] via {}", rank / 8, 4000 + rank, 4100 + rank, rank % 8, number(24), rank, rank % 8, (rank + 1) % 64, (rank + 1) % 8,
                     rank % 8 == 7 ? fmt::format("NET/IB/{}/GDRDMA", rank % 4) : "P2P/CUMEM");
      break;
    }
    case Mix::vllm:
      if (number(5) == 0) fmt::format_to(to, "INFO 11-20 {} [loggers.py:118] Engine 000: Avg prompt throughput: {}.{} tokens/s, Avg generation throughput: {}.{} tokens/s, Running: {} reqs, Waiting: 0 reqs, GPU KV cache usage: {}.{}%, Prefix cache hit rate: {}.0%", clock, number(9000), number(10), number(4000), number(10), number(256), number(100), number(10), number(100));
      else fmt::format_to(to, "INFO:     10.0.{}.{}:{} - \"POST /v1/chat/completions HTTP/1.1\" 200 OK", number(256), number(256), 1024 + number(64'000));
      break;
    default:
      if (number(20) == 0) {  // a picture of a notebook, a saved key
        for (int i = 0; i < 30; ++i) fmt::format_to(to, "{:016x}", random_());
        break;
      }
      fmt::format_to(to, "2024-11-20 {},{:03} [INFO] iteration {:8}/ 500000 | consumed samples: {:12} | elapsed time per iteration (ms): {}.{} | learning rate: 2.{}E-04 | lm loss: 2.{:06} | grad norm: 0.{:03} |", clock, number(1000), lines_, lines_ * 512, 300 + number(20), number(10), number(1000), number(million), number(1000));
  }
}

}  // namespace gpm::bench
