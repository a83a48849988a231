// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/queries.h"

#include <utility>

#include "analyzer/scan/processors.h"
#include "analyzer/signals/questions.h"

namespace gpm::signals {
namespace {

constexpr std::size_t worth_a_copy = 8;  // queries

}  // namespace

AnswersBeside::AnswersBeside(const store::Database& database, std::vector<const kb::Signal*> signals, scan::Worker& worker)
    : signals_(std::move(signals)), answers_(std::make_unique<Answer[]>(signals_.size())) {
  if (signals_.size() < worth_a_copy || scan::processors() < 2 || database.bytes() > most_bytes) return;
  try {
    asking_ = worker.run([this, image = database.image()]() mutable { run(std::move(image)); });
  } catch (const std::exception&) {  // no more threads or memory: the caller asks all
  }
}

AnswersBeside::~AnswersBeside() {
  stop_ = true;
  if (asking_.asked()) asking_.drop();
}

bool AnswersBeside::claim(std::size_t number) {
  auto open = State::open;
  return answers_[number].state.compare_exchange_strong(open, State::asked);
}

// Whatever goes wrong, goes wrong again where the caller asks, and is said there.
void AnswersBeside::run(store::Image image) try {
  const auto database = store::Database::of_image(std::move(image));
  Questions questions(database);
  for (std::size_t number = signals_.size(); number-- > 0 && !stop_;) {
    if (!claim(number)) continue;
    auto& [state, rows] = answers_[number];
    auto result = State::answered;
    try {
      questions.ask(*signals_[number], [&rows = rows, &result](Observation row) {
        if (rows.size() == most_rows) result = State::left;
        else rows.push_back(std::move(row));
        return result == State::answered;
      });
    } catch (const std::exception&) {
      result = State::left;
    }
    state = result;
    state.notify_all();
  }
} catch (const std::exception&) {
}

std::optional<std::vector<Observation>> AnswersBeside::take(std::size_t number) {
  if (claim(number)) return std::nullopt;
  auto& [state, rows] = answers_[number];
  state.wait(State::asked);
  if (state != State::answered) return std::nullopt;
  return std::move(rows);
}

}  // namespace gpm::signals
