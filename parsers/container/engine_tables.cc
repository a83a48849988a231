// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/engine_tables.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/utf8.h"

namespace gpm::container {
namespace {

constexpr std::size_t max_line_bytes = 4096;

// Where the character `column` begins: cut commands end in "…", which is one character and three bytes.
std::size_t byte_of(std::string_view text, std::size_t column) {
  std::size_t at = 0;
  for (; column > 0 && at < text.size(); --column) at += text::first_code_point(text.substr(at)).bytes;
  return at;
}

}  // namespace

std::span<const std::string_view> EngineTables::gates() const {
  static constexpr std::array<std::string_view, 1> gates = {"CONTAINER ID"};
  return gates;
}

// Titles are two or more blanks apart ("CONTAINER ID").
bool EngineTables::header(std::string_view text) {
  if (!text.starts_with("CONTAINER ID ") || !text::contains(text, "STATUS")) return false;
  columns_.clear();
  for (std::size_t at = 0; at < text.size() && columns_.size() < 16;) {
    auto end = text.find("  ", at);
    if (end == std::string_view::npos) end = text.size();
    columns_.emplace_back(text::trim(text.substr(at, end - at)), at);
    at = std::min(text.find_first_not_of(' ', end), text.size());
  }
  return true;
}

std::string_view EngineTables::cell(std::string_view text, std::string_view title) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const auto& column) { return column.first == title; });
  if (found == columns_.end()) return {};
  const auto from = byte_of(text, found->second);
  const auto to = found + 1 == columns_.end() ? text.size() : byte_of(text, (found + 1)->second);
  // A cell that is wider than its column shifts what follows; then it does not begin behind a blank.
  if (from > 0 && from <= text.size() && text[from - 1] != ' ') return {};
  return text::trim(text.substr(from, to - from));
}

parsers::Want EngineTables::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex status(R"((Up|Exited|Restarting|Created|Dead|Paused|Removal In Progress)\b(?: \((\d+)\))?)");
  static const text::Regex health(R"(\((healthy|unhealthy|health: starting|Paused)\))");
  static const text::Regex anywhere(R"(\s{2,}((?:Up|Exited|Restarting|Created|Dead|Paused|Removal In Progress)\b.*?)(?:\s{2,}|$))");
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> words = {{{"Up", "running"}, {"Exited", "exited"}, {"Restarting", "restarting"},
                                                                                         {"Created", "created"}, {"Dead", "dead"}, {"Paused", "paused"},
                                                                                         {"Removal In Progress", "removing"}}};
  const auto text = line.message.substr(0, max_line_bytes);
  if (header(text)) return parsers::Want::next;
  std::string word, code, how, loose;
  auto state = std::string(cell(text, "STATUS"));
  if (!text::Regex::PartialMatch(state, status, &word, &code) && text::Regex::PartialMatch(text::piece(text), anywhere, &loose)) state = loose;
  if (columns_.empty() || facts_left_ == 0 || text.starts_with(' ') || !text::Regex::PartialMatch(state, status, &word, &code)) {
    columns_.clear();
    return parsers::Want::gated;
  }
  --facts_left_;
  auto event = parsers::event_of(line, "container.state");
  for (const auto& [printed, meant] : words)
    if (word == printed) event.attributes["status"] = std::string(meant);
  if (word == "Exited" || word == "Restarting") event.code = text::integer(code);
  if (text::Regex::PartialMatch(state, health, &how)) {
    if (how == "Paused") event.attributes["status"] = "paused";
    else event.attributes["health"] = how.starts_with("health:") ? "starting" : how;
  }
  parsers::set_attribute(event, "image", cell(text, "IMAGE"));
  // The name is the last word, whatever the columns before it did.
  const auto cells = text::words(text);
  if (!columns_.empty() && columns_.back().first == "NAMES" && !cells.empty()) event.place.container = text::valid_utf8(cells.back().substr(0, 253));
  sink.add(std::move(event));
  return parsers::Want::next;
}

}  // namespace gpm::container
