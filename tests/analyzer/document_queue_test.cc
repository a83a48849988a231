// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/document_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpm::scan {
namespace {

using testing::ElementsAre;

constexpr std::array<std::string_view, 1> gate = {"xyz"};

std::vector<std::string> taken(DocumentQueue& queue) {
  std::vector<std::string> steps;
  while (const auto next = queue.next()) {
    steps.push_back(std::to_string(next->number) + " " + next->document->path);
    while (const auto chunk = queue.next(*next->document)) steps.push_back(std::to_string(chunk->bytes->size()) + " bytes");
    steps.push_back(next->document->status + " " + next->document->note);
  }
  return steps;
}

TEST(DocumentQueue, DocumentsArriveWholeAndInOrder) {
  DocumentQueue queue([](bundle::DocumentSink& to) {
    to.begin("a");
    to.data("12345");
    to.data("678");
    to.end("ok", "");
    to.begin("b");
    to.end("damaged", "cut short");
  });
  EXPECT_THAT(taken(queue), ElementsAre("0 a", "5 bytes", "3 bytes", "ok ", "1 b", "damaged cut short"));
}

TEST(DocumentQueue, SaysWhetherMoreDocumentsWait) {
  DocumentQueue queue([](bundle::DocumentSink& to) {
    for (const char* path : {"a", "b"}) {
      to.begin(path);
      to.end("ok", "");
    }
  });
  EXPECT_TRUE(queue.next()->more);
  EXPECT_FALSE(queue.next()->more);
  EXPECT_FALSE(queue.next());
}

TEST(DocumentQueue, WholeSmallTextsAreRecognisedAheadAndOthersAreNot) {
  const GateSearch gates(gate);
  Worker worker;
  DocumentQueue queue([](bundle::DocumentSink& to) {
    const auto document = [&](const char* path, std::vector<std::string> chunks) {
      to.begin(path);
      for (const auto& chunk : chunks) to.data(chunk);
      to.end("ok", "");
    };
    document("small", {"12345"});
    document("in pieces", {"123", "45"});
    document("empty", {});
    document("binary", {std::string("\0\1\2\3\4\5", 6)});
    document("last", {"67"});
  });
  queue.goes_to(gates, worker);
  std::vector<std::string> recognised;
  while (const auto next = queue.next()) {
    auto& document = *next->document;
    if (!document.recognition.split.asked()) continue;
    recognised.push_back(document.path + " " + std::string(document.recognition.sample));
    document.recognition.split.get();
  }
  EXPECT_THAT(recognised, ElementsAre("small 12345", "last 67"));
}

TEST(DocumentQueue, WhoeverReadsSearchesAheadOfThoseWhoScan) {
  const GateSearch gates(gate);
  Worker worker;
  const std::string block = "xyz xyz" + std::string(1 << 19, '.');
  std::atomic<bool> scanning = false;
  DocumentQueue queue([&](bundle::DocumentSink& to) {
    scanning.wait(false);
    to.begin("a");
    for (int i = 0; i < 60; ++i) to.data(block);
    to.end("ok", "");
  });
  queue.goes_to(gates, worker);
  scanning = true;
  scanning.notify_all();
  const auto next = queue.next();
  int searched = 0, wrong = 0, all = 0;
  // Nothing is taken until the reader has filled the queue.
  while (!queue.is_full()) std::this_thread::yield();
  while (const auto chunk = queue.next(*next->document)) {
    ++all;
    searched += chunk->searched;
    wrong += chunk->searched && chunk->hits.size() != 2;
  }
  EXPECT_EQ(all, 60);
  EXPECT_GT(searched, 0);
  EXPECT_EQ(wrong, 0);
}

TEST(DocumentQueue, WhatTheReaderThrowsComesOutAfterWhatItHadRead) {
  DocumentQueue queue([](bundle::DocumentSink& to) {
    to.begin("a");
    to.data(std::string(1 << 20, '.'));
    to.end("ok", "");
    throw std::runtime_error("no such folder");
  });
  EXPECT_EQ(queue.next()->document->path, "a");
  EXPECT_THROW(queue.next(), std::runtime_error);
  EXPECT_FALSE(queue.next());
}

// It would go on for ever.
TEST(DocumentQueue, AReaderOfWhomNobodyTakesEnds) {
  std::atomic<bool> ended = false;
  {
    DocumentQueue queue([&](bundle::DocumentSink& to) {
      struct AtEnd {
        std::atomic<bool>& flag;
        ~AtEnd() { flag = true; }
      } const at_end{ended};
      to.begin("a");
      const std::string block(1 << 20, '.');
      while (true) to.data(block);
    });
    const auto next = queue.next();
    EXPECT_TRUE(queue.next(*next->document));
    queue.abandon();
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace gpm::scan
