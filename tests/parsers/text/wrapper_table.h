// SPDX-License-Identifier: Apache-2.0
//
// All wrappers that are peeled, each with a writer, for round trips: what is written around a message must be read back.
// Times and origins are drawn anew for each use.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "parsers/facts/facts.h"

namespace gpm::text {

// What a wrapper may say of a message.
struct Drawn {
  std::int64_t utc_ns = 0, boot_us = 0;
  facts::Place place;
};
Drawn draw(std::mt19937& random);

// Who writes it, which decides what can stand inside.
enum class Writer {
  kernel_log,  // readers of the kernel's log: nothing but the kernel's messages inside
  logger,      // a program's own logging: its own words inside, and what it passes on
  daemon,      // syslog and journal, for programs
  collector,   // whoever takes the output of processes or containers, line by line
  nccl,        // NCCL's own stamp, in front of NCCL's own lines
  document,    // a file's encoding, or a format in which a message is one line of several: always the outermost
};

// What a prefix is peeled before: some could be a program's own words ("3: ", "node2: ").
enum class Before { anything, log_line, job_line };

struct Wrapper {
  std::string name;
  Writer writer;
  // The line (or the document, for Writer::document) with `inner` inside.
  std::function<std::string(const Drawn&, const std::string& inner)> write;
  facts::TimeFrom from = facts::TimeFrom::none;
  int digits = 0;     // of the second's fraction
  bool boot = false;  // the kernel's clock stands there
  std::function<facts::Place(const facts::Place&)> says = {};  // which part of the origin
  std::optional<int> priority = {};
  std::string stream = {};
  Before before = Before::anything;
};

// In the order of Writer.
const std::vector<Wrapper>& wrappers();

}  // namespace gpm::text
