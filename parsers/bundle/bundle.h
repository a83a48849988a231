// SPDX-License-Identifier: Apache-2.0
//
// Bundle: anything that holds files, streamed out as documents.
//
// Reads a folder, a tar (plain, gz, xz, zst, bz2), a zip, one file (compressed or not), or standard input, and archives
// within archives. Nothing is ever written to disk, no process is started, no link is followed out of the input
// (openat with O_NOFOLLOW | O_NONBLOCK, regular files only; a link whose target stays inside the bundle is resolved
// there). Memory does not grow with the input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gpm::bundle {

struct Limits {
  std::uint64_t total_bytes = std::uint64_t{1} << 40;     // inflated, over all inputs:          limit:total-bytes
  std::uint64_t document_bytes = std::uint64_t{64} << 30;  // inflated, of one document:          limit:document-bytes
  std::uint64_t documents = 2'000'000;                     // over all inputs:                    limit:documents
  int depth = 6;                                           // archives within archives:           limit:depth
  std::uint64_t ratio = 500;                               // inflated : packed of one stream,    limit:ratio
  std::uint64_t ratio_from_bytes = std::uint64_t{1} << 30;  // ... counted only past this much output
  int stdin_idle_s = 60;                                   // without new bytes on stdin:         limit:stdin-idle
};

// Receives documents one after another. For each: begin, data (any number), end.
class DocumentSink {
 public:
  virtual ~DocumentSink() = default;
  // `path` is relative to the input; parts within archives are joined by '/' ("a.tar.gz/host1/dmesg.gz"). Bytes as found.
  virtual void begin(std::string_view path) = 0;
  virtual void data(std::string_view bytes) = 0;
  // `status`: ok, truncated, damaged, unreadable, encrypted, skipped:link, skipped:special, limit:<name>. Bytes given
  // before a bad status are good and are used. `note` is one English sentence for the report, empty for ok.
  virtual void end(std::string_view status, std::string_view note) = 0;
};

// What was used up so far; shared by all inputs of one analysis.
struct Usage {
  std::uint64_t total_bytes = 0;
  std::uint64_t documents = 0;
};

enum class ReadResult {
  read,     // opened; whatever was inside has been handed over, damaged parts included
  missing,  // does not exist or cannot be opened; `error` says why
};

struct Progress {
  std::uint64_t bytes = 0;      // inflated so far
  std::uint64_t documents = 0;
};

// Reads one input ("-" = standard input). `prefix` is put before each document's path (empty with one input).
ReadResult read(const std::string& input, std::string_view prefix, const Limits& limits, Usage& usage, DocumentSink& sink,
                std::string& error);

}  // namespace gpm::bundle
