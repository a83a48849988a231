// SPDX-License-Identifier: Apache-2.0
//
// Text that comes in pieces, and where gates stand in it: in whatever pieces it came, whoever searched them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/scan/gate_search.h"
#include "parsers/text/literals.h"

namespace gpm::scan {

class GatedText {
 public:
  explicit GatedText(const GateSearch& gates) : gates_(gates) {}

  void clear();
  // `hits`: those within `bytes`, if somebody has looked for them.
  void append(std::string_view bytes, const std::vector<text::LiteralHit>* hits);
  // Bytes that may be searched later, or never.
  void append_unsearched(std::string_view bytes) { text_.append(bytes); }
  void search_rest() { search(nullptr); }

  std::string_view text() const { return text_; }
  // The hits in the first bytes, which are whole lines or a piece of one; also those that escapes or, in a journal's JSON, arrays
  // of byte values hide: they are said to stand at the line's end.
  void hits_in_front(std::size_t bytes, bool journal_json, std::vector<text::LiteralHit>& hits);
  void drop_front(std::size_t bytes);

 private:
  void search(const std::vector<text::LiteralHit>* hits_behind);
  void add_hits(std::string_view text, std::size_t end, std::vector<text::LiteralHit>& hits);

  const GateSearch& gates_;
  std::string text_;
  std::size_t searched_ = 0;                  // bytes
  std::vector<text::LiteralHit> hits_;        // in them
  std::vector<text::LiteralHit> found_;       // by one search
};

}  // namespace gpm::scan
