// SPDX-License-Identifier: Apache-2.0
#include "parsers/python/traceback_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::python {
namespace {

using ::testing::IsEmpty;

test::RecordingSink parse(std::string_view text) { return test::parse<TracebackParser>(text); }

TEST(Traceback, InnermostFrameAndException) {
  const auto sink = parse(R"(Traceback (most recent call last):
  File "/opt/train/ranks2.py", line 3, in main
    load()
  File "/opt/train/ranks2.py", line 8, in load
    raise ValueError("tokenizer vocab size 128256 does not match embedding rows 128000")
    ^^^^^^^^^^^^^^^^^^^^^^
ValueError: tokenizer vocab size 128256 does not match embedding rows 128000
)");
  ASSERT_EQ(sink.events.size(), 1u);
  const auto& event = sink.events[0];
  EXPECT_EQ(event.kind, "python.exception");
  EXPECT_EQ(event.attributes.at("type"), "ValueError");
  EXPECT_EQ(event.attributes.at("message"), "tokenizer vocab size 128256 does not match embedding rows 128000");
  EXPECT_EQ(event.attributes.at("file"), "/opt/train/ranks2.py");
  EXPECT_EQ(event.attributes.at("function"), "load");
  EXPECT_EQ(event.at.line, 7u);
}

TEST(Traceback, ChainTellsWhichCameFirst) {
  const auto sink = parse(R"(Traceback (most recent call last):
  File "a.py", line 1, in f
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 2, in g
    raise vllm.engine.AsyncEngineDeadError() from e
vllm.engine.AsyncEngineDead: Task finished unexpectedly.
)");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_FALSE(sink.events[0].attributes.contains("chained"));
  EXPECT_EQ(sink.events[1].attributes.at("chained"), "context");
}

TEST(Traceback, RanksInterleaved) {
  TracebackParser parser;
  test::RecordingSink sink;
  const auto line = [&](int rank, std::string_view message) {
    text::Line line;
    line.raw = line.message = message;
    line.place.rank = rank;
    parser.line(line, sink);
  };
  line(0, "Traceback (most recent call last):");
  line(1, "Traceback (most recent call last):");
  line(0, "  File \"zero.py\", line 1, in a");
  line(1, "  File \"one.py\", line 2, in b");
  line(1, "RuntimeError: one");
  line(0, "RuntimeError: zero");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_EQ(sink.events[0].attributes.at("file"), "one.py");
  EXPECT_EQ(sink.events[0].place.rank, 1);
  EXPECT_EQ(sink.events[1].attributes.at("file"), "zero.py");
}

TEST(Traceback, BehindALoggersWords) {
  const auto sink = parse(R"([2026-07-03 19:14:43 TP7] Scheduler hit an exception: Traceback (most recent call last):
  File "/sgl-workspace/scheduler.py", line 3211, in run_scheduler_process
    scheduler.event_loop_overlap()
torch.AcceleratorError: CUDA error: an illegal memory access was encountered
)");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("type"), "torch.AcceleratorError");
}

TEST(Traceback, OtherOutputInBetweenIsNoException) {
  const auto sink = parse(R"(Traceback (most recent call last):
  File "a.py", line 1, in f
gpu-node01:713:713 [0] NCCL INFO Using network Socket
INFO: still here
Done
RuntimeError: it
)");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("type"), "RuntimeError");
}

TEST(Traceback, CutBeforeTheExceptionGivesNothing) {
  EXPECT_THAT(parse("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n").events, IsEmpty());
}

TEST(Traceback, ErrorWithoutATracebackIsNone) {
  EXPECT_THAT(parse("RuntimeError: it\nValueError: x\n").events, IsEmpty());
}

TEST(Traceback, ThousandsOfOpenBlocksAreBounded) {
  TracebackParser parser;
  test::RecordingSink sink;
  const auto line = [&](int rank, std::string_view message) {
    text::Line line;
    line.raw = line.message = message;
    line.place.rank = rank;
    parser.line(line, sink);
  };
  for (int rank = 0; rank < 1000; ++rank) line(rank, "Traceback (most recent call last):");
  for (int rank = 0; rank < 1000; ++rank) line(rank, "  File \"" + std::string(5000, 'x') + "\", line 1, in f");
  for (int rank = 0; rank < 1000; ++rank) line(rank, "RuntimeError: " + std::string(5000, 'x'));
  ASSERT_EQ(sink.events.size(), 64u);
  EXPECT_LE(sink.events[0].attributes.at("file").size(), 256u);
  EXPECT_LE(sink.events[0].attributes.at("message").size(), 1024u);
}

TEST(TracebackParser, AnErrorWithoutATracebackIsLeft) {
  EXPECT_TRUE(test::parse<TracebackParser>("ValueError: x\n  File \"a.py\", line 3, in f\nRuntimeError: y\nthe traceback (see above) is short\n").events.empty());
  EXPECT_TRUE(test::parse<TracebackParser>("Traceback (most recent call last):\nValueError: no frame before it\n").events.empty());
}

}  // namespace
}  // namespace gpm::parsers::python
