// SPDX-License-Identifier: Apache-2.0
//
// Two threads for one stream of documents: whoever reads and unpacks the bundle hands its documents over to a thread of its
// own, and they reach the sink in the same order on the thread that asked for them.
//
//   read_overlapped([&](DocumentSink& to) { bundle::read(input, prefix, limits, usage, to, error); }, sink);
//
// Bounded: not more than queue_bytes wait to be taken.
#pragma once

#include <cstddef>
#include <functional>

#include "parsers/bundle/bundle.h"

namespace gpm::bundle {

inline constexpr std::size_t queue_bytes = std::size_t{8} << 20;

// Calls `read` on another thread. Returns when it has returned and the sink has all documents. What either of them throws
// is thrown here; when the sink throws, what it is given next throws in `read`, so that it ends soon.
void read_overlapped(const std::function<void(DocumentSink&)>& read, DocumentSink& sink);

}  // namespace gpm::bundle
