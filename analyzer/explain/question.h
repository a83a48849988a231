// SPDX-License-Identifier: Apache-2.0
//
// What `gpu-postmortem explain` was asked about.
//
//   xid 79 | xid79 | "Xid 79"         a code by family and number (decimal or 0x..)
//   cuda cudaErrorIllegalAddress      a code by family and name; the name alone will do
//   exit 137, exit -9                 128 + N and -N are the signal N
//   rm-init 0x26:0x56:1463            step and status of RmInitAdapter
//   gpu-fell-off-bus                  a cause
//   kernel.xid.79                     a signal
//   anything else                     a line of a log
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kb/model.h"

namespace gpm::explain {

inline constexpr std::size_t max_line_bytes = 64 * 1024;

struct CodeHit {
  enum class How {
    itself,
    old_number,     // asked by the number that it had before CUDA 10.1
    ending_signal,  // asked by an exit status that stands for this signal
  };
  const kb::Code* code = nullptr;
  How how = How::itself;
  std::int64_t asked = 0;  // the number, where it is not the code's own
};

struct Question {
  enum class Kind { codes, cause, signal, line, unknown };
  Kind kind = Kind::unknown;
  std::vector<CodeHit> codes;
  const kb::Cause* cause = nullptr;
  const kb::Signal* signal = nullptr;
  std::string line;
  bool maybe_line = false;  // of unknown: a single word that could be a line ("Killed"); it stands in `line`
  std::string reason;  // of unknown: one sentence for the user, not yet inert
};

Question ask(const std::vector<std::string>& words, const kb::Knowledge& knowledge);

// By family and number or by family and name; nullptr where there is none.
const kb::Code* find_code(const kb::Knowledge& knowledge, std::string_view family, std::int64_t number);
const kb::Code* find_code(const kb::Knowledge& knowledge, std::string_view family, std::string_view name);
// What an exit status means: its own entry, and the signal behind 128 + N or -N.
std::vector<CodeHit> exit_status(const kb::Knowledge& knowledge, std::int64_t status);

}  // namespace gpm::explain
