// SPDX-License-Identifier: Apache-2.0
//
// One program for all libFuzzer targets, as they share all of their code; the name by which it is started picks the target:
//   build/fuzz/tests/fuzz/kernel_fuzz -max_total_time=60 NEW_FOLDER tests/fuzz/seeds/kernel
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "tests/fuzz/targets.h"

namespace {

struct Target {
  std::string_view name;
  void (*run)(std::string_view bytes);
};

using namespace gpm::fuzz;

// One for each folder of parsers/; the smallest ones share one with their neighbours.
constexpr std::array<Target, 15> targets = {{
    {"app", [](std::string_view bytes) { parsers(bytes, {"app"}); }},
    {"bundle", bundle},
    {"container", [](std::string_view bytes) { parsers(bytes, {"container"}); }},
    {"cuda", [](std::string_view bytes) { parsers(bytes, {"cuda", "monitor"}); }},
    {"formats", formats},
    {"host", [](std::string_view bytes) { parsers(bytes, {"host"}); }},
    {"kernel", [](std::string_view bytes) { parsers(bytes, {"kernel"}); }},
    {"nccl", [](std::string_view bytes) { parsers(bytes, {"nccl"}); }},
    {"nvidia", [](std::string_view bytes) { parsers(bytes, {"nvidia"}); }},
    {"nvidia_smi", [](std::string_view bytes) { parsers(bytes, {"nvidia_smi"}); }},
    {"python", [](std::string_view bytes) { parsers(bytes, {"python"}); }},
    {"rdma", [](std::string_view bytes) { parsers(bytes, {"rdma", "ucx"}); }},
    {"slurm", [](std::string_view bytes) { parsers(bytes, {"slurm"}); }},
    {"text", text},
    {"torch", [](std::string_view bytes) { parsers(bytes, {"torch"}); }},
}};

const Target* chosen = nullptr;  // libFuzzer calls functions, so there is no object to keep it in

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char*** arguments) {
  std::string_view name = (*arguments)[0];
  name.remove_prefix(std::min(name.size(), name.rfind('/') + 1));
  if (const auto underscore = name.rfind("_fuzz"); underscore != std::string_view::npos) name = name.substr(0, underscore);
  const auto* found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) { return target.name == name; });
  if (found == targets.end()) {
    std::fputs("start this by the name of a target: <target>_fuzz, one of:", stderr);
    for (const auto& target : targets) std::fprintf(stderr, " %s", target.name.data());
    std::fputs("\n", stderr);
    std::exit(2);
  }
  chosen = found;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
