// SPDX-License-Identifier: Apache-2.0
//
// Documents on their way from the thread that reads and unpacks the bundle to those that scan them.
//
//   DocumentQueue queue([&](bundle::DocumentSink& to) { bundle::read(input, prefix, limits, usage, to, error); });
//   ...  // what the scanning needs is made meanwhile
//   while (auto document = queue.next())              // on any number of threads; each has documents of its own
//     while (auto chunk = queue.next(*document)) ...
//
// Where the bundle is a folder, its entries come in place of documents: who takes one reads it himself.
//
// When those who scan fall behind, the reader takes a part of their work: it searches bytes for gates before it hands them over.
// What small documents are is found out beside, before they are taken.
//
// Bounded: about so many bytes wait to be taken, or open files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/scan/gate_search.h"
#include "analyzer/scan/recognition.h"
#include "analyzer/scan/worker.h"
#include "parsers/bundle/bundle.h"
#include "parsers/text/literals.h"

namespace gpm::scan {

inline constexpr std::size_t queue_bytes_of_lane = std::size_t{4} << 20;

class DocumentQueue final : private bundle::DocumentSink {
 public:
  struct Chunk {
    std::shared_ptr<const std::string> bytes;
    std::vector<text::LiteralHit> hits = {};  // in the bytes, if searched
    bool searched = false;
  };
  struct Document {
    std::unique_ptr<const bundle::FolderEntry> entry;  // of a folder; then there is nothing else
    std::string path;
    Recognition recognition;   // for who has taken it
    std::string status, note;  // once its last chunk was taken

   private:
    friend class DocumentQueue;
    std::deque<Chunk> chunks;
    bool ended = false;
  };

  // Calls `read` on another thread, from now on. About `most_bytes` wait to be taken.
  explicit DocumentQueue(std::function<void(bundle::DocumentSink&)> read, std::size_t most_bytes = 2 * queue_bytes_of_lane);
  // Returns soon: what `read` wants to hand over still, throws there.
  ~DocumentQueue() override;
  DocumentQueue(const DocumentQueue&) = delete;
  DocumentQueue& operator=(const DocumentQueue&) = delete;

  // From now on the reader may look for these gates, and `beside` recognises what is going to be taken soon.
  void goes_to(const GateSearch& gates, Worker& beside);

  struct Taken {
    std::size_t number = 0;  // from 0
    std::shared_ptr<Document> document;
    bool more = false;  // wait to be taken
  };
  // The next document that nobody has taken; waits for it. None: all were taken, or the queue was abandoned. Throws, once, what
  // `read` threw, when all that it handed over before has been taken.
  std::optional<Taken> next();
  // Its next bytes; waits for them. None: there are no more; its status is known.
  std::optional<Chunk> next(Document& document);
  bool is_full() const { return waiting_bytes_ >= most_bytes_; }
  // Nobody takes anything any more: what `read` hands over from now on throws there.
  void abandon();

 private:
  struct Step {  // of the reader's batch
    enum Kind { begin, data, end } kind = begin;  // an entry of a folder is one `begin`
    std::shared_ptr<Document> document;
    Chunk chunk;
    std::string status, note;
  };
  static constexpr std::size_t recognised_ahead = 32;
  static constexpr std::size_t batch_bytes = std::size_t{128} << 10;
  static constexpr std::size_t step_bytes = sizeof(Step) + 64;
  static constexpr std::size_t entry_bytes = queue_bytes_of_lane / 8;  // an open file is not to be had without end

  bool take(std::unique_ptr<const bundle::FolderEntry>& entry) override;
  void begin(std::string_view path) override;
  void data(std::string_view bytes) override;
  void end(std::string_view status, std::string_view note) override;
  void add(Step step, std::size_t bytes);
  void pass_on();
  void close(std::exception_ptr reason);
  void recognise_first();
  void make_room(std::size_t bytes);

  static std::size_t bytes_of(const Document& document) { return document.entry ? entry_bytes : step_bytes; }

  const std::size_t most_bytes_;
  std::atomic<const GateSearch*> gates_ = nullptr;
  // The reader's own. Small documents go over in batches, so that a tar of a million of them does not wake others a million times.
  std::vector<Step> batch_;
  std::shared_ptr<Document> open_;
  std::size_t gathered_ = 0;

  std::atomic<std::size_t> waiting_bytes_ = 0;  // for the reader to look at without the mutex
  std::mutex mutex_;                            // of the following, and of documents that are handed over
  std::condition_variable changed_;
  Worker* worker_ = nullptr;
  std::deque<std::shared_ptr<Document>> documents_;  // that nobody has taken
  std::size_t taken_ = 0, looked_at_ = 0;            // documents; the second ones are the first of documents_
  bool closed_ = false, abandoned_ = false;
  std::exception_ptr reason_;

  std::thread reader_;
};

}  // namespace gpm::scan
