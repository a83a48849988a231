// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/crash.h"

#include "parsers/kernel/rules.h"

namespace gpm::parsers::kernel {

std::string_view CrashParser::format() const { return format_name; }

std::span<const std::string_view> CrashParser::gates() const {
  static constexpr std::array<std::string_view, 12> literals = {": segfault at ",
                                                                "traps: ",
                                                                "blocked for more than",
                                                                "soft lockup - CPU",
                                                                "hard LOCKUP on cpu",
                                                                "[Hardware Error]",
                                                                "EDAC MC",
                                                                "Memory failure: 0x",
                                                                "Kernel panic - not",
                                                                "Oops: ",
                                                                "unable to handle",
                                                                "hardware memory corruption"};
  return literals;
}

Want CrashParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex segfault(
      R"(^(.{1,32}?)\[(\d+)\]: segfault at ([0-9a-f]+) ip \S+ sp \S+ error ([0-9a-f]+)(?: in ([^\[\s]+))?)");
  static const text::Regex trap(
      R"(^traps: (.{1,32}?)\[(\d+)\] (general protection(?: fault)?|trap [\w ]+?) ip:\S+ sp:\S+ error:\S+(?: in ([^\[\s]+))?)");
  static const text::Regex hung(R"(^INFO: task (.{1,64}):(\d+) blocked (?:for more than|on a .* for more than) (\d+) seconds)");
  static const text::Regex soft(R"(BUG: (soft) lockup - CPU#(\d+) stuck for (\d+)s! \[(.{1,32}?):(\d+)\])");
  static const text::Regex hard(R"(Watchdog detected (hard) LOCKUP on cpu (\d+))");
  static const text::Regex edac(R"(^EDAC MC\d+: \d+ (CE|UE) (.*))");
  static const text::Regex severity(R"(\[Hardware Error\]: event severity: (\w+))");
  static const text::Regex section(R"(\[Hardware Error\]:\s+section_type: (.+))");
  static const text::Regex check(
      R"(\[Hardware Error\]: (?:CPU[ :]?\d+.*|Machine check events logged|Uncorrected.*|Corrected error.*))");
  static const text::Regex poison(R"(^Memory failure: (0x[0-9a-f]+): (.*))");
  static const text::Regex killed(R"(Killing (.{1,32}?):(\d+) due to hardware memory corruption)");
  static const text::Regex panic(R"(^Kernel panic - not syncing: (.*))");
  static const text::Regex oops(R"(^(?:Oops: .*|BUG: unable to handle .*|general protection fault.*))");
  static const std::array<Rule, 13> rules = {{
      {"segfault at", &segfault, "kernel.segfault", {"process", "pid", "address", "error", "object"}},
      {"traps: ", &trap, "kernel.trap", {"process", "pid", "trap", "object"}},
      {"blocked", &hung, "kernel.hung_task", {"process", "pid", "seconds"}},
      {"soft lockup", &soft, "kernel.lockup", {"kind", "cpu", "seconds", "process", "pid"}},
      {"LOCKUP", &hard, "kernel.lockup", {"kind", "cpu"}},
      {"EDAC", &edac, "kernel.mce", {"severity", "detail"}},
      {"event severity", &severity, "kernel.mce", {"severity"}},
      {"section_type", &section, "kernel.mce", {"section"}},
      {"Hardware Error", &check, "kernel.mce", {}},
      {"Memory failure", &poison, "kernel.mce", {"address", "detail"}},
      {"Killing", &killed, "kernel.mce", {"process", "pid"}},
      {"Kernel panic", &panic, "kernel.panic", {"reason"}},
      {":", &oops, "kernel.oops", {}},
  }};
  auto event = recognise(rules, line);
  if (event.kind.empty()) return Want::gated;
  if (event.kind == "kernel.mce") {
    auto& severity_word = event.attributes["severity"];
    if (severity_word == "CE" || text::contains(line.message, "Corrected")) severity_word = "corrected";
    if (severity_word == "UE" || text::contains(line.message, "Uncorrected")) severity_word = "uncorrected";
    if (severity_word.empty()) event.attributes.erase("severity");
  }
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
