// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/ras.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::nccl {
namespace {

constexpr std::size_t max_line_bytes = 2048;

std::string comm_id(std::string_view hex) { return "0x" + text::lower(hex.substr(std::min(hex.find_first_not_of('0'), hex.size() - 1))); }

void set_host(facts::Place& place, std::string_view node) {
  if (!node.empty() && node.front() != '[') place.host = text::short_host(node);
}

}  // namespace

std::span<const std::string_view> RasParser::gates() const {
  static constexpr std::array<std::string_view, 8> literals = {"in group  per comm", ") INCOMPLETE",    ") MISMATCH",        ") ERROR",
                                                               "considered dead",    " job process", "\"hash\": \"0x",   "\"missing_ranks\""};
  return literals;
}

// What a section is about.
bool RasParser::head(std::string_view text) {
  static const text::Regex communicator(R"(^#\d+-\d+ \(([0-9a-f]{1,16})\) (INCOMPLETE|MISMATCH|ERROR))");
  std::string hash, what;
  if (text::Regex::PartialMatch(text::piece(text), communicator, &hash, &what)) {
    section_ = {comm_id(hash), what == "INCOMPLETE" ? "missing" : what == "ERROR" ? "error" : "", {}, {}};
    return true;
  }
  if (text == "INCOMPLETE" || text == "DEAD" || text::contains(text, "Missing communicator data from") || text::contains(text, "considered dead")) {
    if (section_.communicator.empty() || !text::contains(text, " rank")) section_ = {{}, text == "DEAD" || text::contains(text, "dead") ? "dead" : "missing", {}, {}};
    return true;
  }
  return false;
}

bool RasParser::table(const text::Line& line, std::string_view text, facts::Sink& sink) {
  if (text::contains(text, "in group  per comm")) {
    in_table_ = true;
    return true;
  }
  if (!in_table_) return false;
  const auto cells = text::words(text);
  if (cells.size() != 8 || !text::integer(cells[0]) || !text::integer(cells[1])) {
    in_table_ = false;
    return false;
  }
  auto event = event_of(line, "nccl.ras_communicators");
  set_attribute(event, "communicators", cells[1]);
  set_attribute(event, "nodes", cells[2]);
  set_attribute(event, "ranks", cells[4]);
  set_attribute(event, "status", cells[6]);
  set_attribute(event, "errors", cells[7]);
  add(std::move(event), sink);
  return true;
}

// "26 ranks have launched up to operation 6650": the ranks named below it, if they are few, say no value of their own.
void RasParser::group(std::string_view text) {
  static const text::Regex counts(R"(^Communicator ranks have different (\w+) operation counts|^Communicator ranks have different (collective) operation counts)");
  static const text::Regex status(R"(^\d+ ranks have status (\w+))");
  static const text::Regex launched(R"(^(\d+) ranks have (?:launched up to operation (\d+)|not launched any operations))");
  static const text::Regex reported(R"(^\d+ ranks reported (.+)$)");
  std::string a, b;
  if (text::Regex::PartialMatch(text::piece(text), counts, &a, &b)) {
    section_.state = "operations";
    section_.operation = a;
    section_.most.clear();
    section_.most_ranks = 0;
  } else if (text.starts_with("Communicator ranks have different status")) {
    section_.state = "status";
    section_.operation.clear();
  } else if (text::Regex::PartialMatch(text::piece(text), status, &a) || text::Regex::PartialMatch(text::piece(text), reported, &a)) {
    section_.value = a;
  } else if (text::Regex::PartialMatch(text::piece(text), launched, &a, &b)) {
    section_.value = b.empty() ? "0" : b;
    if (const auto ranks = text::integer(a); ranks && *ranks > section_.most_ranks) {
      section_.most_ranks = *ranks;
      section_.most = section_.value;
    }
  }
}

// Lines that name a process or ranks.
bool RasParser::named(const text::Line& line, std::string_view text, facts::Sink& sink) {
  static const text::Regex process(R"(^Process (\d+) on node (\S+) managing GPUs? (\S.*)$)");
  static const text::Regex rank(R"(^Rank (\d+)(?: has status (\w+)| has launched up to operation (\d+)| has (not) launched any operations| reported ([^-]+?))? -- )");
  static const text::Regex manager(R"( -- GPU (\d+)(?: \(NVML (\d+)\))? managed by process (\d+) on node (\S+)$)");
  static const text::Regex list(R"(^The missing ranks?: ([\d, ]+)$)");
  std::string a, b, c, d, e;
  if (text::Regex::PartialMatch(text::piece(text), process, &a, &b, &c)) {
    auto event = event_of(line, "nccl.ras_process");
    event.place.pid = text::integer(a);
    set_host(event.place, b);
    set_attribute(event, "gpus", c);
    set_attribute(event, "state", section_.state.empty() ? "missing" : section_.state);
    add(std::move(event), sink);
    return true;
  }
  if (section_.communicator.empty()) return false;
  auto event = event_of(line, "nccl.ras_rank");
  event.attributes = {{"communicator", section_.communicator}, {"state", section_.state}};
  set_attribute(event, "operation", section_.operation);
  if (section_.state == "operations") set_attribute(event, "most", section_.most);
  if (text::Regex::PartialMatch(text::piece(text), list, &a)) {
    for (const auto number : text::split(a, ',')) {
      auto one = event;
      set_attribute(one, "communicator_rank", text::trim(number));
      add(std::move(one), sink);
    }
    return true;
  }
  if (!text::Regex::PartialMatch(text::piece(text), rank, &a, &b, &c, &d, &e) || section_.state.empty()) return false;
  set_attribute(event, "communicator_rank", a);
  set_attribute(event, "value", !b.empty() ? b : !c.empty() ? c : !d.empty() ? "0" : !e.empty() ? e : section_.value);
  if (text::Regex::PartialMatch(text::piece(text), manager, &a, &b, &c, &d)) {
    if (const auto gpu = text::integer(b.empty() ? a : b); gpu && *gpu < 1024) event.place.gpu_index = static_cast<int>(*gpu);
    event.place.pid = text::integer(c);
    set_host(event.place, d);
  }
  add(std::move(event), sink);
  return true;
}

// `"key": value,` with the key of a rank. A missing rank's line is that of its `considered_dead`, its last key.
bool RasParser::json(const text::Line& line, std::string_view text, facts::Sink& sink) {
  static const text::Regex member(R"re(^"(\w+)": (?:"([^"]*)"|(-?\w+)),?$)re");
  if (text.starts_with("\"missing_ranks\": [")) member_.missing = true;
  std::string key, quoted, bare;
  if (!text::Regex::PartialMatch(text::piece(text), member, &key, &quoted, &bare)) return text.find_first_of("{}[]") != std::string_view::npos;
  if (key == "hash" || key == "secondary_hash") {
    const auto hex = text::hexadecimal(quoted);
    if (key == "hash" && hex) member_ = {quoted, {}, {}, {}, {}, false};
    in_json_ = true;
  } else if (key == "rank") {
    member_.rank = text::integer(bare);
    member_.pid = member_.gpu = std::nullopt;
    member_.host.clear();
  } else if (key == "host") {
    member_.host = quoted.substr(0, 253);
  } else if (key == "pid") {
    member_.pid = text::integer(bare);
  } else if (key == "nvml_dev") {
    member_.gpu = text::integer(bare);
  }
  const bool dead = key == "considered_dead" && bare == "true";
  const bool told = member_.missing ? key == "considered_dead" : (key == "async_error" && bare != "0") || (key == "abort_flag" && bare == "true");
  if (!told || !member_.rank) return true;
  auto event = event_of(line, "nccl.ras_rank");
  event.attributes = {{"communicator", member_.communicator}, {"communicator_rank", std::to_string(*member_.rank)}};
  event.attributes["state"] = member_.missing ? (dead ? "dead" : "missing") : key == "async_error" ? "error" : "status";
  if (!member_.missing) event.attributes["value"] = key == "async_error" ? bare : "ABORT";
  event.place.pid = member_.pid;
  set_host(event.place, member_.host);
  if (member_.gpu && *member_.gpu >= 0 && *member_.gpu < 1024) event.place.gpu_index = static_cast<int>(*member_.gpu);
  add(std::move(event), sink);
  return true;
}

void RasParser::add(facts::Event event, facts::Sink& sink) {
  if (--facts_left_ >= 0) sink.add(std::move(event));
}

Want RasParser::line(const text::Line& line, facts::Sink& sink) {
  const auto text = text::trim(line.message.substr(0, max_line_bytes));
  // Two empty lines, or one line of something else, end an answer; sections are one empty line apart.
  if (text.empty()) {
    in_table_ = false;
    return ++blank_lines_ < 3 ? Want::next : Want::gated;
  }
  blank_lines_ = 0;
  if (in_json_ || text.starts_with('"')) {
    in_json_ = json(line, text, sink);
    return in_json_ ? Want::next : Want::gated;
  }
  if (table(line, text, sink) || head(text) || named(line, text, sink)) return Want::next;
  group(text);
  const bool known = text == "Errors" || text == "Warnings" || text == "TIMEOUT" || text.starts_with("==") || text.starts_with("Communicator ranks") ||
                     text.starts_with("Encountered ") || text.starts_with('[') || text.starts_with("The missing") ||
                     (text::is_digit(text[0]) && text::contains(text, " ranks "));
  if (!known && !text::contains(text, " error")) {
    section_ = {};
    return Want::gated;
  }
  return Want::next;
}

}  // namespace gpm::parsers::nccl
