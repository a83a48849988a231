// SPDX-License-Identifier: Apache-2.0
//
// Scanner: documents that come one after the other, on the caller's thread, into a store. Whole bundles are read by several
// threads (lanes.h).
//
//   Scanner scanner(kb::embedded(), store);
//   bundle::read(input, "", {}, usage, scanner, error);
//   store.finish(scanner.content_hash());
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "analyzer/scan/document_scanner.h"
#include "analyzer/scan/incident.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/worker.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/bundle/bundle.h"
#include "parsers/registry.h"

namespace gpm::scan {

class Scanner final : public bundle::DocumentSink {
 public:
  Scanner(const kb::Knowledge& knowledge, store::Store& store) : Scanner(knowledge, store, parsers::make_line_parsers()) {}

  void begin(std::string_view path) override { documents_.begin(path); }
  void data(std::string_view bytes) override { documents_.data(bytes); }
  void end(std::string_view status, std::string_view note) override { documents_.end(status, note); }

  const UnusualLines& unusual() const { return incident_.unusual(); }
  std::string content_hash() const { return incident_.content_hash(); }

 private:
  Scanner(const kb::Knowledge& knowledge, store::Store& store, parsers::LineParsers parsers)
      : readers_(knowledge, parsers), incident_(store), documents_(readers_, std::move(parsers), incident_, worker_) {}

  Readers readers_;
  Incident incident_;
  Worker worker_;
  DocumentScanner documents_;
};

}  // namespace gpm::scan
