// SPDX-License-Identifier: Apache-2.0
//
// Slurm: what it says of jobs and nodes.
//
//   JobId=5512 JobName=gemma27b-pt                                                       scontrol show job
//      JobState=FAILED Reason=NonZeroExitCode Dependency=(null)
//      Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:6
//      RunTime=01:08:42 TimeLimit=2-00:00:00 TimeMin=N/A
//
//   NodeName=gnode210 Arch=x86_64 CoresPerSocket=32                                      scontrol show node
//      State=DOWN* ThreadsPerCore=2 TmpDisk=0 Weight=1
//      Reason=Not responding [slurm@2026-10-09T02:41:00]
//
//   JobID|JobName|Partition|NNodes|State|ExitCode|...|NodeList                           sacct -P, and its padded form
//   5512|gemma27b-pt|train|8|FAILED|0:6|...
//
//   JOBID PARTITION  NAME  USER ST  TIME NODES NODELIST(REASON)                          squeue (pending jobs' reasons)
//   gpu03   1   normal*   down* 64 ... Not responding                                    sinfo -N -l
//
//   [2026-09-23T03:49:40.747] error: Nodes cpu-17 not responding, setting DOWN           slurmctld.log
//   [2026-09-23T03:47:59.621] Time limit exhausted for JobId=5504
//
// Gives settings of scope slurm_job (subject = job; keys state, reason, exit_code, run_time, time_limit, restarts, nodes) and
// slurm_node (subject = node; state, reason, gres); events slurm.job_ended (attributes job, state, exit_code, name) from
// sacct and slurm.log (what = time-limit, not-responding, down, drain, error, job-failed; job, message) from the daemons'
// logs. Nothing here is a setting of scope slurm: that is what a batch script asked for.
#pragma once

#include <string>
#include <vector>

#include "parsers/parser.h"

namespace gpm::slurm {

class RecordsParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "scontrol-job"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::string subject_, scope_;
  int facts_left_ = 20'000;
};

class TablesParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "sacct"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool head(std::string_view raw);
  bool row(const text::Line& line, facts::Sink& sink);

  std::vector<std::string> columns_;
  char separator_ = ' ';
  int facts_left_ = 20'000;
};

class DaemonLog : public parsers::LineParser {
 public:
  std::string_view format() const override { return "slurmctld"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::slurm
