// SPDX-License-Identifier: Apache-2.0
//
// Which known line is this?
//
//   LineIndex index(knowledge.lines);
//   if (const auto hit = index.find(raw_line); hit.line != nullptr) say(hit.line->means);
//
// Making an index costs some ten microseconds, so whoever needs none makes none. A lookup goes over the line once, from
// anchor to anchor; only forms whose anchor is there are asked, and compiled when asked for the first time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kb/match/line_shape.h"
#include "kb/model.h"

namespace re2 {
class RE2;
}

namespace gpm::kb {

struct LineHit {
  const KnownLine* line = nullptr;  // null = none is known
  const LineForm* form = nullptr;
};

class LineIndex {
 public:
  // What the lines view must outlive the index.
  explicit LineIndex(std::span<const KnownLine> lines);
  ~LineIndex();
  LineIndex(const LineIndex&) = delete;
  LineIndex& operator=(const LineIndex&) = delete;

  // The most specific known line that this line of a log is: the one with the most literal bytes, of equals the first by
  // id. With or without the wrappers of loggers. Only the first 4 KiB are looked at.
  LineHit find(std::string_view line);

 private:
  struct Entry {
    const KnownLine* line;
    const LineForm* form;
    LineShape shape;
    std::unique_ptr<re2::RE2> regex;
  };

  bool matches(Entry& entry, std::string_view text);
  Entry* best(std::string_view text);

  std::vector<Entry> entries_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> anchors_;  // (first bytes of the anchor, entry), ordered
};

}  // namespace gpm::kb
