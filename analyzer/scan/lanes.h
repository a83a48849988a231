// SPDX-License-Identifier: Apache-2.0
//
// Lanes: several threads that scan documents side by side, one document each, where there are processors. What they find
// comes into the incident in the order of the bundle, so that nothing depends on who was faster.
//
//   Lanes lanes(readers, parsers::make_line_parsers(), incident, worker, processors());
//   lanes.scan(queue);  // all documents of the queue
//
// Another lane is started when documents wait and every lane has one: a single large log has one lane.
//
// Bounded: what was found in documents whose turn has not come takes up to ahead_bytes; who would exceed that waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "analyzer/scan/document_queue.h"
#include "analyzer/scan/document_scanner.h"
#include "analyzer/scan/incident.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/worker.h"
#include "parsers/registry.h"

namespace gpm::scan {

// That this process may use, at least 1.
std::size_t processors();

class Lanes {
 public:
  static constexpr std::size_t most_lanes = 16;
  static constexpr std::size_t ahead_bytes = std::size_t{16} << 20;

  // `parsers`: with which the readers were made, for the first lane. At most `most` lanes.
  Lanes(const Readers& readers, parsers::LineParsers parsers, Incident& incident, Worker& beside, std::size_t most);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  // Returns when all documents of the queue are in the incident. What reading, scanning or the incident throws is thrown here.
  void scan(DocumentQueue& queue);

 private:
  class Lane;

  void start_another(DocumentQueue& queue);
  void run(Lane& lane, DocumentQueue& queue);
  void wait_for_room();
  // Of the document with this number. It comes into the incident when its turn has come: only who has the turn touches the incident.
  void part(std::size_t number, ScannedDocument& document);
  void done(std::size_t number, ScannedDocument& document);

  const Readers& readers_;
  Incident& incident_;
  Worker& worker_;
  const std::size_t most_;
  const std::unique_ptr<Lane> first_;  // on the caller's thread

  std::mutex mutex_;  // of the following
  std::condition_variable changed_;
  std::deque<std::thread> threads_;  // of the other lanes
  std::size_t started_ = 0;          // lanes
  std::size_t turn_ = 0;             // number of a document
  std::map<std::size_t, ScannedDocument> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::exception_ptr failure_;
};

}  // namespace gpm::scan
