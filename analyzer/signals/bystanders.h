// SPDX-License-Identifier: Apache-2.0
//
// Jobs that are in the bundle and not in the incident: each of their communicators was set up whole, they got on, and nothing
// went wrong where they ran. Their progress is not that of the job that stands still, their versions need not be its own, their
// hosts' clean kernel logs clear nobody's hardware.
//
// What cannot be told apart takes part: a job whose lines tell of more ranks than were seen, whose documents speak of other
// machines too, or to which all lines of trouble may belong, as none of them has a name.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/signals/job_view.h"

namespace gpm::signals {

using Machines = std::set<std::string>;  // hosts; pods where no host is known

// Where signals were seen: the machine ('' = none is named) and the document.
using Spots = std::set<std::pair<std::string, std::int64_t>>;

class Bystanders {
 public:
  // The jobs whose communicators are whole.
  explicit Bystanders(const JobView& view);

  bool empty() const { return jobs_.empty(); }
  Machines machines() const;
  std::set<std::int64_t> documents() const;  // of those machines, or of which every line with a name names one of them
  // And those without any name that may be theirs: `ibstat` beside the log of a job shows what is wrong with that job.
  std::set<std::int64_t> documents_in_question() const;

  // Given what these machines and the documents in question say by themselves: jobs with trouble take part, and those that did
  // not get on. Whether any is new.
  bool keep_well(const Spots& trouble, const Spots& progress);
  // Given what the rest says: jobs of which any of its trouble may be take part; not those where some of it is surely
  // another's. Whether any is new.
  bool keep_apart(const Spots& trouble);

 private:
  struct Period {
    std::optional<std::int64_t> first_ns, last_ns;
    void add(const Period& other);
    bool far_from(const Period& other) const;
  };
  struct Document {
    std::string folder, host;
    Machines named;  // by any of its rows
    Period period;  // of its stamps
  };
  struct Job {
    Machines machines;
    std::int64_t nranks = 0;  // of its largest communicator
    bool whole = true;
    // Of its documents: whether the host of each is known, their folders, and when they were written.
    bool by_host = true;
    std::set<std::string> folders;
    Period period;
  };

  void find_jobs(const JobView& view);
  void read_documents(const JobView& view);
  void remove_larger(const JobView& view);
  void remove_shared();
  void describe_jobs();
  Job* job_on(const std::string& machine);
  static bool may_be_of(const Job& job, const Document& document);

  std::map<int, Job> jobs_;  // by their number (Jobs)
  std::map<std::string, int> job_of_machine_;
  std::map<std::int64_t, Document> documents_;
};

}  // namespace gpm::signals
