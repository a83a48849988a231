// SPDX-License-Identifier: Apache-2.0
//
// The gpu-postmortem command: reads the command line and does what it asks.
#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <iostream>

#include "analyzer/analysis.h"
#include "tools/cli/common.h"
#include "tools/cli/memory.h"
#include "tools/cli/verbs.h"

int main(int argc, char** argv) {
  gpm::cli::keep_memory();
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
