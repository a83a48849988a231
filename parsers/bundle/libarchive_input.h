// SPDX-License-Identifier: Apache-2.0
//
// Lets libarchive read a Source.
#pragma once

#include <archive.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "parsers/bundle/source.h"

namespace gpm::bundle {

struct ArchiveFree {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveFree>;

// What libarchive says went wrong, as a part of a sentence.
std::string libarchive_error(archive* reader);

// How much of its input libarchive has used. (It is given more: whole blocks.)
std::uint64_t bytes_taken(archive* reader);

class LibarchiveInput {
 public:
  explicit LibarchiveInput(Source& source) : source_(source) {}
  LibarchiveInput(const LibarchiveInput&) = delete;
  LibarchiveInput& operator=(const LibarchiveInput&) = delete;

  // ARCHIVE_OK or what archive_read_open gave. The input must outlive the reader.
  int open(archive* reader);

  bool ended() const { return ended_; }
  const Fault& fault() const { return source_.fault(); }

  // While set, no more than this is given before an error: libarchive keeps some headers (sparse maps) in memory,
  // however long they are.
  void allow(std::uint64_t bytes) { allowed_ = bytes; }
  void allow_all() { allowed_ = UINT64_MAX; }
  bool refused() const { return refused_; }

 private:
  static la_ssize_t read(archive* reader, void* self, const void** block);

  Source& source_;
  std::uint64_t allowed_ = UINT64_MAX;
  bool ended_ = false;
  bool refused_ = false;
};

}  // namespace gpm::bundle
