// SPDX-License-Identifier: Apache-2.0
//
// What holds other files, by its first bytes:
//
//   gzip    1f 8b 08, reserved flags zero
//   xz      fd "7zXZ" 00
//   zstd    28 b5 2f fd, or a skippable frame 5x 2a 4d 18
//   bzip2   "BZh" 1..9, then the block magic 31 41 59 26 53 59 (or the end magic 17 72 45 38 50 90)
//   zip     "PK" 03 04, or "PK" 05 06 (empty)
//   tar     a 512-byte header with its right checksum, or "ustar" at 257 followed by NUL or blank
//
// Anything else is a document, text that starts "BZh", "LRZI" or "#mtree" included.
#pragma once

#include <cstddef>
#include <string_view>

namespace gpm::bundle {

enum class Packing { none, gzip, xz, zstd, bzip2, tar, zip };

inline constexpr std::size_t kSniffBytes = 512;

// `start`: the first kSniffBytes, fewer if there are no more.
Packing sniff(std::string_view start);

inline bool is_archive(Packing packing) { return packing == Packing::tar || packing == Packing::zip; }
std::string_view name_of(Packing packing);

}  // namespace gpm::bundle
