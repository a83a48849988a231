// SPDX-License-Identifier: Apache-2.0
//
// How torchrun tells that a worker failed.
//
//   [2025-05-24 14:51:30,474] torch.distributed.elastic.multiprocessing.api: [ERROR] failed (exitcode: 1) local_rank: 0
//     (pid: 351208) of binary: /home/user/anaconda3/envs/dfine/bin/python
//   ============================================================
//   train.py FAILED
//   ------------------------------------------------------------
//   Failures:
//   [1]:
//     time      : 2025-01-01_12:00:01
//     host      : node1
//     rank      : 3 (local_rank: 3)
//     exitcode  : -15 (pid: 124)
//     error_file: <N/A>
//     traceback : Signal 15 (SIGTERM) received by PID 124
//   ------------------------------------------------------------
//   Root Cause (first observed failure):
//   [0]:
//     ...
//   ============================================================
//
// "first observed" is of this agent (one node) and, without @record, of its poll once in some hundred milliseconds.
// Fact: torch.elastic_failure; code = exit code (-9 = killed by signal 9).
#pragma once

#include <string>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::parsers::torch {

class ChildReport {
 public:
  bool line(const text::Line& line, facts::Sink& sink);
  bool open() const { return patience_ > 0; }
  void end(facts::Sink& sink) { finish(sink); }

 private:
  bool agent_line(const text::Line& line, facts::Sink& sink);
  bool field(const text::Line& line);
  void finish(facts::Sink& sink);

  facts::Event event_;
  bool has_code_ = false;
  bool first_ = false;
  int patience_ = 0;
};

}  // namespace gpm::parsers::torch
