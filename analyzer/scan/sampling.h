// SPDX-License-Identifier: Apache-2.0
//
// Lines that working jobs print all the time ("iteration 1841/ 500000 | ...", "POST /v1/... 200 OK"): of a document the first
// sampled_lines are read, then one of so many, and the last. A line that is read stands for those that were passed over
// before it. What is read does not depend on how the document comes in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/text/literals.h"

namespace gpm::scan {

inline constexpr std::uint64_t sampled_lines = 1024, sampled_one_of = 4096;

class Sampling {
 public:
  // For each gate the sample to which it belongs, or none: the gates of one parser or pattern share one.
  static constexpr int none = -1;
  void set_samples(std::vector<int> of_gate);

  void begin_document();

  // Takes hits away whose lines need not be read. The last one of each sample is marked: hold() is for its line.
  void thin_out(std::string_view block, std::vector<text::LiteralHit>& hits);
  // Keeps the line for those of its hits that are marked; returns the end of the others.
  text::LiteralHit* hold(std::string_view raw, std::uint64_t line, text::LiteralHit* first, text::LiteralHit* last);
  // A line with this gate is read: the number of lines passed over before it, told once.
  std::int64_t passed_over(std::uint32_t gate);

  struct Held {
    std::string raw;
    std::uint64_t line = 0;
    std::uint32_t gate = 0;
  };
  // The document is over: the last lines that were passed over, in their order. They stand for those before them.
  std::vector<Held> take_held();

 private:
  struct Sample {
    std::uint64_t hits = 0;
    std::int64_t passed_over = 0;  // lines since the last that was read
    std::size_t end = 0;           // of the last hit that was passed over and not read since, in the block; 0 = none
    std::uint32_t gate = 0;        // of that hit
    std::size_t former_end = 0;    // of the last hit, in the block
    Held held;                     // line 0 = none
  };

  std::vector<int> sample_of_gate_;
  std::vector<Sample> samples_;
};

}  // namespace gpm::scan
