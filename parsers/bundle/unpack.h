// SPDX-License-Identifier: Apache-2.0
//
// The bytes inside a packed stream: gzip by ISA-L (four times as fast as zlib), xz, zstd and bzip2 by libarchive.
//
// - Members that follow each other are one stream, as `zcat` has it. NULs (padding of tapes) and other bytes behind the
//   last member are ignored.
// - A stream that is cut gives all that can be unpacked before the cut, then `truncated`. libarchive gives whole blocks
//   only: of a cut xz, zstd or bzip2 the last 64 to 128 KiB may be lost.
// - A wrong checksum or broken data gives `damaged`, more than the limit's ratio `limit:ratio`.
#pragma once

#include <memory>

#include "parsers/bundle/budget.h"
#include "parsers/bundle/sniff.h"
#include "parsers/bundle/source.h"

namespace gpm::bundle {

// `packing`: gzip, xz, zstd or bzip2. `packed` and `budget` must outlive the result.
std::unique_ptr<Source> unpack(Packing packing, Lookahead& packed, Budget& budget);

}  // namespace gpm::bundle
