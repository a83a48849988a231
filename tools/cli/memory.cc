// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace gpm::cli {

#ifdef __GLIBC__
namespace {

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

}  // namespace
#endif

void keep_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  take_huge_pages();
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

}  // namespace gpm::cli
