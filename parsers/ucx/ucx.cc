// SPDX-License-Identifier: Apache-2.0
#include "parsers/ucx/ucx.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::ucx {
namespace {

using text::piece;

}  // namespace

std::span<const std::string_view> UcxParser::gates() const {
  static constexpr std::array<std::string_view, 8> literals = {"ucx_perftest", "| Test: ",  "Final: ",  "UCX  ",
                                                               "UCX INFO",     "UCX ERROR", "UCX WARN", "UCX DIAG"};
  return literals;
}

void UcxParser::read_command(std::string_view message) {
  const auto words = text::words(message.substr(0, 1024));
  test_.clear();
  memory_.clear();
  message_size_.clear();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-t") test_ = words[i + 1];
    if (words[i] == "-m") memory_ = words[i + 1];
    if (words[i] == "-s") message_size_ = words[i + 1];
  }
}

bool UcxParser::read_header(std::string_view message) {
  if (!message.starts_with("| ")) return false;
  const auto colon = message.find(':');
  if (colon == std::string_view::npos || colon > 20) return false;
  const auto name = text::trim(message.substr(2, colon - 2));
  auto value = message.substr(colon + 1);
  if (const auto bar = value.rfind('|'); bar != std::string_view::npos) value = value.substr(0, bar);
  value = text::trim(value).substr(0, 128);
  if (name == "Test") {
    test_ = value;
    memory_.clear();
    message_size_.clear();
  } else if (name == "Send memory") {
    memory_ = value;
  } else if (name == "Recv memory") {
    if (value != memory_ && !memory_.empty()) memory_ += "," + std::string(value);
  } else if (name == "Message size") {
    message_size_ = value;
  }
  return true;
}

bool UcxParser::read_result(const text::Line& line, facts::Sink& sink) {
  const auto words = text::words(line.message.substr(0, 512));
  // Nine words with the percentile column, eight in releases before it: what is needed counts from the end.
  if (words.empty() || words[0] != "Final:" || words.size() < 8 || words.size() > 9) return false;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (!text::leading_number(words[i])) return false;
  auto event = event_of(line, "ucx.bandwidth");
  event.code = text::integer(words[1]);
  const std::size_t end = words.size();
  set_attribute(event, "test", test_);
  set_attribute(event, "memory", memory_);
  set_attribute(event, "message_size", message_size_);
  set_attribute(event, "average_us", words[end - 6]);
  set_attribute(event, "average_mbps", words[end - 4]);
  set_attribute(event, "overall_mbps", words[end - 3]);
  sink.add(std::move(event));
  return true;
}

bool UcxParser::read_protocol(const text::Line& line, std::string_view table_row, facts::Sink& sink) {
  static const text::Regex head(R"(^\|\s+.*cfg#\d+\s+\|\s+(.{1,300}?)\s+\|)");
  static const text::Regex row(R"(^\|\s+(\d[\w.]*\.\.\w+|\d+)\s+\|\s+(.{1,200}?)\s+\|\s+(.{1,200}?)\s+\|)");
  std::string sizes, protocol, transport;
  if (text::Regex::PartialMatch(piece(table_row), head, &operation_)) return true;
  if (!text::Regex::PartialMatch(piece(table_row), row, &sizes, &protocol, &transport)) return false;
  auto event = event_of(line, "ucx.protocol");
  set_attribute(event, "operation", operation_);
  set_attribute(event, "sizes", sizes);
  set_attribute(event, "protocol", protocol);
  set_attribute(event, "transport", transport);
  sink.add(std::move(event));
  return true;
}

void UcxParser::read_log(const text::Line& line, facts::Sink& sink) {
  static const text::Regex form(R"((\w+\.c[cu]?:\d+)\s+UCX\s+(INFO|WARN|ERROR|DIAG)\s+(.*))");
  static const text::Regex lanes(R"(ep_cfg\[(\d+)\](?::| )\s*(.*))");
  std::string location, level, message, index, transports;
  if (!text::Regex::PartialMatch(piece(line.message.substr(0, text::max_evidence_bytes)), form, &location, &level, &message))
    return;
  if (level == "WARN" || level == "ERROR") {
    auto event = event_of(line, "ucx.error");
    set_attribute(event, "level", level);
    set_attribute(event, "location", location);
    set_attribute(event, "message", message);
    sink.add(std::move(event));
  } else if (message.starts_with("|")) {
    read_protocol(line, message, sink);
  } else if (text::Regex::PartialMatch(message, lanes, &index, &transports)) {
    auto event = event_of(line, "ucx.lanes");
    set_attribute(event, "lanes", transports);
    sink.add(std::move(event));
  }
}

Want UcxParser::line(const text::Line& line, facts::Sink& sink) {
  const auto message = text::trim(line.message);
  if (text::contains(message, "ucx_perftest")) {
    read_command(message);
    return Want::gated;
  }
  if (read_header(message)) return Want::next;
  if (read_result(line, sink)) return Want::gated;
  read_log(line, sink);
  return Want::gated;
}

}  // namespace gpm::parsers::ucx
