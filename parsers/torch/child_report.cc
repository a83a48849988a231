// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/child_report.h"

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::torch {
namespace {

constexpr int lines_between = 12;

using text::piece;
using text::view;

std::optional<int> rank_value(std::string_view text) {
  const auto rank = text::integer(text);
  return rank && *rank >= 0 && *rank < 1'000'000 ? std::optional(static_cast<int>(*rank)) : std::nullopt;
}

// Exit codes and signals fit in 32 bits; Windows codes do too.
std::optional<std::int64_t> exit_code(std::string_view text) {
  const auto code = text::integer(text);
  return code && *code > -(1ll << 32) && *code < (1ll << 32) ? code : std::nullopt;
}

}  // namespace

bool ChildReport::agent_line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(failed \(exitcode: (-?\d{1,10})\) local_rank: (\d{1,7}) \(pid: (\d{1,10})\)(?: of (?:binary|fn): (\S{1,255}))?)",
      RE2::Latin1);
  re2::StringPiece code, local_rank, pid, binary;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &code, &local_rank, &pid, &binary)) return false;
  auto event = event_of(line, "torch.elastic_failure");
  event.code = exit_code(view(code));
  event.place.pid = text::integer(view(pid));
  event.attributes = {{"local_rank", std::string(view(local_rank))}, {"source", "agent"}};
  set_attribute(event, "binary", view(binary));
  sink.add(std::move(event));
  return true;
}

void ChildReport::finish(facts::Sink& sink) {
  if (has_code_) sink.add(std::move(event_));
  event_ = {};
  has_code_ = false;
}

bool ChildReport::field(const text::Line& line) {
  static const text::Regex pattern(R"(^\s*(time|host|rank|exitcode|error_file|traceback)\s*: ?(.*))", RE2::Latin1);
  static const text::Regex rank(R"((\d{1,7}) \(local_rank: (\d{1,7})\))", RE2::Latin1);
  static const text::Regex code(R"((-?\d{1,10}) \(pid: (\d{1,10})\))", RE2::Latin1);
  static const text::Regex signal(R"(Signal (\d{1,2}) \((SIG\w{1,12})\) received)", RE2::Latin1);
  re2::StringPiece name, value, first, second;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &name, &value)) return false;
  const auto key = view(name);
  if (key == "host") {
    if (view(value) != "localhost") event_.place.host = text::short_host(view(value).substr(0, 255));
  } else if (key == "time") {
    event_.attributes["reported_time"] = std::string(view(value).substr(0, 40));
  } else if (key == "rank" && text::Regex::PartialMatch(value, rank, &first, &second)) {
    event_.place.rank = rank_value(view(first));
    event_.attributes["local_rank"] = std::string(view(second));
  } else if (key == "exitcode" && text::Regex::PartialMatch(value, code, &first, &second)) {
    event_.code = exit_code(view(first));
    event_.place.pid = text::integer(view(second));
    event_.time = line.time;
    event_.at = text::origin(line, line.message);
    has_code_ = true;
  } else if (key == "traceback" && text::Regex::PartialMatch(value, signal, &first, &second)) {
    event_.attributes["signal"] = std::string(view(second));
  }
  return true;
}

bool ChildReport::line(const text::Line& line, facts::Sink& sink) {
  if (agent_line(line, sink)) return true;
  const auto message = text::trim(line.message);
  const bool first = message == "Root Cause (first observed failure):";
  if (first || message == "Failures:") {
    finish(sink);
    first_ = first;
    patience_ = lines_between;
    return true;
  }
  if (patience_ == 0) return false;
  --patience_;
  static const text::Regex entry(R"(\[\d{1,7}\]:)", RE2::Latin1);
  if (text::Regex::FullMatch(piece(message), entry)) {
    finish(sink);
    event_.kind = "torch.elastic_failure";
    event_.place = line.place;
    event_.attributes = {{"source", "report"}, {"first_observed", first_ ? "yes" : "no"}};
    patience_ = lines_between;
    return true;
  }
  if (message.starts_with("=====") && !message.starts_with("===== ")) {
    patience_ = 0;
  } else if (!event_.kind.empty() && field(line)) {
    return true;
  }
  if (patience_ == 0) finish(sink);
  return false;
}

}  // namespace gpm::parsers::torch
