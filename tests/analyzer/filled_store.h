// SPDX-License-Identifier: Apache-2.0
//
// A store that takes facts document by document, as a test has them.
#pragma once

#include <string_view>
#include <utility>

#include "analyzer/store/document_facts.h"
#include "analyzer/store/store.h"

namespace gpm::test {

class FilledStore : public store::Store, public facts::Sink {
 public:
  using Store::Store;

  void begin_document() { document_ = {}; }
  void end_document(const store::DocumentRow& row) { add_document(row, document_); }

  void add(facts::Event event) override { document_.add(std::move(event)); }
  void add(facts::Setting setting) override { document_.add(std::move(setting)); }
  void add(facts::Snapshot snapshot) override { document_.add(std::move(snapshot)); }
  void add(facts::Gpu gpu) override { document_.add(std::move(gpu)); }
  void add(facts::RankMilestone milestone) override { document_.add(std::move(milestone)); }
  void add(facts::Note note) override { document_.add(std::move(note)); }
  void document_host(std::string_view host) override { document_.document_host(host); }
  void secret(std::string_view text) override { document_.secret(text); }

  // The document that is being filled.
  store::DocumentFacts& document() { return document_; }

 private:
  store::DocumentFacts document_;
};

}  // namespace gpm::test
