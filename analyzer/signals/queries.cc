// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/queries.h"

#include <string>
#include <utility>

#include "analyzer/signals/rows.h"
#include "analyzer/store/visible.h"
#include "kb/query_rights.h"

namespace gpm::signals {
namespace {

constexpr std::size_t worth_a_copy = 8;  // queries
constexpr int progress_every = 10'000;    // SQLite instructions between two looks at the budget
constexpr int progress_budget = 20'000;   // looks; two hundred million instructions in all

int spend(void* budget) { return --*static_cast<int*>(budget) < 0; }

// A query may read the tables of facts, and they, where they are views, what Visible keeps for them.
int right(void* data, int action, const char* first, const char* second, const char* schema, const char* view) {
  const std::string_view table = first != nullptr ? first : "";
  if (action == SQLITE_READ && view != nullptr && (table == store::Visible::machines_table || table == store::Visible::documents_table)) return SQLITE_OK;
  return kb::query_right(data, action, first, second, schema, view);
}

// The rights and the time that a query has; ends with the scope.
class Guard {
 public:
  explicit Guard(sqlite3* db) : db_(db) {
    sqlite3_set_authorizer(db, right, nullptr);
    sqlite3_progress_handler(db, progress_every, spend, &budget_);
  }
  ~Guard() {
    sqlite3_set_authorizer(db_, nullptr, nullptr);
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  sqlite3* db_;
  int budget_ = progress_budget;
};

}  // namespace

void ask(const store::Database& database, const kb::Signal& signal, const std::function<bool(Observation)>& take) {
  const bool of_lines = !signal.pattern.empty();
  const Guard guard(database.get());
  store::Statement statement(database.get(), of_lines ? "SELECT * FROM events WHERE kind = ?1" : signal.query);
  if (of_lines) statement.bind(1, std::string_view("line." + std::string(signal.id)));
  std::optional<Row> row;
  while (statement.step()) {
    if (!row) row.emplace(statement);
    if (!take(row->observation())) return;
  }
}

AnswersBeside::AnswersBeside(const store::Database& database, std::vector<const kb::Signal*> signals)
    : signals_(std::move(signals)), answers_(std::make_unique<Answer[]>(signals_.size())) {
  if (signals_.size() < worth_a_copy || std::thread::hardware_concurrency() < 2 || database.bytes() > most_bytes) return;
  try {
    thread_ = std::thread([this, image = database.image()]() mutable { run(std::move(image)); });
  } catch (const std::exception&) {  // no more threads or memory: the caller asks all
  }
}

AnswersBeside::~AnswersBeside() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

bool AnswersBeside::claim(std::size_t number) {
  auto open = State::open;
  return answers_[number].state.compare_exchange_strong(open, State::asked);
}

// Whatever goes wrong, goes wrong again where the caller asks, and is said there.
void AnswersBeside::run(store::Image image) try {
  const auto database = store::Database::of_image(std::move(image));
  for (std::size_t number = signals_.size(); number-- > 0 && !stop_;) {
    if (!claim(number)) continue;
    auto& [state, rows] = answers_[number];
    auto result = State::answered;
    try {
      ask(database, *signals_[number], [&rows = rows, &result](Observation row) {
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
