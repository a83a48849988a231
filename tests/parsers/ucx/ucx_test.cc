// SPDX-License-Identifier: Apache-2.0
#include "parsers/ucx/ucx.h"

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::ucx {
namespace {

TEST(Ucx, ResultKnowsItsTestAndMemory) {
  const auto sink = test::parse<UcxParser>(
      "+------------------------------------------------------------------------------------------+\n"
      "| API:          protocol layer                                                             |\n"
      "| Test:         tag match bandwidth                                                        |\n"
      "| Data layout:  (automatic)                                                                |\n"
      "| Send memory:  cuda                                                                       |\n"
      "| Recv memory:  cuda                                                                       |\n"
      "| Message size: 1000000                                                                    |\n"
      "+------------------------------------------------------------------------------------------+\n"
      "Final:                    10      7.122 261054.587 261054.587      365.32     365.32           4           4\n");
  ASSERT_EQ(sink.events.size(), 1u);
  const auto& result = sink.events[0];
  EXPECT_EQ(result.kind, "ucx.bandwidth");
  EXPECT_EQ(result.code, 10);
  EXPECT_EQ(result.attributes.at("test"), "tag match bandwidth");
  EXPECT_EQ(result.attributes.at("memory"), "cuda");
  EXPECT_EQ(result.attributes.at("average_mbps"), "365.32");
  EXPECT_EQ(result.attributes.at("average_us"), "261054.587");
  EXPECT_EQ(result.attributes.at("message_size"), "1000000");
}

TEST(Ucx, CommandLineNamesTheTest) {
  const auto sink = test::parse<UcxParser>(
      "$ ucx_perftest -t tag_bw -m cuda -s 8 10.0.0.1\n"
      "Final:                  1000      0.250     0.250       30.52      30.52     4000000     4000000\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].attributes.at("test"), "tag_bw");
  EXPECT_EQ(sink.events[0].attributes.at("memory"), "cuda");
  EXPECT_EQ(sink.events[0].attributes.at("overall_mbps"), "30.52");
}

TEST(Ucx, ProtocolTableTellsSoftwareEmulation) {
  const auto sink = test::parse<UcxParser>(
      "[1713.1] [gpu07:99 :0] proto_debug.c:11 UCX  INFO  | perftest intra-node cfg#2 | tagged message by "
      "ucp_tag_send* from cuda/GPU0 |\n"
      "[1713.1] [gpu07:99 :0] proto_debug.c:11 UCX  INFO  |               8193..inf | (?) rendezvous copy          | "
      "software emulation |\n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "ucx.protocol");
  EXPECT_EQ(sink.events[0].attributes.at("transport"), "software emulation");
  EXPECT_EQ(sink.events[0].attributes.at("operation"), "tagged message by ucp_tag_send* from cuda/GPU0");
}

TEST(Ucx, LanesAndErrors) {
  const auto sink = test::parse<UcxParser>(
      "[1713.1] [gpu07:99 :0] ucp_worker.c:1888 UCX  INFO  ep_cfg[2]: tag(rc_mlx5/mlx5_0:1 cuda_ipc/cuda)\n"
      "[1713.1] [gpu07:99 :0] cuda_ipc_md.c:162 UCX  ERROR cuIpcGetMemHandle() failed: invalid argument\n");
  ASSERT_EQ(sink.events.size(), 2u);
  EXPECT_EQ(sink.events[0].attributes.at("lanes"), "tag(rc_mlx5/mlx5_0:1 cuda_ipc/cuda)");
  EXPECT_EQ(sink.events[1].attributes.at("location"), "cuda_ipc_md.c:162");
}

TEST(Ucx, NearMisses) {
  EXPECT_TRUE(
      test::parse<UcxParser>("Final: answer is 42\nFinal: 1 2 3\nFinal: a b c d e f g h\n| Test: x\n").events.empty());
}

}  // namespace
}  // namespace gpm::parsers::ucx
