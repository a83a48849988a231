// SPDX-License-Identifier: Apache-2.0
#include "parsers/cuda/p2p_test.h"

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::cuda {
namespace {

const std::string without =
    "Unidirectional P2P=Disabled Bandwidth Matrix (GB/s)\n"
    "   D\\D     0      1 \n"
    "     0 250.11  10.21 \n"
    "     1  10.22 250.30 \n";

TEST(P2pTest, PeerAccessThatIsSlowerIsCountedByPair) {
  const auto sink = test::parse<P2pTestParser>(
      without +
      "Unidirectional P2P=Enabled Bandwidth (P2P Writes) Matrix (GB/s)\n"
      "   D\\D     0      1 \n"
      "     0 250.20   1.61 \n"
      "     1  11.60 250.31 \n");
  ASSERT_EQ(sink.events.size(), 1u);
  const auto& event = sink.events[0];
  EXPECT_EQ(event.kind, "cuda.p2p_bandwidth");
  EXPECT_EQ(event.attributes.at("pairs"), "2");
  EXPECT_EQ(event.attributes.at("slower_pairs"), "1");
  EXPECT_EQ(event.attributes.at("pair"), "0-1");
  EXPECT_EQ(event.attributes.at("lowest"), "1.61");
  EXPECT_EQ(event.at.line, 7u);
}

TEST(P2pTest, LatencyOfAPathThatDoesNotWork) {
  const auto sink = test::parse<P2pTestParser>(
      "P2P=Disabled Latency Matrix (us)\n   GPU     0      1 \n     0   1.55  17.20 \n     1  16.90   1.56 \n\n"
      "   CPU     0      1 \n     0   4.01  11.2 \n     1   4.0   3.9 \n"
      "P2P=Enabled Latency (P2P Writes) Matrix (us)\n   GPU     0      1 \n     0   1.60  49204.61 \n     1  49204.62   1.61 \n");
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].kind, "cuda.p2p_latency");
  EXPECT_EQ(sink.events[0].attributes.at("highest_us"), "49204.62");
  EXPECT_EQ(sink.events[0].attributes.at("highest_without_us"), "16.90");
}

TEST(P2pTest, OneTableAloneOrGarbageTellsNothing) {
  EXPECT_TRUE(test::parse<P2pTestParser>(without).events.empty());
  EXPECT_TRUE(test::parse<P2pTestParser>("Unidirectional P2P=Enabled Bandwidth Matrix (GB/s)\n   D\\D     0\n     0 250\n").events.empty());
  EXPECT_TRUE(test::parse<P2pTestParser>(without + "Unidirectional P2P=Enabled Bandwidth Matrix (GB/s)\n   D\\D     0      1 \n     7 1 2\n     0 x y\n")
                  .events.empty());
}

}  // namespace
}  // namespace gpm::parsers::cuda
