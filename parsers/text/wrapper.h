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
// unwrap() peels as many layers as there are, keeps the message's own (innermost) time and the outermost host, and removes
// ANSI escapes. Shapes and their sources: reference section "wrappers" of docs/formats.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/text/line.h"

namespace gpm::text {

// Peels `raw`. `scratch` holds the message where it cannot be a view of `raw` (ANSI escapes removed, JSON unescaped); the
// result is valid as long as both are.
Line unwrap(std::uint64_t number, std::string_view raw, std::string& scratch);

}  // namespace gpm::text
