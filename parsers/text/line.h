// SPDX-License-Identifier: Apache-2.0
//
// One line of a document as parsers see it: the bytes, and the message inside its wrappers.
//
//   raw:      "Nov 20 00:02:45 gpu07 kernel: [155044.078590] NVRM: Xid (PCI:0000:41:00): 79, ..."
//   message:  "NVRM: Xid (PCI:0000:41:00): 79, ..."     host: "gpu07"     time: Nov 20 00:02:45, since boot 155044.07859 s
//
// Views live only as long as the call that hands the line over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::text {

// Evidence quotes at most this much of a line, around what matters (contract of the JSON report).
inline constexpr std::size_t max_evidence_bytes = 4096;

struct Line {
  std::uint64_t number = 0;   // 1-based; a line longer than the scanner's window comes in pieces with the same number
  std::string_view raw;       // without the line end ("\n" or "\r\n")
  std::string_view message;   // raw without wrappers and without ANSI escapes; equals raw where there are none
  facts::Time time;           // from the wrappers
  facts::Place place;         // host, rank, pod, container, pid as far as the wrappers say
  std::optional<int> priority;  // syslog's level, 0 emergency .. 7 debug, where a wrapper says it
  std::string_view stream;      // "stdout" or "stderr" where a wrapper says it; static storage
  bool partial = false;         // the container engine cut the line here; its next line of the same stream goes on
  // What the container engine was given: raw without the engine's own prefix, but with those inside, which it may have cut.
  // Empty where no engine took it, and where the message is no view of it any more.
  std::string_view payload;
  bool glued = false;  // not the first message of its payload
  // Up to 256 bytes that stand directly before this line in the document, as found; empty where the scanner has none.
  // For blocks whose first lines hold no literal worth a gate (the date above nvidia-smi's table).
  std::string_view before;
};

// The part of `raw` to quote: all of it, or at most max_evidence_bytes around [offset, offset + size).
std::string quote(std::string_view raw, std::size_t offset = 0, std::size_t size = 0);

// An Origin for this line; `match` is the part that matters and must lie inside line.raw (else the line's start is quoted).
facts::Origin origin(const Line& line, std::string_view match = {});

}  // namespace gpm::text
