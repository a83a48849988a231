// SPDX-License-Identifier: Apache-2.0
//
// The tables of p2pBandwidthLatencyTest (CUDA samples), which say what peer access is worth between two cards.
//
//   Unidirectional P2P=Disabled Bandwidth Matrix (GB/s)
//      D\D     0      1
//        0 250.11  10.21
//        1  10.22 250.30
//   Unidirectional P2P=Enabled Bandwidth (P2P Writes) Matrix (GB/s)
//      D\D     0      1
//        0 250.40   6.01
//        1   6.02 250.12
//   P2P=Enabled Latency (P2P Writes) Matrix (us)
//      GPU     0      1
//        0   1.60  49204.61
//
// Each table with peer access is compared with the one without, pair by pair; the diagonal is a card with itself.
// Facts: events `cuda.p2p_bandwidth` (direction, pairs, slower_pairs: below 0.6 of the same pair without peer access,
// lowest, lowest_without, pair) and `cuda.p2p_latency` (highest_us, highest_without_us, pair), at the row of the worst
// pair. "CAN Access Peer" is only what the driver claims and gives nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/parser.h"

namespace gpm::parsers::cuda {

class P2pTestParser : public LineParser {
 public:
  std::string_view format() const override { return "p2p-test"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override { close(sink); }

 private:
  struct Table {
    std::string name;  // Unidirectional, Bidirectional or Latency
    bool enabled = false;
    std::vector<std::vector<double>> cells;
  };
  bool head(std::string_view message);
  bool row(const text::Line& line);
  void close(facts::Sink& sink);
  void compare(const Table& without, facts::Sink& sink);

  std::optional<Table> table_;
  std::vector<Table> without_;  // at most one of each name
  std::vector<facts::Event> events_;  // one for each row of the open table: its place, should it be the worst
  std::size_t columns_ = 0;
};

}  // namespace gpm::parsers::cuda
