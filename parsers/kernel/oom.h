// SPDX-License-Identifier: Apache-2.0
//
// The OOM killer. One kill is two or three lines; it gives one `kernel.oom_kill`.
//
//   oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0-1,oom_memcg=/kubepods/x,task_memcg=/kubepods/x/y,
//            task=python3,pid=12345,uid=0 (from 4.19)
//   Memory cgroup out of memory: Killed process 12345 (python3) total-vm:98765432kB, anon-rss:65432100kB, ...
//   Task in /docker/3f killed as a result of limit of /docker/3f (before) Out of memory: Kill process 12345 (python3)
//   score 901 or sacrifice child / Killed process 12345 (python3) total-vm:..
//
// CONSTRAINT_MEMCG = a container's limit, CONSTRAINT_NONE = the host is full, CONSTRAINT_MEMORY_POLICY = numactl's
// binding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class OomParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::optional<std::int64_t> last_pid_;  // whose kill has been told; the next line about it is an echo
  std::string cgroup_;                    // from "Task in ..", for the kill that follows
};

}  // namespace gpm::parsers::kernel
