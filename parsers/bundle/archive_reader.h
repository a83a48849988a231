// SPDX-License-Identifier: Apache-2.0
//
// One tar or zip, entry by entry, by libarchive with only that format enabled: `*_all` would take plain text for mtree.
//
// libarchive converts names by the locale. Here names are bytes: they are given as they stand in the archive (pax and
// zip say UTF-8 and are taken as that), whatever the locale. To that end the thread is in C.UTF-8 while libarchive
// reads headers. libarchive also asks for the time zone (zip) and throws the answer away; no output depends on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/bundle/budget.h"
#include "parsers/bundle/libarchive_input.h"
#include "parsers/bundle/sniff.h"
#include "parsers/bundle/source.h"

struct archive_entry;

namespace gpm::bundle {

struct ArchiveEntry {
  enum class Type { file, folder, link, special };
  Type type = Type::file;
  std::string path;    // as in the archive, unchecked
  std::string target;  // of a link
  bool encrypted = false;
};

class ArchiveReader {
 public:
  // `packing`: tar or zip. `file`: the same bytes in any order, or null; with it a zip is read by its directory (which
  // knows links), without it from front to back. `source` and `file` must outlive the reader.
  ArchiveReader(Packing packing, Source& source, const RandomAccess* file, Budget& budget);
  ~ArchiveReader();

  // The next entry. None: the end, or nothing more can be read; then fault() has the reason.
  std::optional<ArchiveEntry> next();
  // The present entry's bytes; need not be read to their end.
  Source& data() { return data_; }
  // What was wrong so far; damaged headers that were passed over count.
  const Fault& fault() const { return fault_; }

 private:
  class Data final : public Source {
   public:
    explicit Data(ArchiveReader& owner) : owner_(owner) {}
    std::string_view next() override;
    void start();

   private:
    std::string_view more();
    std::string_view hole(std::uint64_t upto);

    ArchiveReader& owner_;
    Growth growth_;
    std::uint64_t packed_before_ = 0;
    std::uint64_t position_ = 0;  // in the entry as its owner saw it, holes included
    std::string_view after_hole_;
    bool ended_ = false;
  };

  class DirectoryInput;

  int open(Packing packing);
  bool skip_rest();
  int read_header(archive_entry** entry);
  ArchiveEntry describe(archive_entry* entry) const;
  Fault error(std::string_view what) const;

  Packing packing_;
  Budget& budget_;
  const RandomAccess* file_;
  std::unique_ptr<DirectoryInput> directory_;
  LibarchiveInput stream_;
  ArchiveHandle reader_;
  Fault fault_;
  Data data_;
  Growth growth_;
  bool opened_ = false;
  bool in_entry_ = false;
  bool dead_ = false;  // libarchive cannot go on
};

// A zip without entries is its end record alone. libarchive does not know it.
inline constexpr std::size_t kEmptyZipAtMost = 22 + 65535;
bool is_empty_zip(std::string_view bytes);

// True if a zip's directory is there and small enough to be held in memory.
bool has_small_directory(const RandomAccess& zip);

}  // namespace gpm::bundle
