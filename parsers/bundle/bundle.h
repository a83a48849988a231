// SPDX-License-Identifier: Apache-2.0
//
// Bundle: anything that holds files, streamed out as documents.
//
// Reads a folder, a tar (plain, gz, xz, zst, bz2), a zip, one file (compressed or not), or standard input, and archives
// within archives. What a file is, its first bytes decide; its name is never asked. Nothing is ever written to disk, no
// process is started, no link is followed out of the input (openat with O_NOFOLLOW | O_NONBLOCK, regular files only).
// Memory does not grow with the input.
//
//   input               documents
//   folder              <file's path below it>, sorted by the bytes of the names, folder by folder
//   x.tar.gz, x.zip     <entry's path>                     (in the order of the archive)
//   one file, x.log.gz  x.log.gz                           (the file's own name)
//   "-"                 stdin, or the entries of the archive that comes in
//   a.tar.gz in these   a.tar.gz/<entry's path>
//
// Paths of entries are names, nothing is opened by them: a leading '/', "." and empty parts are dropped, ".." stays as
// it is found ("../../etc/x"). A nameless entry is called "(unnamed)"; names are cut at 4096 bytes.
//
// Links are never followed: a link in a folder or an archive is a document of its own with status skipped:link and its
// target in the note. If the target lies in the bundle, it is there as its own document, read once. Only the input
// itself may be a link: that is the user's choice.
//
// Holes of sparse files are shortened to at most 512 NUL bytes each; they hold no newline, so lines keep their numbers.
//
// Damage of an archive (cut, bad checksum, a limit) shows twice: on the document that was being read, and on a document
// without bytes that has the archive's own path ("a.tar.gz"; for the input itself, its name).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gpm::bundle {

struct Limits {
  std::uint64_t total_bytes = std::uint64_t{1} << 40;       // inflated, over all inputs:          limit:total-bytes
  std::uint64_t document_bytes = std::uint64_t{64} << 30;   // inflated, of one document:          limit:document-bytes
  std::uint64_t documents = 2'000'000;                      // over all inputs:                    limit:documents
  int depth = 6;                                            // archives within the outermost one:  limit:depth
  std::uint64_t ratio = 500;                                // inflated : packed of one stream,    limit:ratio
  std::uint64_t ratio_from_bytes = std::uint64_t{1} << 30;  // ... counted only past this much output
  int stdin_idle_s = 60;                                    // without new bytes on stdin:         limit:stdin-idle
};
// total_bytes and documents end the whole reading; the document that met them has the status and is the last. The other
// limits end their own stream, and the rest is read. For `depth`, a packed tar (a.tar.gz) is one archive, and a
// packed file is one too. Folders are read 128 levels deep, which is limit:depth as well.

// What was used up so far; shared by all inputs of one analysis. Kept current while reading, so others may look at it.
struct Usage {
  std::atomic<std::uint64_t> total_bytes = 0;  // handed over as documents
  std::atomic<std::uint64_t> documents = 0;
};

class DocumentSink;

// Something that lies in a folder, to be read later and on any thread.
class FolderEntry {
 public:
  virtual ~FolderEntry() = default;
  // Hands over the documents in it. False: a total limit was met, and what comes behind it is not to be read. May be called
  // again, and begins anew then.
  virtual bool read(const Limits& limits, Usage& usage, DocumentSink& sink) const = 0;
  virtual std::uint64_t bytes() const = 0;  // as it lies there
};

// Receives documents one after another. For each: begin, data (any number), end.
class DocumentSink {
 public:
  virtual ~DocumentSink() = default;
  // Who can read several entries of a folder at a time takes them. They come in the order of their documents.
  virtual bool take(std::unique_ptr<const FolderEntry>& entry) {
    (void)entry;
    return false;
  }
  // `path` is relative to the input; parts within archives are joined by '/' ("a.tar.gz/host1/dmesg.gz"). Bytes as
  // found.
  virtual void begin(std::string_view path) = 0;
  // At most 1 MiB, never empty. Valid during the call only.
  virtual void data(std::string_view bytes) = 0;
  // `status`: ok, truncated, damaged, unreadable, encrypted, skipped:link, skipped:special, limit:<name>. Bytes given
  // before a bad status are good and are used. `note` is one English sentence for the report, empty for ok. It may hold
  // bytes of the bundle (a link's target), control characters replaced.
  virtual void end(std::string_view status, std::string_view note) = 0;
};

enum class ReadResult {
  read,     // opened; whatever was inside has been handed over, damaged parts included
  missing,  // does not exist, cannot be opened, or is neither file nor folder; `error` says why
};

// Reads one input ("-" = standard input). `prefix` (no '/' at its end) is put before each document's path, and is the
// whole path if the input is a single file; empty with one input. Nothing is thrown but what the sink throws.
ReadResult read(const std::string& input, std::string_view prefix, const Limits& limits, Usage& usage,
                DocumentSink& sink, std::string& error);

// The same for bytes in memory, as if they were a file of this name.
void read_bytes(std::string_view bytes, std::string_view name, const Limits& limits, Usage& usage, DocumentSink& sink);

}  // namespace gpm::bundle
