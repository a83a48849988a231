// SPDX-License-Identifier: Apache-2.0
//
// Which rank wrote a line that names none: by the number that `srun -l` puts before it, or by the name of its file.
//
//    12: Traceback (most recent call last)              task 12
//   logs/rank3.log  train_rank_3.out  rank3/stderr      the name says so
//   worker-3.log  log.3  stdout.3  job-4711-3.out       one of several files that differ in just that number (Slurm's %t)
//   run_x/attempt_0/3/stderr.log                        torchelastic: the local rank
//
// Such a number is a rank only if nothing in the bundle says otherwise. A task may be a torchrun that starts eight ranks, a
// worker a whole node, a number a date, a job's id or the age of a rotated log. So:
//
// - A label or a name is believed where no line under it states another rank, none comes from two processes, and no torchrun
//   reports there.
// - A label needs a line that states the same rank, or two tasks on one host, or a document that names no host at all.
// - A name that does not say "rank" needs siblings: the numbers from 0 on, with at most a quarter missing.
// - A local rank (torchelastic, "local_rank3") is the rank only where there is one such set of files and no torchrun tells otherwise.
// - No two folders may have files of the same rank: that is one rank0.log a node, or one a run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/store/sqlite.h"
#include "parsers/facts/facts.h"

namespace gpm::store {

// The number in a file's name that may be its rank.
struct NumberedName {
  std::string stem;    // the path with '#' for the number: equal for siblings
  std::string folder;  // in which the siblings lie
  int number = 0;
  bool says_rank = false, local = false, worker = false;
};
std::optional<NumberedName> rank_in_name(std::string_view path);

class RankLabels {
 public:
  static constexpr std::size_t max_documents = 100'000;
  static constexpr std::size_t max_tasks = 100'000;  // of one document

  // What one document says about its ranks.
  struct Document {
    // A fact, kept or not.
    void saw(std::string_view kind, const facts::Place& place, const facts::Attributes& attributes);
    // One that was kept, as this row of the document's.
    void kept_event(std::int64_t row, const facts::Place& place);

    void saw_label(bool of_nccl, bool of_torchrun, const facts::Place& place);
    bool believes_labels() const;

    std::int64_t id = 0, first_row = 0;
    bool of_job = false, torchrun = false, several_ranks = false, several_processes = false, local_is_not_rank = false;
    std::optional<int> rank;
    std::optional<std::int64_t> pid;
    // Of labels.
    bool contradicted = false, agreed = false, shared_host = false, host_named = false;
    std::map<int, std::optional<std::int64_t>> process_of_task;
    std::map<std::string, int> task_of_host;
    std::vector<std::pair<std::int64_t, int>> rows;
  };

  // `first_row`: the id of the document's row 0.
  void add(Document document, std::int64_t id, std::int64_t first_row);
  // After hosts and processes are known: completes the rank of events that have none.
  void resolve(Database& db) const;

 private:
  void resolve_names(Database& db) const;

  std::vector<Document> documents_;
  bool local_is_not_rank_ = false;
};

}  // namespace gpm::store
