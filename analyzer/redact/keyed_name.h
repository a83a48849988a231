// SPDX-License-Identifier: Apache-2.0
//
// Names that depend on a key: the same text has the same name in every analysis with that key, and nobody without the key
// can tell by trying which of a few million addresses or user names stands behind one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gpm::redact {

// RFC 2104 with SHA-256.
std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes);

// 65 bits of the HMAC in 13 letters and digits (a to z, 2 to 7): of a million texts two share a name once in 70 million keys.
inline constexpr std::size_t keyed_name_bytes = 13;
std::string keyed_name(std::string_view key, std::string_view text);

// The key in `path`; where there is no such file, it is made with a new random key, for its owner's eyes alone. On failure
// (no regular file, readable by others, less than 16 bytes) `error` says why and the key is empty.
struct Key {
  std::string bytes, error;
  bool made = false;
};
Key read_or_make_key(const std::string& path);

}  // namespace gpm::redact
