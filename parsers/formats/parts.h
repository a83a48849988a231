// SPDX-License-Identifier: Apache-2.0
//
// Parts of a document: a file into which somebody pasted several outputs, split at its prompts and headings.
//
//   $ uname -r                                    part 1, lines 1-2: uname
//   6.8.0-64-generic
//   root@h:~# dmesg | tail                        part 2, lines 3-9: dmesg
//   ...
//   ==> /proc/driver/nvidia/version <==           head's and tail's heading
//   # /proc/driver/nvidia/params                  a path as heading
//   (.venv) me@h:/srv# pip list
//   [node7]$ squeue        node7:~$ lsmod
//
// `# command` counts where the command is a known one: other lines with '#' are comments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::formats {

struct Part {
  std::uint64_t first_line = 1, last_line = 1;  // 1-based; the heading is the first
  std::string title;                            // command or path above it; empty at a document's start
  std::string format;                           // id of formats.h; command-output or text where none is known
};

// The command or path that a heading names; nothing for any other line.
std::optional<std::string_view> heading(std::string_view line);

struct Split {
  std::vector<Part> parts;              // in order, at least one; at most max_parts
  std::vector<std::string_view> texts;  // what stands below the headings, views of the document
  std::string format;                   // of the whole: that of its parts, or "session"; empty if nothing is recognised
};
inline constexpr std::size_t max_parts = 500;
// Documents up to this size are split; what somebody pastes by hand is small.
inline constexpr std::size_t split_bytes = 256 * 1024;

Split split_at_prompts(std::string_view document);

}  // namespace gpm::formats
