// SPDX-License-Identifier: Apache-2.0
//
// The gpu-postmortem command: reads the command line and does what it asks.
#include <fmt/format.h>
#include <malloc.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "analyzer/analysis.h"
#include "tools/cli/common.h"
#include "tools/cli/verbs.h"

namespace {

#ifdef __GLIBC__
// What a small bundle needs lies in three huge pages, where the system has them: 2 MiB take 70 microseconds when they are first
// touched, as pages of 4 KiB 700. Where anything is not as expected, malloc goes on as ever.
void take_huge_pages() {
  constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20, size = 3 * huge_page, before = std::uintptr_t{256} << 10;
  const auto end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  const auto begin = (end + before + huge_page - 1) / huge_page * huge_page;
  // malloc's next step begins a little before the first of them, so that it does not touch it: a page that is there stays small.
  if (sbrk(static_cast<std::intptr_t>(begin - before - end)) == reinterpret_cast<void*>(-1)) return;
  mallopt(M_TOP_PAD, size + before);
  void* volatile step = malloc(before * 3 / 4);  // more than is left of the first step
  if (reinterpret_cast<std::uintptr_t>(sbrk(0)) >= begin + size) madvise(reinterpret_cast<void*>(begin), size, MADV_HUGEPAGE);
  free(step);
}
#endif

// Memory comes from the system in large steps and is not given back each time that a step of the analysis ends, to be
// taken again by the next: for a small bundle a quarter of the time went there.
void keep_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  take_huge_pages();
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory();
  // The zone of this machine means nothing for a bundle of another; libraries that ask are told UTC.
  setenv("TZ", "UTC0", 1);
  // Nobody asks SQLite how much memory it has; to count it takes a lock at each of a hundred thousand allocations.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const auto version = fmt::format("gpu-postmortem {} (knowledge of {})", gpm::tool_version, gpm::kb::embedded().date);
  try {
    const auto command = gpm::cli::parse(argc, argv, version);
    switch (command.kind) {
      case gpm::cli::Command::Kind::show:
        std::cout << command.text << std::flush;
        return std::cout ? 0 : gpm::cli::failed;
      case gpm::cli::Command::Kind::fail:
        std::cerr << command.text;
        return gpm::cli::wrong_usage;
      case gpm::cli::Command::Kind::analyze:
        return gpm::cli::analyze(command.analyze);
      case gpm::cli::Command::Kind::explain:
        return gpm::cli::explain(command.explain);
      case gpm::cli::Command::Kind::patterns:
        return gpm::cli::patterns();
      case gpm::cli::Command::Kind::score:
        return gpm::cli::score(command.score);
    }
  } catch (const std::exception& error) {
    gpm::cli::say(error.what());
  }
  return gpm::cli::failed;
}
