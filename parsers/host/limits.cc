// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/limits.h"

#include <array>
#include <utility>

#include "parsers/fact_of_line.h"
#include "parsers/host/prompt.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"


namespace gpm::parsers::host {
namespace {

using text::piece;

std::string_view limit_of_letter(char letter) {
  switch (letter) {
    case 'l': return "memlock";
    case 'n': return "nofile";
    case 'u': return "nproc";
    case 's': return "stack";
    case 'c': return "core";
    case 'v': return "address_space";
    case 'm': return "rss";
    default: return {};
  }
}

std::string_view limit_of_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names = {
      {{"Max locked memory", "memlock"},
       {"Max open files", "nofile"},
       {"Max stack size", "stack"},
       {"Max processes", "nproc"}}};
  for (const auto& [printed, limit] : names)
    if (name == printed) return limit;
  return {};
}

bool limit_value(std::string_view value) { return value == "unlimited" || text::integer(value).has_value(); }

}  // namespace

std::span<const std::string_view> LimitsParser::gates() const {
  static constexpr std::array<std::string_view, 12> literals = {
      "max locked memory", "open files", "stack size", "max user processes", "core file size", "virtual memory",
      "max memory size",   "ulimit -l",  "ulimit -n",  "Max processes",      "ulimit -s",      "ulimit -u"};
  return literals;
}

Want LimitsParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex shell(R"(^[a-z][a-z ]{3,30}?\s+\((?:\w+, )?-(\w)\)\s+(\S+)\s*$)");
  static const text::Regex proc(R"(^(Max [a-z ]{4,20}?)\s{2,}(\S+)\s+(\S+)(?:\s+(\w+))?\s*$)");
  static const text::Regex question(R"(^(?:[$#] )?ulimit (?:-[SH] )?-([lnsu])\s*$)");
  const auto message = text::trim(line.message);
  const auto asked = std::exchange(asked_, std::string());
  std::string a, b, c, unit;
  if (text::Regex::PartialMatch(piece(message), shell, &a, &b)) {
    if (const auto limit = limit_of_letter(a[0]); !limit.empty() && limit_value(b))
      sink.add(setting_of(line, "limit", limit, b));
  } else if (text::Regex::PartialMatch(piece(message), proc, &a, &b, &c, &unit)) {
    if (const auto limit = limit_of_name(a); !limit.empty() && limit_value(b)) {
      const auto bytes = text::integer(b);
      sink.add(setting_of(line, "limit", limit, unit == "bytes" && bytes ? std::to_string(*bytes / 1024) : b));
    }
  } else if (text::Regex::PartialMatch(piece(without_prompt(message.starts_with("# ") ? message.substr(2) : message)), question, &a)) {
    asked_ = limit_of_letter(a[0]);
    return Want::next;
  } else if (!asked.empty() && limit_value(message)) {
    sink.add(setting_of(line, "limit", asked, message));
  }
  return Want::gated;
}

}  // namespace gpm::parsers::host
