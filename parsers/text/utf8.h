// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as it is found in logs: mostly right, sometimes cut in the middle, sometimes not UTF-8 at all. One decoder for
// parsers, knowledge base and views, so that they agree on what a character is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gpm::text {

struct CodePoint {
  char32_t value = 0;     // U+FFFD where invalid
  std::size_t bytes = 0;  // how far to move on; 0 only for an empty text
  bool valid = false;     // no: overlong, surrogate, above U+10FFFF, cut off, or a stray byte
};

// Decodes the first code point. An invalid sequence takes its maximal subpart (Unicode, "U+FFFD substitution"), so that
// the good character behind a cut one is not lost.
CodePoint first_code_point(std::string_view text);

void append_utf8(char32_t code, std::string& out);

// `bytes` with each byte that is no part of valid UTF-8 replaced by U+FFFD; NUL is kept as a character.
std::string valid_utf8(std::string_view bytes);

// Characters that are never text: C0 and C1 controls, DEL.
bool is_control(char32_t code);
// And the invisible ones that reorder or hide what stands around them: bidirectional marks, embeddings and isolates,
// zero width spaces, line separators, byte order marks, tags, and code points that are no characters.
bool is_hidden(char32_t code);

}  // namespace gpm::text
