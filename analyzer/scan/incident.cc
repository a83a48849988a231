// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/incident.h"

#include <fmt/format.h>

#include <utility>

namespace gpm::scan {

void Incident::done(ScannedDocument& document) {
  store_.add_document(document.row, document.facts);
  unusual_.add(std::move(document.unusual));
  // Sum and xor do not depend on order.
  hash_sum_ += document.hash;
  hash_xor_ ^= document.hash * 0x9e3779b97f4a7c15ull;
}

std::string Incident::content_hash() const { return fmt::format("{:016x}{:016x}", hash_sum_, hash_xor_); }

}  // namespace gpm::scan
