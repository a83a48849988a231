// SPDX-License-Identifier: Apache-2.0
//
// Bytes a second through the scanner, with all parsers and the whole knowledge base, for logs of which a given share of
// lines is interesting.
#include <benchmark/benchmark.h>

#include <string>

#include "analyzer/scan/scanner.h"
#include "bench/logs.h"
#include "kb/model.h"

namespace {

// 16 MiB of a node's logs (logs.h), so many interesting lines in a million.
std::string log_of(std::int64_t per_million) {
  gpm::bench::LogWriter writer(gpm::bench::Mix::mixed, static_cast<std::uint64_t>(per_million));
  std::string text;
  while (text.size() < (16u << 20)) writer.line(text);
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
BENCHMARK(scan)->ArgName("per_million")->Arg(10)->Arg(10'000)->Arg(500'000)->Unit(benchmark::kMillisecond);

void start_up(benchmark::State& state) {
  for (auto _ : state) {
    gpm::store::Store store("bench", false);
    gpm::scan::Scanner scanner(gpm::kb::embedded(), store);
    benchmark::DoNotOptimize(scanner.content_hash());
  }
}
BENCHMARK(start_up)->Unit(benchmark::kMillisecond);

}  // namespace
