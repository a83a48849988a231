// SPDX-License-Identifier: Apache-2.0
//
// What the knowledge base needs to know of UTF-8: is it valid, how long is it, is it Chinese.
#pragma once

#include <cstddef>
#include <string_view>

namespace gpm::kb {

bool is_utf8(std::string_view text);

// Number of code points of a valid text.
std::size_t length(std::string_view text);

// Holds at least one Han character.
bool has_han(std::string_view text);

}  // namespace gpm::kb
