// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/overlapped.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

namespace gpm::bundle {
namespace {

using testing::ElementsAre;

// Writes down what it is given; looks ahead by finding every 'x'.
class Recorder : public AheadSink {
 public:
  void begin(std::string_view path) override { steps.push_back("begin " + std::string(path)); }
  void data(std::string_view bytes) override { data(bytes, nullptr); }
  void data(std::string_view bytes, const std::vector<text::LiteralHit>* hits) override {
    if (waits) looked_ahead.wait(false);
    if (steps.size() >= fails_at) throw std::runtime_error("the disk is full");
    steps.push_back("data " + std::to_string(bytes.size()));
    if (!hits) return;
    ++searched;
    wrong += hits->size() != static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), 'x'));
  }
  void end(std::string_view status, std::string_view note) override { steps.push_back("end " + std::string(status) + " " + std::string(note)); }
  void look_ahead(std::string_view bytes, std::vector<text::LiteralHit>& hits) const override {
    looked_ahead = true;
    looked_ahead.notify_all();
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] == 'x') hits.push_back({0, static_cast<std::uint32_t>(i + 1)});
  }

  void expect(std::string_view document) override { expected.emplace_back(document); }

  std::vector<std::string> steps, expected;
  std::size_t fails_at = ~std::size_t{0};
  bool waits = false;  // until somebody has looked ahead
  mutable std::atomic<bool> looked_ahead = false;
  int searched = 0, wrong = 0;
};

TEST(Overlapped, DocumentsArriveWholeAndInOrder) {
  Recorder sink;
  read_overlapped(
      [](DocumentSink& to) {
        to.begin("a");
        to.data("12345");
        to.end("ok", "");
        to.begin("b");
        to.end("damaged", "cut short");
      },
      sink);
  EXPECT_THAT(sink.steps, ElementsAre("begin a", "data 5", "end ok ", "begin b", "end damaged cut short"));
}

TEST(Overlapped, WholeSmallDocumentsAreExpected) {
  Recorder sink;
  read_overlapped(
      [](DocumentSink& to) {
        to.begin("small");
        to.data("12345");
        to.end("ok", "");
        to.begin("in pieces");
        to.data("123");
        to.data("45");
        to.end("ok", "");
        to.begin("empty");
        to.end("ok", "");
        to.begin("last");
        to.data("67");
        to.end("damaged", "");
      },
      sink);
  EXPECT_THAT(sink.expected, ElementsAre("12345", "67"));
}

TEST(Overlapped, WhoeverReadsSearchesAheadOfASlowSink) {
  Recorder sink;
  sink.waits = true;
  const std::string block = std::string(1000, 'x') + std::string(1 << 19, '.');
  read_overlapped(
      [&](DocumentSink& to) {
        to.begin("a");
        for (int i = 0; i < 60; ++i) to.data(block);
        to.end("ok", "");
      },
      sink);
  EXPECT_EQ(sink.steps.size(), 62u);
  EXPECT_GT(sink.searched, 0);
  EXPECT_EQ(sink.wrong, 0);
}

TEST(Overlapped, WhatTheReaderThrowsComesOutAfterWhatItHadRead) {
  Recorder sink;
  const auto read = [](DocumentSink& to) {
    to.begin("a");
    throw std::runtime_error("no such folder");
  };
  EXPECT_THROW(read_overlapped(read, sink), std::runtime_error);
}

// The reader would go on for ever.
TEST(Overlapped, AFailingSinkEndsTheReader) {
  Recorder sink;
  sink.fails_at = 3;
  std::atomic<bool> ended = false;
  const auto read = [&](DocumentSink& to) {
    struct AtEnd {
      std::atomic<bool>& flag;
      ~AtEnd() { flag = true; }
    } const at_end{ended};
    to.begin("a");
    const std::string block(1 << 20, '.');
    while (true) to.data(block);
  };
  EXPECT_THROW(read_overlapped(read, sink), std::runtime_error);
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace gpm::bundle
