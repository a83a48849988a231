// SPDX-License-Identifier: Apache-2.0
//
// What a document is: the formats that are known, and how text is recognised as one of them.
//
// A parser finds its records wherever they stand (parser.h), so nothing here decides what is read. It says what the
// reader of a report wants to know: which of the files are nvidia-smi tables, kernel logs, job logs; which pasted command
// gave which lines; how much of a bundle is of a kind that this program knows. docs/formats.md is written from the table.
//
// Recognition looks at content only. Names lie ("log.txt", "output (3).txt"), so they are never asked; the command that
// somebody pasted above its output is part of the content and is asked where the output alone says nothing ("64" below
// `ulimit -l`).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::formats {

struct Format {
  std::string_view id;        // documents.format
  std::string_view tool;      // what prints or writes it
  std::string_view versions;  // which layouts are known; empty where it hardly changes
  std::string_view facts;     // what comes out of it (docs/facts.md); empty = recognised only
  std::string_view families;  // blank-separated other names by which artefacts of the knowledge base know it
};

// Sorted by room (NVIDIA, kernel, host, containers, jobs), as docs/formats.md lists them.
std::span<const Format> all();
const Format* find(std::string_view id);
// Whether `id` names a format; "text", "binary", "empty" and "command-output" are what is left when none fits.
inline bool is_known(std::string_view id) { return find(id) != nullptr; }

// At most this much of a text's start is looked at.
inline constexpr std::size_t recognised_bytes = 64 * 1024;

// The format of one text; empty if it is none that is known. No title lines need to be skipped by the caller: a heading,
// a prompt or a code fence above the output does no harm.
std::string_view recognise(std::string_view text);
// The format that a command's output has, from the command as typed ("sudo nvidia-smi topo -m | head"); empty if unknown.
std::string_view of_command(std::string_view command);
// The same for the path of a file in a Linux tree ("/proc/driver/nvidia/params").
std::string_view of_path(std::string_view path);

}  // namespace gpm::formats
