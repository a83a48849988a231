// SPDX-License-Identifier: Apache-2.0
//
// Two threads for one stream of documents: whoever reads and unpacks the bundle hands its documents over to a thread of its
// own, and they reach the sink in the same order on the thread that asked for them.
//
//   OverlappedReading reading([&](DocumentSink& to) { bundle::read(input, prefix, limits, usage, to, error); });
//   ...  // what the sink needs is made meanwhile
//   reading.hand_over_to(sink);
//
// When the sink falls behind, the reader takes a part of its work: it searches bytes for literals before they are handed over.
//
// Bounded: not more than queue_bytes wait to be taken.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "parsers/bundle/bundle.h"
#include "parsers/text/literals.h"

namespace gpm::bundle {

inline constexpr std::size_t queue_bytes = std::size_t{8} << 20;

class AheadSink : public DocumentSink {
 public:
  // What can be found out from bytes that are going to be handed over. Called on any thread.
  virtual void look_ahead(std::string_view bytes, std::vector<text::LiteralHit>& hits) const = 0;
  // As data(bytes); `hits`: what look_ahead gave for them, or null.
  virtual void data(std::string_view bytes, const std::vector<text::LiteralHit>* hits) = 0;
  // The bytes of a whole document, which are going to be handed over by one data(): called in the order of the documents,
  // for some of them, before the first is begun.
  virtual void expect(std::string_view document) { (void)document; }
  using DocumentSink::data;
};

class OverlappedReading {
 public:
  // Calls `read` on another thread, from now on.
  explicit OverlappedReading(std::function<void(DocumentSink&)> read);
  // Returns soon: what `read` wants to hand over still, throws there.
  ~OverlappedReading();
  OverlappedReading(const OverlappedReading&) = delete;
  OverlappedReading& operator=(const OverlappedReading&) = delete;

  // Returns when `read` has returned and the sink has all documents. What either of them throws is thrown here; when the sink
  // throws, what it is given next throws in `read`, so that it ends soon. Once.
  void hand_over_to(AheadSink& sink);

 private:
  class Queue;

  std::unique_ptr<Queue> queue_;
  std::thread reader_;
};

// Both at once.
void read_overlapped(const std::function<void(DocumentSink&)>& read, AheadSink& sink);

}  // namespace gpm::bundle
