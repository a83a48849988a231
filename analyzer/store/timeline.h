// SPDX-License-Identifier: Apache-2.0
//
// Timeline: one UTC axis for all times of a bundle. Works on the whole bundle after the last document, so that nothing
// depends on the order of reading.
//
// - A year-less stamp gets the year of the dated lines around it: of its document, else of its host, else of the bundle;
//   a weekday must fit. Nothing within half a year before or a month after them: it stays without a year.
// - A zone-less stamp of the host's own (dmesg -T, syslog) gets the zone that an audit stamp in the same document shows, that
//   its kernel messages show where the same boot is tied to UTC, or that the host's other documents state.
// - A stamp on the kernel's clock gets the moment of the boot. Two logs are of one boot where they hold the same message at the
//   same microsecond; a log with a wall clock (dmesg -T, syslog without the kernel's stamps) where the messages that both
//   hold once agree on one moment of boot. A plain dmesg is of the running kernel: btime, who -b, uptime and date count.
//
// What was found out is marked (facts::TimeFrom). The precision of an anchored time grows with the distance from its anchor:
// the kernel's clock is not disciplined, 100 ppm are usual. What cannot be told stays relative.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/store/clocks.h"
#include "parsers/facts/facts.h"

namespace gpm::store {

class Timeline {
 public:
  struct Document {
    DocumentClocks clocks;
    std::string path, host;
  };
  // In any order; the result does not depend on it.
  explicit Timeline(std::vector<Document> documents);

  // The time with what is known beyond its line; unchanged where nothing is.
  facts::Time resolve(std::int64_t document, std::uint64_t line, const facts::Time& time) const;

  // Before which moment an undated line of the document was not written: the document's first stamp. A plain dmesg belongs to
  // the newest boot that the bundle knows of its host, or to a later one.
  std::optional<std::int64_t> not_before(std::int64_t document, std::uint64_t line, const std::optional<std::int64_t>& since_boot_ns) const;

  // The earliest and latest stamp with a year of the document.
  std::optional<std::pair<std::int64_t, std::int64_t>> dated(std::int64_t document) const;

 private:
  struct Range {
    std::optional<std::int64_t> from, to;
    void add(const Range& other);
  };
  struct Node {  // one boot of one document
    std::size_t document = 0, parent = 0;
    const Boot* boot = nullptr;
  };
  struct Pair {  // one message in a log with the kernel's clock and in one without
    std::int64_t since_boot_ns = 0;
    facts::Time wall;
    bool ring_buffer = false;
  };
  struct Moment {
    std::int64_t utc_ns = 0, precision_ms = 0;
    bool zoned = false;
  };

  std::size_t root(std::size_t node);
  void join_equal_messages();
  void collect_anchors();
  void match_wall_clocks();
  void use_pairs(std::size_t document, std::size_t node, std::vector<Pair> pairs);
  std::map<std::string, std::vector<Moment>> boot_moments() const;
  void use_running_kernel();
  void settle_anchors();
  void find_newest_boots();

  std::optional<int> zone_of(std::size_t document) const;
  std::optional<std::int64_t> with_year(std::size_t document, const facts::Time& time) const;
  facts::Time on_wall(std::size_t document, const facts::Time& time) const;
  std::optional<facts::Time> anchored(std::size_t node, std::int64_t since_boot_ns) const;
  std::optional<Moment> boot_moment(std::size_t node) const;
  std::optional<std::size_t> node_of(std::size_t document, std::uint64_t line) const;

  std::vector<Document> documents_;
  std::map<std::int64_t, std::size_t> by_id_;
  std::map<std::string, Range> host_range_;
  Range bundle_range_;
  std::map<std::string, std::optional<int>> host_zone_;  // nothing where the host's documents differ
  std::vector<std::optional<int>> zone_;                 // measured, by document
  std::vector<Node> nodes_;
  std::vector<std::size_t> first_node_;                  // by document
  std::map<std::size_t, std::vector<Anchor>> anchors_;   // by root; wall.utc_ns is set
  std::map<std::string, std::int64_t> newest_boot_;      // by host
};

}  // namespace gpm::store
