// SPDX-License-Identifier: Apache-2.0
//
// Documents that begin with a byte order mark. PowerShell's `> file` writes UTF-16; Notepad puts EF BB BF before UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gpm::text {

// Turns a document in UTF-16 (little or big endian, by its mark, and by text behind it) into UTF-8 piece by piece, whatever the pieces; other
// documents pass through. The mark itself is dropped. Line ends stay where they are, so line numbers are the document's.
class ByteOrder {
 public:
  // The document's next bytes as UTF-8: a view of `bytes`, or of memory that lives until the next call.
  std::string_view decode(std::string_view bytes);
  // What is left at the document's end: half a character.
  std::string_view finish();

 private:
  enum class Encoding { undecided, utf8, little, big };
  static Encoding encoding_of(std::string_view head);
  std::string_view begin();
  std::string_view convert(std::string_view bytes);
  void unit(std::uint16_t value);

  Encoding encoding_ = Encoding::undecided;
  std::string head_, out_;
  int odd_ = -1;               // first byte of a unit
  std::uint32_t surrogate_ = 0;  // first half of a pair
};

}  // namespace gpm::text
