// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/lanes.h"

#include <sched.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace gpm::scan {
namespace {

constexpr std::size_t document_bytes = 4096;       // of one that waits, beside its facts and lines
constexpr std::size_t unusual_line_bytes = 1024;
constexpr std::size_t most_of_one_bytes = Lanes::ahead_bytes / 4;

std::size_t bytes_of(const ScannedDocument& document) {
  return document_bytes + document.facts.waiting_bytes() + document.unusual.size() * unusual_line_bytes;
}

struct AnotherFailed {};  // ends this lane

}  // namespace

std::size_t processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);  // more than a set holds
}

// Hands on what its scanner finds, with the document's number.
class Lanes::Lane final : public ScannedSink {
 public:
  Lane(Lanes& lanes, parsers::LineParsers parsers) : lanes_(lanes), scanner_(lanes.readers_, std::move(parsers), *this, lanes.worker_) {}

  void scan(DocumentQueue& queue, std::size_t number, DocumentQueue::Document& document) {
    number_ = number;
    scanner_.begin(document.path, std::move(document.recognition));
    while (const auto chunk = queue.next(document)) scanner_.data(*chunk->bytes, chunk->searched ? &chunk->hits : nullptr);
    scanner_.end(document.status, document.note);
  }

  void part(ScannedDocument& document) override { lanes_.part(number_, document); }
  void done(ScannedDocument& document) override { lanes_.done(number_, document); }

 private:
  Lanes& lanes_;
  std::size_t number_ = 0;
  DocumentScanner scanner_;
};

Lanes::Lanes(const Readers& readers, parsers::LineParsers parsers, Incident& incident, Worker& beside, std::size_t most)
    : readers_(readers), incident_(incident), worker_(beside), most_(std::clamp<std::size_t>(most, 1, most_lanes)),
      first_(std::make_unique<Lane>(*this, std::move(parsers))) {}

Lanes::~Lanes() = default;

void Lanes::scan(DocumentQueue& queue) {
  turn_ = 0;
  started_ = 1;
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
  if (started_ >= most_) return;
  ++started_;
  try {
    threads_.emplace_back([this, &queue] {
      Lane lane(*this, parsers::make_line_parsers());
      run(lane, queue);
    });
  } catch (const std::system_error&) {  // no more threads are to be had: those that there are do it
    started_ = most_;
  }
}

void Lanes::run(Lane& lane, DocumentQueue& queue) {
  try {
    while (true) {
      wait_for_room();
      const auto taken = queue.next();
      if (!taken) return;
      if (taken->more) start_another(queue);
      lane.scan(queue, taken->number, *taken->document);
    }
  } catch (const AnotherFailed&) {
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    changed_.notify_all();
    queue.abandon();
  }
}

// Who holds the turn never waits here: what it found is in the incident before it takes another document.
void Lanes::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_bytes_ < ahead_bytes || failure_; });
  if (failure_) throw AnotherFailed();
}

void Lanes::part(std::size_t number, ScannedDocument& document) {
  std::unique_lock lock(mutex_);
  if (number != turn_ && bytes_of(document) < most_of_one_bytes) return;
  changed_.wait(lock, [&] { return number == turn_ || failure_; });
  if (failure_) throw AnotherFailed();
  lock.unlock();
  incident_.part(document);
}

void Lanes::done(std::size_t number, ScannedDocument& document) {
  std::unique_lock lock(mutex_);
  if (failure_) throw AnotherFailed();
  if (number != turn_) {
    waiting_bytes_ += bytes_of(document);
    waiting_.emplace(number, std::move(document));
    return;
  }
  lock.unlock();
  incident_.done(document);
  lock.lock();
  for (auto next = waiting_.find(++turn_); next != waiting_.end(); next = waiting_.find(++turn_)) {
    auto behind = std::move(waiting_.extract(next).mapped());
    waiting_bytes_ -= bytes_of(behind);
    lock.unlock();
    incident_.done(behind);
    lock.lock();
  }
  changed_.notify_all();
}

}  // namespace gpm::scan
