// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/present_facts.h"

namespace gpm::signals {

PresentFacts::PresentFacts(store::Store& store) {
  for (const std::string_view sql : {"SELECT DISTINCT 'kind ' || kind FROM events", "SELECT DISTINCT 'metric ' || metric FROM snapshots",
                                     "SELECT DISTINCT 'key ' || key FROM settings",
                                     "SELECT DISTINCT 'scope ' || scope FROM settings",
                                     "SELECT DISTINCT 'code ' || kind || ' ' || code FROM events WHERE code IS NOT NULL"}) {
    store::Statement select(store.database().get(), sql);
    while (select.step()) present_.insert(select.text(0));
  }
}

}  // namespace gpm::signals
