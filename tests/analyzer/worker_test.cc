// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace gpm::scan {
namespace {

TEST(Worker, DoesOneThingAfterTheOther) {
  std::vector<int> done, all;
  {
    Worker worker;
    for (int i = 0; i < 100; ++i) {
      all.push_back(i);
      worker.run([&done, i] { done.push_back(i); });
    }
  }
  EXPECT_EQ(done, all);
}

TEST(Worker, WhoNeedsAnAnswerBeforeItsTurnFindsItHimself) {
  std::promise<void> go_on;
  Worker worker;
  worker.run([&] { go_on.get_future().wait(); });
  auto answer = worker.run([] { return std::this_thread::get_id(); });
  EXPECT_EQ(answer.get(), std::this_thread::get_id());
  go_on.set_value();
}

TEST(Worker, AnAnswerThatIsThereIsGiven) {
  Worker worker;
  std::promise<void> done;
  auto answer = worker.run([] { return std::string("split"); });
  worker.run([&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(answer.get(), "split");
}

TEST(Worker, WhatNobodyWantsAnyMoreIsNotBegun) {
  std::promise<void> go_on;
  bool done = false;
  {
    Worker worker;
    worker.run([&] { go_on.get_future().wait(); });
    worker.run([&] { done = true; }).drop();
    go_on.set_value();
  }
  EXPECT_FALSE(done);
}

TEST(Worker, WhatHasBegunIsDoneWhenItIsDropped) {
  Worker worker;
  std::promise<void> begun;
  std::atomic<bool> done = false;
  auto task = worker.run([&] {
    begun.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    done = true;
  });
  begun.get_future().wait();
  task.drop();
  EXPECT_TRUE(done);
}

TEST(Worker, WhatTheWorkThrowsComesWithTheAnswer) {
  Worker worker;
  auto failed = worker.run([]() -> int { throw std::runtime_error("no"); });
  auto next = worker.run([] { return 1; });
  EXPECT_THROW(failed.get(), std::runtime_error);
  EXPECT_EQ(next.get(), 1);
}

TEST(Worker, EndsWhenAllWorkIsDone) {
  int done = 0;
  {
    Worker worker;
    for (int i = 0; i < 10; ++i) worker.run([&done] { ++done; });
  }
  EXPECT_EQ(done, 10);
}

}  // namespace
}  // namespace gpm::scan
