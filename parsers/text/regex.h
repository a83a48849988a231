// SPDX-License-Identifier: Apache-2.0
//
// Texts on their way into RE2 and back. RE2 has a view type of its own, which is std::string_view only in its newer
// releases.
#pragma once

#include <re2/re2.h>

#include <string_view>

namespace gpm::text {

inline re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(re2::StringPiece text) { return {text.data(), text.size()}; }

}  // namespace gpm::text
