// SPDX-License-Identifier: Apache-2.0
//
// Takes one stream of bytes apart until only documents are left, and hands them over within the limits.
#pragma once

#include <string>
#include <string_view>

#include "parsers/bundle/budget.h"
#include "parsers/bundle/bundle.h"
#include "parsers/bundle/sniff.h"
#include "parsers/bundle/source.h"

namespace gpm::bundle {

// Where a stream stands in the bundle.
struct Place {
  std::string path;       // of the document, if it is one
  std::string inside;     // what its entries' paths begin with, if it is an archive: "" or "path/"
  int depth = 0;          // archives around it
  bool unpacked = false;  // it came right out of a gzip, xz ...: with the tar in it that is one archive, not two
};

class Walker {
 public:
  Walker(const Limits& limits, Usage& usage, DocumentSink& sink) : budget_(limits, usage), sink_(sink) {}

  // `file`: the same bytes in any order, if there is such a thing.
  void open(Source& bytes, const RandomAccess* file, const Place& place);
  // A document without bytes: something that is not read, and why.
  void note(std::string_view path, const Fault& fault);
  // A total limit was met. Nothing more should be opened.
  bool stopped() const { return budget_.stopped(); }
  const Limits& limits() const { return budget_.limits(); }
  DocumentSink& sink() { return sink_; }

 private:
  bool begin(std::string_view path);
  void hand_over(Source& bytes, std::string_view path, const Fault& known = {});
  Fault pass_on(Source& bytes);
  void stop_at_total(const Fault& fault);
  void open_packed(Packing packing, Lookahead& in, const Place& place);
  void open_archive(Packing packing, Lookahead& in, const RandomAccess* file, const Place& place, int depth);
  void open_entry(class ArchiveReader& reader, const struct ArchiveEntry& entry, const Place& archive, int depth);
  void hand_over_as_found(Packing packing, Lookahead& in, std::string_view path, const Fault& fault);

  Budget budget_;
  DocumentSink& sink_;
};

// An entry's name as the end of a document's path: see bundle.h.
std::string entry_path(std::string_view name);

}  // namespace gpm::bundle
