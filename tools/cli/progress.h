// SPDX-License-Identifier: Apache-2.0
//
// Progress on standard error: one line, rewritten, from two seconds on, only on a terminal.
#pragma once

#include <chrono>

#include "parsers/bundle/bundle.h"

namespace gpm::cli {

class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress();  // clears the line
  void show(const bundle::Usage& usage);

 private:
  bool wanted_, shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace gpm::cli
