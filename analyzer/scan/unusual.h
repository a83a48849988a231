// SPDX-License-Identifier: Apache-2.0
//
// Complaints: lines that sound like trouble. Those that no parser and no pattern knows are unusual: where no cause is sure,
// the report offers them, for what the knowledge does not know yet is often among them.
//
// Lines are counted by template (numbers, addresses and ids masked); the rarest and gravest come first. Bounded: after
// max_templates a new template is only counted as dropped. A line that the knowledge base knows as benign, advice or
// teardown is none; one known as a consequence stands behind all that nobody knows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kb/match/line_index.h"
#include "kb/model.h"
#include "parsers/text/line.h"

namespace gpm::scan {

// Literals of which a complaint holds one.
std::span<const std::string_view> alarm_words();

// "GPU 3 at 0x7f2a: error -12" -> "GPU # at #: error -#". Words that hold a digit are masked as a whole.
std::string line_template(std::string_view message);

struct Unusual {
  std::string document, text;
  std::uint64_t line = 0, count = 0;
  std::uint64_t last_line = 0;  // in the same document
  int gravity = 0;  // of its gravest word; higher is worse
  bool understood = false;  // some parser or pattern made a fact of it
  const kb::KnownLine* known = nullptr;
};

class UnusualLines {
 public:
  static constexpr std::size_t max_templates = 20'000;

  // `times`: lines that this one stands for.
  void add(std::string_view document, const text::Line& line, bool understood, std::int64_t times = 1);
  bool empty() const { return by_template_.empty(); }
  // Of those that nobody understood the gravest and rarest, at most `most`; of equals in order of document and line.
  std::vector<Unusual> list(std::size_t most, kb::LineIndex& lines) const;
  // The same of all complaints, without those that follow from others.
  std::vector<Unusual> complaints(std::size_t most, kb::LineIndex& lines) const;

 private:
  std::vector<Unusual> by_gravity() const;

  std::unordered_map<std::string, Unusual> by_template_;
};

}  // namespace gpm::scan
