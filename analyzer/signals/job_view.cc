// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/job_view.h"

#include "analyzer/signals/flight.h"

namespace gpm::signals {

const std::shared_ptr<const PresentFacts>& JobView::shared_present() const {
  if (!present_) present_ = std::make_shared<const PresentFacts>(store_);
  return present_;
}

bool JobView::several_machines() const {
  if (!several_machines_) {
    store::Statement s(store_.database().get(),
                       "SELECT (SELECT count(*) FROM hosts) > 1 OR EXISTS (SELECT 1 FROM events WHERE pod <> '') OR EXISTS (SELECT 1 FROM settings WHERE pod <> '') "
                       "OR EXISTS (SELECT 1 FROM ranks WHERE pod <> '')");
    several_machines_ = s.step() && s.integer(0) != 0;
  }
  return *several_machines_;
}

const std::vector<CommunicatorState>& JobView::communicators() const {
  if (!communicators_) communicators_ = std::make_unique<const std::vector<CommunicatorState>>(read_communicators(store_));
  return *communicators_;
}

const JobRanks& JobView::ranks() const {
  if (!ranks_) ranks_ = std::make_unique<const JobRanks>(communicators());
  return *ranks_;
}

const Jobs& JobView::jobs() const {
  if (!jobs_) jobs_ = std::make_unique<const Jobs>(communicators());
  return *jobs_;
}

const std::vector<Standstill>& JobView::standstills() const {
  if (!standstills_) standstills_ = std::make_unique<const std::vector<Standstill>>(read_standstills(store_));
  return *standstills_;
}

}  // namespace gpm::signals
