// SPDX-License-Identifier: Apache-2.0
//
// A thread for what can be found out beside the rest, from the reading of documents to the report. It starts when it is first
// asked. Who needs a result before the worker has come to it does the work himself.
//
//   auto split = worker.run([&] { return formats::split_at_prompts(sample); });
//   ...
//   use(split.get());  // throws what the work threw
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace gpm::scan {

class Worker {
 public:
  template <typename Result>
  class Task {
   public:
    Task() = default;
    bool asked() const { return state_ != nullptr; }
    // Once.
    Result get() {
      state_->run_if_first();
      return state_->task.get_future().get();
    }
    // In place of get(), where nobody wants the result any more: the work is done, or will not be.
    void drop() {
      if (state_->begun.exchange(true)) state_->task.get_future().wait();
    }

   private:
    friend class Worker;
    struct State {
      std::packaged_task<Result()> task;
      std::atomic<bool> begun = false;
      void run_if_first() {
        if (!begun.exchange(true)) task();
      }
    };
    std::shared_ptr<State> state_;
  };

  Worker() = default;
  // Ends when all work is done.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Does one thing after the other, in this order. What `work` refers to must live until it is done. From any thread.
  template <typename Work, typename Result = std::invoke_result_t<Work>>
  Task<Result> run(Work work) {
    Task<Result> task;
    task.state_ = std::make_shared<typename Task<Result>::State>();
    task.state_->task = std::packaged_task<Result()>(std::move(work));
    add([state = task.state_] { state->run_if_first(); });
    return task;
  }

 private:
  void add(std::function<void()> work);
  void loop();

  std::mutex mutex_;  // of the following
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace gpm::scan
