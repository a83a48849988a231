// SPDX-License-Identifier: Apache-2.0
//
// Which machines a query sees. A machine is a host or, where no host is known, a pod; rows without either are of no machine.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "analyzer/store/sqlite.h"

namespace gpm::store {

// While it lives, the tables of facts hold for every SELECT that names them without a schema ("events", not "main.events")
// only the rows of some machines and documents: views of the same names stand before them. Nothing may be written to them
// meanwhile, and one is there at a time.
class Visible {
 public:
  enum class Which {
    all_but,  // what these machines and documents say is not seen
    only,     // nothing else is seen
  };
  Visible(Database& db, Which which, const std::set<std::string>& machines, const std::set<std::int64_t>& documents);
  ~Visible();
  Visible(const Visible&) = delete;
  Visible& operator=(const Visible&) = delete;

  // The tables that the views read.
  static constexpr const char* machines_table = "machines_in_view";
  static constexpr const char* documents_table = "documents_in_view";
  // The machine of a row of events, settings, snapshots or ranks, as SQL.
  static constexpr const char* machine_of_row = "CASE host WHEN '' THEN pod ELSE host END";

 private:
  Database& db_;
};

}  // namespace gpm::store
