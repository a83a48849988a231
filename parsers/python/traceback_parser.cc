// SPDX-License-Identifier: Apache-2.0
#include "parsers/python/traceback_parser.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/stream.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::python {
namespace {

constexpr std::size_t max_blocks = 64;
constexpr std::size_t max_name_bytes = 256;
constexpr std::size_t max_message_bytes = 1024;
constexpr int max_lines = 3000;  // of a block, those of other streams in between included

using text::piece;
using text::view;
std::string cut(re2::StringPiece text, std::size_t size) { return std::string(view(text).substr(0, size)); }

constexpr std::string_view opening = "Traceback (most recent call last)";

// Without pytest's margin ("E   "), an exception group's ("  | ") and rich's box.
std::string_view without_margin(std::string_view message) {
  if (message.starts_with("E   ")) return message.substr(4);
  static constexpr std::string_view box = "\xE2\x94\x82";  // U+2502
  const auto text = text::trim(message);
  if (text.starts_with(box)) {
    auto inner = text.substr(box.size());
    if (inner.ends_with(box)) inner.remove_suffix(box.size());
    return inner;
  }
  if (text.starts_with("| ")) return text.substr(2);
  return message;
}

// Whether "Name" of "Name: message" can be an exception's class.
bool is_exception_name(std::string_view name) {
  const auto dot = name.rfind('.');
  const auto last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (last.empty() || last.front() < 'A' || last.front() > 'Z') {
    return last == "error" && dot != std::string_view::npos;  // socket.error, zlib.error
  }
  static constexpr std::string_view endings[] = {"Error",     "Exception", "Interrupt", "Exit",   "Warning",
                                                 "Iteration", "Timeout",   "Failure",   "Failed", "Exhausted",
                                                 "Expired",   "Empty",     "Group"};
  for (const auto ending : endings)
    if (last.ends_with(ending)) return true;
  const bool shouts = std::none_of(last.begin(), last.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return dot != std::string_view::npos && !shouts;
}

}  // namespace

std::span<const std::string_view> TracebackParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {opening, "the above exception"};
  return literals;
}

bool TracebackParser::inside(Block& block, const text::Line& line, facts::Sink& sink) {
  static const text::Regex frame(R"re(^File "([^"]+)", line (\d+)(?:, in (.+))?)re", RE2::Latin1);
  static const text::Regex rich_frame(R"(^(/[^\s:]+\.py):(\d+) in (\S+))", RE2::Latin1);
  static const text::Regex exception(R"(^([A-Za-z_][\w.]*)(?:\([\w.]+\))?(?:: ?(.*))?$)", RE2::Latin1);
  const auto message = without_margin(line.message);
  const auto text = text::trim(message);
  re2::StringPiece a, b, c;
  if (text::Regex::PartialMatch(piece(text), frame, &a, &b, &c) ||
      (block.framed && text::Regex::PartialMatch(piece(text), rich_frame, &a, &b, &c))) {
    block.file = cut(a, max_name_bytes);
    block.file_line = cut(b, 12);
    block.function = cut(c, max_name_bytes);
    block.has_frame = true;
    return false;
  }
  if (!block.has_frame || text.empty() || text::indent_of(message) > block.indent) return false;
  if (!text::Regex::FullMatch(piece(text), exception, &a, &b) || view(a).size() > max_name_bytes || !is_exception_name(view(a)))
    return false;
  auto event = event_of(line, "python.exception");
  event.attributes = {{"type", std::string(view(a))},
                      {"message", cut(b, max_message_bytes)},
                      {"file", block.file},
                      {"file_line", block.file_line},
                      {"function", block.function}};
  set_attribute(event, "chained", block.chained);
  sink.add(std::move(event));
  return true;
}

Want TracebackParser::line(const text::Line& line, facts::Sink& sink) {
  const auto stream = stream_of(line);
  const auto found = blocks_.find(stream);
  if (const auto at = line.message.find(opening); at != std::string_view::npos) {
    if (found != blocks_.end() || blocks_.size() < max_blocks) {
      Block block;
      block.patience = max_lines;
      const auto message = without_margin(line.message);
      // Behind a logger's words ("Scheduler hit an exception: Traceback ...") the indent is that of a line of its own.
      if (text::trim(message).starts_with(opening)) block.indent = text::indent_of(message);
      block.framed = text::contains(line.message, "\xE2\x94\x80");  // U+2500
      if (const auto how = chained_.find(stream); how != chained_.end()) {
        block.chained = how->second;
        chained_.erase(how);
      }
      blocks_[stream] = std::move(block);
    }
  } else if (text::contains(line.message, "the above exception, another exception occurred")) {
    if (chained_.size() < max_blocks) chained_[stream] = "context";
  } else if (text::contains(line.message, "above exception was the direct cause")) {
    if (chained_.size() < max_blocks) chained_[stream] = "cause";
  } else if (found != blocks_.end() && inside(found->second, line, sink)) {
    blocks_.erase(found);
  }
  for (auto block = blocks_.begin(); block != blocks_.end();)
    block = --block->second.patience > 0 ? std::next(block) : blocks_.erase(block);
  return blocks_.empty() ? Want::gated : Want::next;
}

}  // namespace gpm::parsers::python
