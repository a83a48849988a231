// SPDX-License-Identifier: Apache-2.0
//
// Wrappers: what loggers, kernels, container engines and launchers write in front of a message.
//
//   [155044.078590] NVRM: ...                                     dmesg
//   [Mon Nov 23 17:41:07 2026] NVRM: ...                          dmesg -T
//   kern  :warn  : [155044.078590] NVRM: ...                      dmesg -x
//   Nov 20 00:02:45 gpu07 kernel: [155044.078590] NVRM: ...       rsyslog, journal short
//   2024-11-20T00:02:45.123456+00:00 gpu07 kernel: NVRM: ...      rsyslog ISO, journal short-iso
//   2024-11-20T00:02:45.123456789Z stderr F NVRM: ...             CRI
//   [rank0]:[E1003 18:37:01.832146912 ProcessGroupNCCL.cpp:607] ...
//
// unwrap() peels up to eight layers and removes ANSI escapes. Of several times the one that says most counts (with zone, then
// with year, then without), of equals the innermost; the kernel's own clock is kept beside it. The outermost host counts,
// except that Ray's ip= names the machine of the message better than the driver's log does. `[rank0]:` and mpirun give the
// rank; torchrun's `[default0]:` is a local rank and srun's `0:` a task, so those give none. A text that merely looks like
// a prefix stays. The shapes are listed in kernel_layer.cc, log_layer.cc, launcher_layer.cc and log_record.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "parsers/text/line.h"

namespace gpm::text {

// Peels `raw`. `scratch` holds the message where it cannot be a view of `raw` (ANSI escapes removed, JSON unescaped); the
// result is valid as long as both are.
//
// Some wrappers stand on other lines than the message: dmesg -J has one key a line, journalctl -o verbose and -o export one
// field a line. Who has the document says what stands around.
struct Surroundings {
  std::string_view before;  // up to 256 bytes that stand directly before the line
  std::string_view record;  // the journald record (log_record.h) in which `raw` lies as a view; empty in other documents
};
Line unwrap(std::uint64_t number, std::string_view raw, std::string& scratch, const Surroundings& around = {});

// All messages of a physical line, each with its own time and origin, in their order. Mostly there is one; there are more
// - where the message holds line ends: /dev/kmsg's \x0a, JSON's \n;
// - where a line end got lost: a kernel stamp or a [rankN]: in the middle of a message of the same kind, and JSON records
//   one behind the other (also the whole of dmesg -J on one line).
// At most max_messages; what is over stays with the last. The callback's line is valid during the call.
inline constexpr std::size_t max_messages = 4096;
void each_message(std::uint64_t number, std::string_view raw, const Surroundings& around, const std::function<void(const Line&)>& take);

// The same for a line that a container engine cut: `first` is its first piece, `joined` the payloads of all (Line::payload).
// Prefixes that were cut are whole again; evidence quotes the first piece.
void each_joined_message(const Line& first, std::string_view joined, const std::function<void(const Line&)>& take);

}  // namespace gpm::text
