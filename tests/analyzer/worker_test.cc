// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/worker.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace gpm::scan {
namespace {

TEST(Worker, DoesOneThingAfterTheOther) {
  std::vector<int> done;
  std::vector<std::future<std::string>> answers;
  Worker worker;
  for (int i = 0; i < 100; ++i)
    answers.push_back(worker.run([&done, i] {
      done.push_back(i);
      return std::to_string(i);
    }));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), std::to_string(i));
  EXPECT_EQ(done.size(), 100u);
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
