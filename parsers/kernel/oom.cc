// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/oom.h"

#include "parsers/kernel/rules.h"

namespace gpm::parsers::kernel {

std::string_view OomParser::format() const { return format_name; }

std::span<const std::string_view> OomParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {"oom-kill:constraint=", "Killed process ",
                                                               "Out of memory: Kill", "killed as a result of limit of"};
  return literals;
}

Want OomParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex summary(
      R"(oom-kill:constraint=(CONSTRAINT_\w+),(?:.*?oom_memcg=([^,]*),)?.*?task=(.{0,32}?),pid=(\d+),uid=(\d+))");
  static const text::Regex in_cgroup(R"(Memory cgroup out of memory: Kill(?:ed)? process (\d+) \((.{0,32}?)\))");
  static const text::Regex on_host(R"(^Out of memory(?: \([^)]*\))?: Kill(?:ed)? process (\d+) \((.{0,32}?)\))");
  static const text::Regex killed(R"(^Killed process (\d+) \((.{0,32}?)\))");
  static const text::Regex limit(R"(^Task in \S+ killed as a result of limit of (\S+))");
  static const std::array<Rule, 5> rules = {{
      {"oom-kill:", &summary, "kernel.oom_kill", {"constraint", "cgroup", "process", "pid"}},
      {"Memory cgroup", &in_cgroup, "kernel.oom_kill", {"pid", "process"}},
      {"Out of memory", &on_host, "kernel.oom_kill", {"pid", "process"}},
      {"Killed process", &killed, "kernel.oom_kill", {"pid", "process"}},
      {"as a result of limit", &limit, "limit", {"cgroup"}},
  }};
  auto event = recognise(rules, line);
  if (event.kind.empty()) return Want::gated;
  if (event.kind == "limit") {
    cgroup_ = event.attributes["cgroup"];
    return Want::gated;
  }
  if (event.place.pid == last_pid_) return Want::gated;
  last_pid_ = event.place.pid;
  if (event.attributes.count("constraint") == 0) {
    const bool in_limit = !cgroup_.empty() || text::contains(line.message, "Memory cgroup");
    event.attributes["constraint"] = in_limit ? "CONSTRAINT_MEMCG" : "CONSTRAINT_NONE";
    set_attribute(event, "cgroup", cgroup_);
  }
  cgroup_.clear();
  event.attributes["killed"] = event.place.process;
  if (event.place.pid) event.attributes["killed_pid"] = std::to_string(*event.place.pid);
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
