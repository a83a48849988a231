// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace gpm::cli {

using namespace std::chrono_literals;

Progress::Progress(bool wanted) : wanted_(wanted && isatty(STDERR_FILENO)), next_(std::chrono::steady_clock::now() + 2s) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(const bundle::Usage& usage) {
  if (!wanted_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + 200ms;
  shown_ = true;
  fmt::print(stderr, "\rreading: {:.1f} MiB, {} documents\x1b[K", static_cast<double>(usage.total_bytes) / (1 << 20), usage.documents);
  std::fflush(stderr);
}

}  // namespace gpm::cli
