// SPDX-License-Identifier: Apache-2.0
//
// A thread for what can be found out beside the reading of a document. It starts when it is first asked.
//
//   auto split = worker.run([&] { return formats::split_at_prompts(sample); });
//   ...
//   use(split.get());  // throws what the work threw
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace gpm::scan {

class Worker {
 public:
  Worker() = default;
  // Ends when all work is done.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Does one thing after the other, in this order. What `work` refers to must live until it is done.
  template <typename Work>
  std::future<std::invoke_result_t<Work>> run(Work work) {
    std::packaged_task<std::invoke_result_t<Work>()> task(std::move(work));
    auto result = task.get_future();
    add(std::packaged_task<void()>([task = std::move(task)]() mutable { task(); }));
    return result;
  }

 private:
  void add(std::packaged_task<void()> work);
  void loop();

  std::mutex mutex_;  // of the following
  std::condition_variable changed_;
  std::deque<std::packaged_task<void()>> waiting_;
  bool ends_ = false;

  std::thread thread_;
};

}  // namespace gpm::scan
