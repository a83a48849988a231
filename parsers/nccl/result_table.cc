// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/result_table.h"

#include <algorithm>

#include "parsers/fact_of_line.h"
#include "parsers/nccl/communicator_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::nccl {
namespace {

// NCCL INFO lines of other ranks stand between the rows.
constexpr int lines_between = 64;
constexpr std::size_t max_columns = 24;

using text::piece;
using text::view;

}  // namespace

bool ResultTable::rank_row(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(#?\s*Rank\s+(\d{1,7})\s+(?:Group\s+\d{1,7}\s+)?Pid\s+(\d{1,10})\s+on\s+(\S{1,255})\s+device\s+(\d{1,4})\s+\[([0-9a-fA-Fx:.]{2,20})\]\s+(.+))",
      RE2::Latin1);
  re2::StringPiece rank, pid, host, device, bus, name;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &rank, &pid, &host, &device, &bus, &name)) return false;
  const auto number = text::integer(view(rank));
  if (!number || *number >= max_ranks) return false;
  auto made = event_of(line, "nccl.tests_rank");
  made.place.rank = static_cast<int>(*number);
  made.place.pid = text::integer(view(pid));
  made.place.host = text::short_host(view(host));
  made.attributes = {{"device", std::string(view(device))},
                     {"bus", std::string(view(bus))},
                     {"gpu", std::string(text::trim(view(name)).substr(0, 100))}};
  // "[0x3d]" is a bus without its domain: machines with a domain a GPU have the same bus several times.
  if (const auto pci = text::pci_address(view(bus))) {
    made.place.pci = *pci;
    sink.add(facts::Gpu{made.place, std::string(text::trim(view(name)).substr(0, 100)), {}, made.at});
  }
  sink.add(std::move(made));
  return true;
}

bool ResultTable::header(std::string_view message) {
  message = text::trim(message);
  if (!message.starts_with('#') || !text::contains(message, "busbw") || !text::contains(message, "size")) return false;
  columns_.clear();
  for (auto word : text::words(message.substr(0, 512))) {
    if (word == "#") continue;
    if (columns_.empty() && word.starts_with('#')) word.remove_prefix(1);
    if (columns_.size() < max_columns) columns_.emplace_back(word);
  }
  rows_seen_ = false;
  return true;
}

bool ResultTable::row(const text::Line& line, facts::Sink& sink) {
  const auto message = text::trim(line.message);
  if (columns_.empty() || message.size() > 1024 || !text::starts_with_digit(message)) return false;
  const auto values = text::words(message);
  if (values.size() != columns_.size() || !text::integer(values[0])) return false;
  auto made = event_of(line, "nccl.result_row");
  // The first of each name is out-of-place; in-place follows under the same names.
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& column = columns_[i];
    const bool again = std::find(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(i), column) !=
                       columns_.begin() + static_cast<std::ptrdiff_t>(i);
    const std::string prefix = again ? "in_place_" : "";
    if (column == "busbw" || column == "algbw") {
      if (!text::leading_number(values[i])) return false;
      made.attributes[prefix + column + "_gbps"] = std::string(values[i]);
    } else if (column == "time") {
      made.attributes[prefix + "time_us"] = std::string(values[i]);
    } else if (column == "#wrong" || column == "error") {
      made.attributes[prefix + (column == "error" ? "error" : "wrong")] = std::string(values[i]);
    } else if (column == "size") {
      made.attributes["size_bytes"] = std::string(values[i]);
    }
  }
  sink.add(std::move(made));
  return true;
}

bool ResultTable::summary(const text::Line& line, facts::Sink& sink) {
  static const text::Regex bounds(R"(# Out of bounds values\s*:\s*(\d{1,18})\s*(\w{0,16}))", RE2::Latin1);
  static const text::Regex average(R"(# Avg bus bandwidth\s*:\s*([0-9.e+-]{1,24}|nan|-nan|inf))", RE2::Latin1);
  re2::StringPiece first, second;
  auto made = event_of(line, "nccl.result_summary");
  if (text::Regex::PartialMatch(piece(line.message), bounds, &first, &second))
    made.attributes = {{"out_of_bounds", std::string(view(first))}, {"verdict", std::string(view(second))}};
  else if (text::Regex::PartialMatch(piece(line.message), average, &first))
    made.attributes = {{"average_busbw_gbps", std::string(view(first))}};
  else
    return false;
  sink.add(std::move(made));
  return true;
}

bool ResultTable::failure(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(R"((?:(\S{1,255}): )?Test NCCL failure (\S{1,200}:\d{1,7}) '([^']{0,400}))", RE2::Latin1);
  re2::StringPiece host, location, message;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &host, &location, &message)) return false;
  auto made = event_of(line, "nccl.test_failure");
  if (made.place.host.empty() && !host.empty()) made.place.host = text::short_host(view(host));
  auto said = text::trim(view(message));
  if (said.ends_with('/')) said = text::trim(said.substr(0, said.size() - 1));
  made.attributes = {{"location", std::string(view(location))}, {"message", std::string(said)}};
  sink.add(std::move(made));
  return true;
}

ResultTable::Took ResultTable::line(const text::Line& line, facts::Sink& sink) {
  if (patience_ > 0) --patience_;
  const auto message = text::trim(line.message);
  if (row(line, sink)) {
    patience_ = lines_between;
    const bool first = !rows_seen_;
    rows_seen_ = true;
    return first ? Took::first_row : Took::something;
  }
  if (text::contains(message, "Test NCCL failure")) return failure(line, sink) ? Took::something : Took::nothing;
  if (!message.starts_with('#')) return Took::nothing;
  if (header(message) || text::contains(message, "out-of-place")) {
    patience_ = lines_between;
    return Took::something;
  }
  if (text::contains(message, "Using devices") || rank_row(line, sink)) {
    patience_ = lines_between;
    return Took::something;
  }
  if (!summary(line, sink)) return Took::nothing;
  patience_ = 8;  // the other half of the summary
  columns_.clear();
  return Took::something;
}

}  // namespace gpm::parsers::nccl
