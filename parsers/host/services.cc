// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/services.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

std::span<const std::string_view> ServicesParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {".service - ", "could not be found.", "systemctl is-active ", "ufw status"};
  return literals;
}

void ServicesParser::add(const text::Line& line, std::string_view unit, std::string_view state, facts::Sink& sink) {
  if (--facts_left_ < 0) return;
  if (unit.ends_with(".service")) unit.remove_suffix(8);
  sink.add(setting_of(line, "service", unit, state));
}

Want ServicesParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex head(R"(^\s*(?:\*|●|○|×|x|↻) ([\w@.\\:-]+\.service) - )");
  static const text::Regex active(R"(^\s+Active: (\w+ \([^)]*\)))");
  static const text::Regex missing(R"(^Unit ([\w@.:-]+) could not be found)");
  static const text::Regex ask(R"(systemctl is-active (\S+)\s*$)");
  static const text::Regex word(R"(^(active|inactive|failed|activating|deactivating|unknown)\s*$)");
  const auto raw = text::piece(line.raw);
  std::string what, state;
  if (text::Regex::PartialMatch(raw, head, &what)) {
    unit_ = what;
    lines_left_ = 12;
    return Want::next;
  }
  if (text::Regex::PartialMatch(raw, missing, &what)) {
    add(line, what, "not-found", sink);
    return Want::gated;
  }
  if (text::Regex::PartialMatch(raw, ask, &what) || (text::contains(line.raw, "ufw status") && text::contains(line.raw.substr(0, 80), "$"))) {
    asked_ = what.empty() ? "firewall" : what;
    return Want::next;
  }
  if (!asked_.empty()) {
    const auto answer = text::trim(line.raw);
    const auto said = answer.starts_with("Status: ") ? answer.substr(8) : answer;
    if (text::Regex::FullMatch(text::piece(said), word, &state)) add(line, asked_, state, sink);
    asked_.clear();
    return Want::gated;
  }
  if (unit_.empty()) return Want::gated;
  if (text::Regex::PartialMatch(raw, active, &state)) {
    add(line, unit_, state, sink);
    unit_.clear();
    return Want::gated;
  }
  if (--lines_left_ > 0 && (line.raw.starts_with(" ") || line.raw.empty())) return Want::next;
  unit_.clear();
  return Want::gated;
}

}  // namespace gpm::parsers::host
