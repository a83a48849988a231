// SPDX-License-Identifier: Apache-2.0
//
// Bytes a second through the scanner, with all parsers and the whole knowledge base, for logs of which a given share of
// lines is interesting.
#include <benchmark/benchmark.h>

#include <string>

#include "analyzer/scan/scanner.h"
#include "kb/model.h"

namespace {

// 16 MiB of a node's log: container churn, HTTP access lines, training steps, NCCL INFO chatter; one line in `one_in` is an Xid.
std::string log_of(std::int64_t one_in) {
  std::string text;
  for (std::int64_t i = 0; text.size() < (16u << 20); ++i) {
    const auto n = std::to_string(i);
    if (i % one_in == one_in - 1)
      text += "[" + n + ".1] NVRM: Xid (PCI:0000:5d:00): 31, pid=" + n + ", name=python, Ch 00000008, intr 10000000. MMU Fault\n";
    else if (i % 4 == 0)
      text += "Nov 20 00:02:45 gpu07 kernel: [" + n + ".078590] docker0: port 3(veth" + n + ") entered forwarding state\n";
    else if (i % 4 == 1)
      text += "INFO:     10.0.3.7:" + n + " - \"POST /v1/chat/completions HTTP/1.1\" 200 OK\n";
    else if (i % 4 == 2)
      text += "step " + n + " | lm loss 2.1180 | tokens per second 48211 | grad norm 0.31 | consumed tokens " + n + "\n";
    else
      text += "2024-11-20 00:02:45,123 INFO dataloader worker " + n + " prefetched 64 samples in 12.1 ms\n";
  }
  return text;
}

void scan(benchmark::State& state) {
  const auto text = log_of(state.range(0));
  for (auto _ : state) {
    gpm::store::Store store("bench", false);
    gpm::scan::Scanner scanner(gpm::kb::embedded(), store);
    scanner.begin("log");
    for (std::size_t at = 0; at < text.size(); at += 1 << 18) scanner.data(std::string_view(text).substr(at, 1 << 18));
    scanner.end("ok", "");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(scan)->ArgName("one_in")->Arg(100'000)->Arg(100)->Arg(2)->Unit(benchmark::kMillisecond);

void start_up(benchmark::State& state) {
  for (auto _ : state) {
    gpm::store::Store store("bench", false);
    gpm::scan::Scanner scanner(gpm::kb::embedded(), store);
    benchmark::DoNotOptimize(scanner.content_hash());
  }
}
BENCHMARK(start_up)->Unit(benchmark::kMillisecond);

}  // namespace
