// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/lanes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/scan/document_scanner.h"
#include "analyzer/scan/recognition.h"

namespace gpm::scan {
namespace {

constexpr std::size_t document_bytes = 4096;  // of one that waits, beside its facts and lines
constexpr std::size_t unusual_line_bytes = 1024;
constexpr std::size_t most_of_one_bytes = Lanes::ahead_bytes / 4;
constexpr std::uint64_t large_entry_bytes = std::uint64_t{1} << 20;  // is unpacked on a thread of its own

std::size_t bytes_of(const ScannedDocument& document) {
  return document_bytes + document.facts.waiting_bytes() + document.unusual.size() * unusual_line_bytes;
}

struct Ended {};  // another lane failed, or met a limit
struct Again {};  // the entry must be read again, now that its turn has come

}  // namespace

// Scans what it has taken, and hands on what its scanner finds.
class Lanes::Lane final : public ScannedSink {
 public:
  Lane(Lanes& lanes, parsers::LineParsers parsers) : lanes_(lanes), scanner_(lanes.readers_, std::move(parsers), *this, lanes.worker_) {}

  enum class Outcome {
    waits,    // for its turn
    put,      // all is in the incident
    limited,  // likewise, and a limit over all inputs was met
  };
  Outcome scan(DocumentQueue& queue, DocumentQueue::Taken taken) {
    begin(taken.number, std::move(taken.document->entry));
    if (found_.entry) return scan_entry();
    scan(queue, *taken.document);
    return finish();
  }

  // What was found in an entry could not be used. It has the turn.
  Outcome scan_again(std::size_t number, std::unique_ptr<const bundle::FolderEntry> entry) {
    begin(number, std::move(entry));
    has_turn_ = true;
    count_from_all();
    return scan_entry();
  }

  void part(ScannedDocument& document) override {
    if (has_turn(found_.bytes + bytes_of(document) >= most_of_one_bytes)) lanes_.incident_.part(document);
  }

  void done(ScannedDocument& document) override {
    const auto bytes = bytes_of(document);
    if (has_turn(found_.bytes + bytes >= most_of_one_bytes)) return lanes_.incident_.done(document);
    found_.documents.push_back(std::move(document));
    found_.bytes += bytes;
  }

 private:
  // The documents of a small entry, which is unpacked as it is scanned. What is whole at once is recognised meanwhile.
  class Entry final : public bundle::DocumentSink {
   public:
    explicit Entry(Lane& lane) : lane_(lane) {}
    void begin(std::string_view path) override {
      path_ = path;
      first_ = nullptr;
      begun_ = false;
    }
    void data(std::string_view bytes) override {
      if (!begun_ && !first_) {
        first_ = std::make_shared<const std::string>(bytes);
        return;
      }
      begin_scanning({});
      lane_.data(bytes, nullptr);
    }
    void end(std::string_view status, std::string_view note) override {
      Recognition recognition;
      if (!begun_ && first_ && tells_what_it_is(*first_)) recognition = recognise_beside(lane_.lanes_.worker_, *first_, true, first_);
      begin_scanning(std::move(recognition));
      lane_.end(status, note);
    }

   private:
    void begin_scanning(Recognition recognition) {
      if (std::exchange(begun_, true)) return;
      lane_.scanner_.begin(path_, std::move(recognition));
      if (first_) lane_.data(*first_, nullptr);
      first_ = nullptr;
    }

    Lane& lane_;
    std::string path_;
    std::shared_ptr<const std::string> first_;  // bytes, not scanned yet
    bool begun_ = false;
  };

  void begin(std::size_t number, std::unique_ptr<const bundle::FolderEntry> entry) {
    number_ = number;
    found_ = {};
    found_.entry = std::move(entry);
    has_turn_ = false;
    usage_.total_bytes = usage_.documents = 0;
  }

  void data(std::string_view bytes, const std::vector<text::LiteralHit>* hits) {
    scanner_.data(bytes, hits);
    lanes_.scanned(bytes.size(), 0);
  }
  void end(std::string_view status, std::string_view note) {
    scanner_.end(status, note);
    lanes_.scanned(0, 1);
  }

  void scan(DocumentQueue& queue, DocumentQueue::Document& document) {
    scanner_.begin(document.path, std::move(document.recognition));
    while (const auto chunk = queue.next(document)) data(*chunk->bytes, chunk->searched ? &chunk->hits : nullptr);
    end(document.status, document.note);
  }

  Outcome scan_entry() {
    while (true) {
      try {
        has_turn(false);  // if it has come already, the limits are known
        found_.whole = read_entry(*found_.entry);
        return finish();
      } catch (const Again&) {
        found_.documents.clear();
        found_.bytes = 0;
        count_from_all();
      }
    }
  }

  bool read_entry(const bundle::FolderEntry& entry) {
    const auto& limits = lanes_.options_.limits;
    if (entry.bytes() < large_entry_bytes) {
      Entry documents(*this);
      return entry.read(limits, usage_, documents);
    }
    bool whole = false;
    DocumentQueue queue([&](bundle::DocumentSink& to) { whole = entry.read(limits, usage_, to); }, queue_bytes_of_lane);
    queue.goes_to(*lanes_.readers_.gates, lanes_.worker_);
    while (auto taken = queue.next()) scan(queue, *taken->document);
    return whole;
  }

  void count_from_all() {
    usage_.total_bytes = lanes_.usage_.total_bytes.load();
    usage_.documents = lanes_.usage_.documents.load();
  }

  // From then on what is found goes straight into the incident. What the entry has used up was counted from 0 until now.
  bool has_turn(bool wait) {
    if (has_turn_) return true;
    has_turn_ = lanes_.turn_has_come(number_, wait);
    if (!has_turn_) return false;
    if (found_.entry) {
      const auto bytes = usage_.total_bytes += lanes_.usage_.total_bytes;
      const auto documents = usage_.documents += lanes_.usage_.documents;
      if (!lanes_.fits(bytes, documents)) throw Again();
    }
    put_found();
    return true;
  }

  void put_found() {
    for (auto& document : found_.documents) lanes_.incident_.done(document);
    found_.documents.clear();
    found_.bytes = 0;
  }

  Outcome finish() {
    if (!has_turn_) {
      found_.used_bytes = usage_.total_bytes;
      found_.used_documents = usage_.documents;
      if (lanes_.keep(number_, found_)) return Outcome::waits;
      has_turn(false);
      if (!found_.whole) throw Again();  // it met a limit, but which is known only now
    }
    if (!found_.entry) return Outcome::put;
    lanes_.usage_.total_bytes = usage_.total_bytes.load();
    lanes_.usage_.documents = usage_.documents.load();
    return found_.whole ? Outcome::put : Outcome::limited;
  }

  Lanes& lanes_;
  DocumentScanner scanner_;
  std::size_t number_ = 0;
  bool has_turn_ = false;
  Found found_;
  bundle::Usage usage_;  // of the entry; of all inputs, once it has the turn
};

Lanes::Lanes(const Readers& readers, parsers::LineParsers parsers, Incident& incident, Worker& beside, Options options)
    : readers_(readers), incident_(incident), worker_(beside), options_(std::move(options)), usage_(options_.usage ? *options_.usage : no_usage_),
      first_(std::make_unique<Lane>(*this, std::move(parsers))) {}

Lanes::~Lanes() = default;

void Lanes::scan(DocumentQueue& queue) {
  turn_ = 0;
  started_ = 1;
  ended_ = false;
  queue.goes_to(*readers_.gates, worker_);
  run(*first_, queue);
  while (true) {  // a lane may start another one while it is waited for
    std::thread thread;
    {
      const std::lock_guard lock(mutex_);
      if (threads_.empty()) break;
      thread = std::move(threads_.front());
      threads_.pop_front();
    }
    thread.join();
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Lanes::start_another(DocumentQueue& queue) {
  const std::lock_guard lock(mutex_);
  if (started_ >= std::min(options_.most, most_lanes)) return;
  ++started_;
  try {
    threads_.emplace_back([this, &queue] {
      Lane lane(*this, parsers::make_line_parsers());
      run(lane, queue);
    });
  } catch (const std::system_error&) {  // no more threads are to be had: those that there are do it
    started_ = most_lanes;
  }
}

void Lanes::run(Lane& lane, DocumentQueue& queue) {
  try {
    while (true) {
      wait_for_room();
      auto taken = queue.next();
      if (!taken) return;
      if (taken->more) start_another(queue);
      const auto outcome = lane.scan(queue, std::move(*taken));
      if (outcome == Lane::Outcome::waits) continue;
      if (outcome == Lane::Outcome::limited || !pass_turn(lane)) return end(queue, nullptr);
    }
  } catch (const Ended&) {
  } catch (...) {
    end(queue, std::current_exception());
  }
}

// Nothing more is scanned, for the reason given or for a limit.
void Lanes::end(DocumentQueue& queue, std::exception_ptr reason) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (!failure_) failure_ = std::move(reason);
    waiting_.clear();
    waiting_bytes_ = 0;
  }
  changed_.notify_all();
  queue.abandon();
}

// Who holds the turn never waits here: what it found is in the incident before it takes something else.
void Lanes::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_bytes_ < ahead_bytes || ended_; });
  if (ended_) throw Ended();
}

bool Lanes::turn_has_come(std::size_t number, bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) changed_.wait(lock, [&] { return number == turn_ || ended_; });
  if (ended_) throw Ended();
  return number == turn_;
}

bool Lanes::keep(std::size_t number, Found& found) {
  const std::lock_guard lock(mutex_);
  if (ended_) throw Ended();
  if (number == turn_) return false;
  waiting_bytes_ += found.bytes;
  waiting_.emplace(number, std::move(found));
  return true;
}

bool Lanes::fits(std::uint64_t bytes, std::uint64_t documents) const {
  return bytes <= options_.limits.total_bytes && documents <= options_.limits.documents;
}

bool Lanes::pass_turn(Lane& lane) {
  std::unique_lock lock(mutex_);
  for (auto next = waiting_.find(++turn_); next != waiting_.end(); next = waiting_.find(++turn_)) {
    const auto number = next->first;
    auto found = std::move(waiting_.extract(next).mapped());
    waiting_bytes_ -= found.bytes;
    lock.unlock();
    const auto bytes = usage_.total_bytes + found.used_bytes, documents = usage_.documents + found.used_documents;
    if (found.entry && (!found.whole || !fits(bytes, documents))) {
      if (lane.scan_again(number, std::move(found.entry)) == Lane::Outcome::limited) return false;
    } else {
      if (found.entry) {
        usage_.total_bytes = bytes;
        usage_.documents = documents;
      }
      for (auto& document : found.documents) incident_.done(document);
    }
    lock.lock();
  }
  changed_.notify_all();
  return true;
}

void Lanes::scanned(std::size_t bytes, std::size_t documents) {
  if (!options_.progress) return;
  scanned_.total_bytes += bytes;
  scanned_.documents += documents;
  if (const std::unique_lock lock(progress_, std::try_to_lock); lock) options_.progress(scanned_);
}

}  // namespace gpm::scan
