// SPDX-License-Identifier: Apache-2.0
//
// What several computed signals look at, read from the store once and only when it is first asked for: reading the ranks
// of a job of thousands costs more than any of the signals.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyzer/signals/collectives.h"
#include "analyzer/signals/communicators.h"
#include "analyzer/signals/present_facts.h"
#include "analyzer/store/store.h"

namespace gpm::signals {

class JobView {
 public:
  // Of a finished store, which must outlive the view. Not explicit: one signal alone is asked for with the store.
  JobView(store::Store& store) : store_(store) {}
  JobView(const JobView&) = delete;
  JobView& operator=(const JobView&) = delete;

  store::Store& store() const { return store_; }
  const PresentFacts& present() const { return *shared_present(); }
  const std::shared_ptr<const PresentFacts>& shared_present() const;
  // Whether facts name several hosts, or any pods: else there is nothing to compare with one another.
  bool several_machines() const;
  const std::vector<CommunicatorState>& communicators() const;
  const JobRanks& ranks() const;
  const Jobs& jobs() const;
  const std::vector<Standstill>& standstills() const;  // of PyTorch's process groups

 private:
  store::Store& store_;
  mutable std::shared_ptr<const PresentFacts> present_;
  mutable std::optional<bool> several_machines_;
  mutable std::unique_ptr<const std::vector<CommunicatorState>> communicators_;
  mutable std::unique_ptr<const JobRanks> ranks_;
  mutable std::unique_ptr<const Jobs> jobs_;
  mutable std::unique_ptr<const std::vector<Standstill>> standstills_;
};

}  // namespace gpm::signals
