// SPDX-License-Identifier: Apache-2.0
//
// Queries of signals that a worker asks meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/scan/worker.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/sqlite.h"
#include "kb/model.h"

namespace gpm::signals {

// A worker that asks some of the queries meanwhile, of a copy of a small store: to prepare them takes longer than all
// else of an evaluation. It begins with the last; whoever needs a row of an answer asks in order, from the first.
class AnswersBeside {
 public:
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;  // of a store that is copied
  static constexpr std::size_t most_rows = 1000;                   // of an answer; one with more is left

  // Nothing is done for a store that is larger, or for so few queries that a copy is not worth it.
  AnswersBeside(const store::Database& database, std::vector<const kb::Signal*> signals, scan::Worker& worker);
  ~AnswersBeside();
  AnswersBeside(const AnswersBeside&) = delete;
  AnswersBeside& operator=(const AnswersBeside&) = delete;

  // The rows of the signal of this number, waiting for them where they are being asked for. None: the caller has to ask, now
  // nobody else does; so it is where the query failed. Once for each.
  std::optional<std::vector<Observation>> take(std::size_t number);

 private:
  enum class State { open, asked, answered, left };
  struct Answer {
    std::atomic<State> state = State::open;
    std::vector<Observation> rows;  // belongs to the worker while `asked`
  };

  void run(store::Image image);
  bool claim(std::size_t number);

  const std::vector<const kb::Signal*> signals_;
  const std::unique_ptr<Answer[]> answers_;
  std::atomic<bool> stop_ = false;
  scan::Worker::Task<void> asking_;
};

}  // namespace gpm::signals
