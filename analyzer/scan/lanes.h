// SPDX-License-Identifier: Apache-2.0
//
// Lanes: several threads that scan documents side by side where there are processors: of an archive one document each, which
// the queue's thread unpacks; of a folder one entry each, which the lane opens itself. What they find comes into the incident
// in the order of the bundle, so that nothing depends on who was faster.
//
//   Lanes lanes(readers, parsers::make_line_parsers(), incident, worker, {.most = processors()});
//   lanes.scan(queue);  // all of the queue
//
// Another lane is started when something waits and every lane is busy: a single large log has one lane.
//
// Bounded: what was found before its turn has come takes up to ahead_bytes; who would exceed that waits. An entry of a folder
// is read before it is known how much those before it use up of the limits over all inputs: where it turns out that they
// leave too little, what was found in it is thrown away, and it is read again when its turn has come.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "analyzer/scan/document_queue.h"
#include "analyzer/scan/incident.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/worker.h"
#include "parsers/bundle/bundle.h"
#include "parsers/registry.h"

namespace gpm::scan {

class Lanes {
 public:
  static constexpr std::size_t most_lanes = 16;
  static constexpr std::size_t ahead_bytes = std::size_t{16} << 20;

  struct Options {
    std::size_t most = 1;  // lanes
    bundle::Limits limits = {};
    bundle::Usage* usage = nullptr;  // of all inputs; null = begins with none. Whoever reads an archive counts there himself
    // Called now and then with what has been scanned so far, on any thread, on one at a time.
    std::function<void(const bundle::Usage&)> progress = {};
  };
  // `parsers`: with which the readers were made, for the first lane.
  Lanes(const Readers& readers, parsers::LineParsers parsers, Incident& incident, Worker& beside, Options options);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  // Returns when all documents of the queue are in the incident, or as many as a limit allows. What reading, scanning or the
  // incident throws is thrown here.
  void scan(DocumentQueue& queue);

 private:
  class Lane;
  // What was found in a document, or in those of an entry, whose turn has not come.
  struct Found {
    std::vector<ScannedDocument> documents;
    std::size_t bytes = 0;
    std::unique_ptr<const bundle::FolderEntry> entry;
    std::uint64_t used_bytes = 0, used_documents = 0;  // by the entry
    bool whole = true;                                 // no limit was met
  };

  void start_another(DocumentQueue& queue);
  void run(Lane& lane, DocumentQueue& queue);
  void wait_for_room();
  bool turn_has_come(std::size_t number, bool wait);
  // Before its turn: keeps what was found, or says that the turn has come meanwhile.
  bool keep(std::size_t number, Found& found);
  // The turn's holder is done: what waits behind it comes into the incident, by its lane. False: a limit was met.
  bool pass_turn(Lane& lane);
  bool fits(std::uint64_t bytes, std::uint64_t documents) const;
  void end(DocumentQueue& queue, std::exception_ptr reason);
  void scanned(std::size_t bytes, std::size_t documents);

  const Readers& readers_;
  Incident& incident_;  // of who has the turn
  Worker& worker_;
  const Options options_;
  bundle::Usage no_usage_;
  bundle::Usage& usage_;  // likewise, where entries are read
  bundle::Usage scanned_;
  std::mutex progress_;  // of options_.progress
  const std::unique_ptr<Lane> first_;  // on the caller's thread

  std::mutex mutex_;  // of the following
  std::condition_variable changed_;
  std::deque<std::thread> threads_;  // of the other lanes
  std::size_t started_ = 0;          // lanes
  std::size_t turn_ = 0;             // number of what was taken from the queue
  std::map<std::size_t, Found> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ended_ = false;  // nothing more is scanned
  std::exception_ptr failure_;
};

}  // namespace gpm::scan
