// SPDX-License-Identifier: Apache-2.0
//
// A store that holds what the line parsers read of some documents.
#pragma once

#include <cstdint>
#include <string>

#include "tests/analyzer/filled_store.h"
#include "parsers/registry.h"
#include "parsers/text/fields.h"
#include "parsers/text/wrapper.h"

namespace gpm {

class LogBundle {
 public:
  LogBundle& document(const std::string& path, const std::string& text, const std::string& host = {}) {
    store_.begin_document();
    if (!host.empty()) store_.document_host(host);
    auto parsers = parsers::make_line_parsers();
    std::uint64_t number = 0;
    std::string scratch;
    for (const auto raw : text::split(text, '\n')) {
      const auto line = text::unwrap(++number, raw, scratch);
      store_.document().saw_line(line);
      for (auto& parser : parsers) parser->line(line, store_);
    }
    for (auto& parser : parsers) parser->end(store_);
    store::DocumentRow row;
    row.path = path;
    row.format = "nccl";
    row.status = "ok";
    store_.end_document(row);
    ++documents_;
    return *this;
  }
  // Of the document that was added last.
  std::int64_t id() const { return documents_; }
  store::Store& done() {
    store_.finish("h");
    return store_;
  }

 private:
  test::FilledStore store_{"b", true};
  std::int64_t documents_ = 0;
};

}  // namespace gpm
