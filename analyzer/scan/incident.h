// SPDX-License-Identifier: Apache-2.0
//
// What was found in documents, and where it comes together: documents may be scanned side by side, and are put into the
// incident in the order of the bundle.
#pragma once

#include <cstdint>
#include <string>

#include "analyzer/scan/unusual.h"
#include "analyzer/store/document_facts.h"
#include "analyzer/store/store.h"

namespace gpm::scan {

struct ScannedDocument {
  store::DocumentFacts facts;
  UnusualLines unusual;
  store::DocumentRow row;  // once it is over
  std::uint64_t hash = 0;  // of its name and bytes, likewise
};

// Takes what is found in documents.
class ScannedSink {
 public:
  virtual ~ScannedSink() = default;
  // The document is not over, but much was found in it: facts.waiting_bytes() may be taken.
  virtual void part(ScannedDocument& document) = 0;
  // It is over, and may be moved from.
  virtual void done(ScannedDocument& document) = 0;
};

// Of one thread at a time.
class Incident final : public ScannedSink {
 public:
  explicit Incident(store::Store& store) : store_(store) {}

  void part(ScannedDocument& document) override { store_.take(document.facts); }
  void done(ScannedDocument& document) override;

  const UnusualLines& unusual() const { return unusual_; }
  // Hash over names and bytes of all documents: the same whatever the packaging's order.
  std::string content_hash() const;

 private:
  store::Store& store_;
  UnusualLines unusual_;
  std::uint64_t hash_sum_ = 0, hash_xor_ = 0;
};

}  // namespace gpm::scan
