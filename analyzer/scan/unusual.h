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
  // Those of another document.
  void add(UnusualLines&& others);
  bool empty() const { return lines_.empty(); }
  std::size_t size() const { return lines_.size(); }
  // Of those that nobody understood the gravest and rarest, at most `most`; of equals in order of document and line.
  std::vector<Unusual> list(std::size_t most, kb::LineIndex& lines) const;
  // The same of all complaints, without those that follow from others.
  std::vector<Unusual> complaints(std::size_t most, kb::LineIndex& lines) const;

 private:
  std::vector<Unusual> by_gravity() const;

  // Its place in lines_ if there is room for it; the template comes to be known.
  Unusual* find(std::string key);
  static bool comes_first(Unusual& seen, std::string_view document, std::uint64_t line);

  std::unordered_map<std::string, std::size_t> by_template_;
  struct Line {
    const std::string* key;  // in by_template_
    Unusual line;
  };
  std::vector<Line> lines_;  // in the order of their first ones
};

}  // namespace gpm::scan
