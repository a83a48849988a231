// SPDX-License-Identifier: Apache-2.0
//
// make-logs MIB PER-MILLION [dmesg|syslog|nccl|vllm|trainer|mixed]: a log of that size with so many interesting lines in a
// million, on standard output.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "bench/logs.h"

int main(int argc, char** argv) {
  using gpm::bench::Mix;
  constexpr std::pair<std::string_view, Mix> mixes[] = {{"dmesg", Mix::dmesg}, {"syslog", Mix::syslog}, {"nccl", Mix::nccl},
                                                        {"vllm", Mix::vllm},   {"trainer", Mix::trainer}, {"mixed", Mix::mixed}};
  const std::string_view wanted = argc > 3 ? argv[3] : "mixed";
  const auto* mix = &mixes[0];
  while (mix != std::end(mixes) && mix->first != wanted) ++mix;
  if (argc < 3 || mix == std::end(mixes)) {
    std::fputs("make-logs MIB PER-MILLION [dmesg|syslog|nccl|vllm|trainer|mixed]\n", stderr);
    return 2;
  }
  const auto bytes = std::strtoull(argv[1], nullptr, 10) << 20;
  gpm::bench::LogWriter writer(mix->second, std::strtoull(argv[2], nullptr, 10));
  std::string block;
  for (unsigned long long written = 0; written < bytes; written += block.size()) {
    block.clear();
    while (block.size() < (1u << 20)) writer.line(block);
    if (std::fwrite(block.data(), 1, block.size(), stdout) != block.size()) return 4;
  }
  return 0;
}
