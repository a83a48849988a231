// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/overlapped.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gpm::bundle {
namespace {

struct Step {
  enum Kind { begin, data, end } kind = begin;
  std::string text;  // path, bytes or note
  std::string status;
  std::vector<text::LiteralHit> hits = {};  // in the bytes, if searched
  bool searched = false;
};

struct SinkIsGone {};  // ends the reader when nobody takes its documents any more

}  // namespace

// Between the threads. Steps go over in batches, so that a tar of a million small files does not wake the other thread a
// million times.
class OverlappedReading::Queue final : public DocumentSink {
 public:
  // From now on the reader may look ahead for it.
  void goes_to(const AheadSink& sink) { sink_ = &sink; }

  void begin(std::string_view path) override { add({Step::begin, std::string(path), {}}); }
  void data(std::string_view bytes) override {
    Step step{Step::data, std::string(bytes), {}};
    // Whoever reads has the time.
    const AheadSink* const sink = sink_;
    if (sink != nullptr && bytes.size() >= worth_looking_bytes && waiting_ >= queue_bytes / batch_bytes / 2) {
      sink->look_ahead(step.text, step.hits);
      step.searched = true;
    }
    add(std::move(step));
  }
  void end(std::string_view status, std::string_view note) override { add({Step::end, std::string(note), std::string(status)}); }

  // The reader is done, for the reason given or none.
  void close(std::exception_ptr reason) {
    if (!batch_.empty() && !reason) pass_on();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    reason_ = std::move(reason);
    changed_.notify_all();
  }

  // The sink is done.
  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }

  // The next steps; none = the end.
  std::vector<Step> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !batches_.empty() || closed_; });
    if (batches_.empty()) {
      if (reason_) std::rethrow_exception(reason_);
      return {};
    }
    auto batch = std::move(batches_.front());
    batches_.pop_front();
    waiting_ = batches_.size();
    changed_.notify_all();
    return batch;
  }

 private:
  static constexpr std::size_t batch_bytes = std::size_t{1} << 20;
  static constexpr std::size_t worth_looking_bytes = std::size_t{64} << 10;
  static constexpr std::size_t step_bytes = sizeof(Step) + 64;

  void add(Step step) {
    gathered_ += step.text.size() + step_bytes;
    batch_.push_back(std::move(step));
    if (gathered_ >= batch_bytes) pass_on();
  }

  void pass_on() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() < queue_bytes / batch_bytes || abandoned_; });
    if (abandoned_) throw SinkIsGone();
    batches_.push_back(std::exchange(batch_, {}));
    waiting_ = batches_.size();
    gathered_ = 0;
    changed_.notify_all();
  }

  std::atomic<const AheadSink*> sink_ = nullptr;
  std::vector<Step> batch_;  // the reader's own
  std::size_t gathered_ = 0;

  std::atomic<std::size_t> waiting_ = 0;  // batches; for the reader to look at without the mutex
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Step>> batches_;
  bool closed_ = false, abandoned_ = false;
  std::exception_ptr reason_;
};

namespace {

void announce(const std::vector<Step>& steps, AheadSink& sink) {
  for (std::size_t i = 2; i < steps.size(); ++i)
    if (steps[i - 2].kind == Step::begin && steps[i - 1].kind == Step::data && steps[i].kind == Step::end) sink.expect(steps[i - 1].text);
}

void hand_over(const Step& step, AheadSink& sink) {
  switch (step.kind) {
    case Step::begin: return sink.begin(step.text);
    case Step::data: return sink.data(step.text, step.searched ? &step.hits : nullptr);
    case Step::end: return sink.end(step.status, step.text);
  }
}

}  // namespace

OverlappedReading::OverlappedReading(std::function<void(DocumentSink&)> read)
    : queue_(std::make_unique<Queue>()), reader_([&queue = *queue_, read = std::move(read)] {
        std::exception_ptr reason;
        try {
          read(queue);
        } catch (const SinkIsGone&) {
        } catch (...) {
          reason = std::current_exception();
        }
        try {
          queue.close(reason);
        } catch (const SinkIsGone&) {
        }
      }) {}

OverlappedReading::~OverlappedReading() {
  if (!reader_.joinable()) return;
  queue_->abandon();
  reader_.join();
}

void OverlappedReading::hand_over_to(AheadSink& sink) {
  queue_->goes_to(sink);
  try {
    for (auto steps = queue_->take(); !steps.empty(); steps = queue_->take()) {
      announce(steps, sink);
      for (const auto& step : steps) hand_over(step, sink);
    }
  } catch (...) {
    queue_->abandon();
    reader_.join();  // it may be looking ahead for the sink
    throw;
  }
  reader_.join();
}

void read_overlapped(const std::function<void(DocumentSink&)>& read, AheadSink& sink) { OverlappedReading(read).hand_over_to(sink); }

}  // namespace gpm::bundle
