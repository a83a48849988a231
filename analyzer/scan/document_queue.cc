// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/document_queue.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace gpm::scan {
namespace {

struct NobodyTakes {};  // ends the reader

constexpr std::size_t worth_searching_bytes = std::size_t{64} << 10;

}  // namespace

DocumentQueue::DocumentQueue(std::function<void(bundle::DocumentSink&)> read, std::size_t most_bytes)
    : most_bytes_(most_bytes), reader_([this, read = std::move(read)] {
        std::exception_ptr reason;
        try {
          read(*this);
          pass_on();
        } catch (const NobodyTakes&) {
        } catch (...) {
          reason = std::current_exception();
        }
        close(std::move(reason));
      }) {}

DocumentQueue::~DocumentQueue() {
  abandon();
  reader_.join();
}

bool DocumentQueue::take(std::unique_ptr<const bundle::FolderEntry>& entry) {
  auto document = std::make_shared<Document>();
  document->entry = std::move(entry);
  add({Step::begin, std::move(document), {}, {}, {}}, entry_bytes);
  return true;
}

void DocumentQueue::begin(std::string_view path) {
  open_ = std::make_shared<Document>();
  open_->path = path;
  add({Step::begin, open_, {}, {}, {}}, path.size());
}

void DocumentQueue::data(std::string_view bytes) {
  Chunk chunk{std::make_shared<const std::string>(bytes)};
  // Whoever reads has the time.
  const GateSearch* const gates = gates_;
  if (gates != nullptr && bytes.size() >= worth_searching_bytes && waiting_bytes_ >= most_bytes_ / 2) {
    gates->find(*chunk.bytes, chunk.hits);
    chunk.searched = true;
  }
  add({Step::data, open_, std::move(chunk), {}, {}}, bytes.size());
}

void DocumentQueue::end(std::string_view status, std::string_view note) {
  add({Step::end, std::exchange(open_, nullptr), {}, std::string(status), std::string(note)}, note.size());
}

void DocumentQueue::add(Step step, std::size_t bytes) {
  gathered_ += bytes + step_bytes;
  batch_.push_back(std::move(step));
  if (gathered_ >= batch_bytes) pass_on();
}

void DocumentQueue::pass_on() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !is_full() || abandoned_; });
  if (abandoned_) throw NobodyTakes();
  for (auto& step : batch_) {
    auto& document = *step.document;
    if (step.kind == Step::begin) {
      waiting_bytes_ += bytes_of(document);
      documents_.push_back(std::move(step.document));
    } else if (step.kind == Step::data) {
      waiting_bytes_ += step.chunk.bytes->size();
      document.chunks.push_back(std::move(step.chunk));
    } else {
      document.status = std::move(step.status);
      document.note = std::move(step.note);
      document.ended = true;
    }
  }
  batch_.clear();
  gathered_ = 0;
  changed_.notify_all();
}

// The reader is done, for the reason given or none.
void DocumentQueue::close(std::exception_ptr reason) {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  reason_ = std::move(reason);
  changed_.notify_all();
}

void DocumentQueue::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

void DocumentQueue::goes_to(const GateSearch& gates, Worker& beside) {
  gates_ = &gates;
  const std::lock_guard lock(mutex_);
  worker_ = &beside;
}

// Of those who are whole.
void DocumentQueue::recognise_first() {
  if (worker_ == nullptr) return;
  for (; looked_at_ < std::min(documents_.size(), recognised_ahead); ++looked_at_) {
    auto& document = *documents_[looked_at_];
    if (!document.ended || document.chunks.size() != 1) continue;
    const auto& bytes = document.chunks.front().bytes;
    if (tells_what_it_is(*bytes)) document.recognition = recognise_beside(*worker_, *bytes, true, bytes);
  }
}

void DocumentQueue::make_room(std::size_t bytes) {
  const bool was_full = is_full();
  waiting_bytes_ -= bytes;
  if (was_full && !is_full()) changed_.notify_all();
}

std::optional<DocumentQueue::Taken> DocumentQueue::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !documents_.empty() || closed_ || abandoned_; });
  if (abandoned_) return std::nullopt;
  if (documents_.empty()) {
    if (reason_) std::rethrow_exception(std::exchange(reason_, nullptr));
    return std::nullopt;
  }
  recognise_first();
  Taken taken{taken_++, std::move(documents_.front()), documents_.size() > 1};
  documents_.pop_front();
  if (looked_at_ > 0) --looked_at_;
  make_room(bytes_of(*taken.document));
  return taken;
}

std::optional<DocumentQueue::Chunk> DocumentQueue::next(Document& document) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !document.chunks.empty() || document.ended || closed_ || abandoned_; });
  if (document.chunks.empty()) return std::nullopt;
  auto chunk = std::move(document.chunks.front());
  document.chunks.pop_front();
  make_room(chunk.bytes->size());
  return chunk;
}

}  // namespace gpm::scan
