// SPDX-License-Identifier: Apache-2.0
//
// Signals: named observations over the facts of one incident. Patterns have left events "line.<id>"; queries are SELECTs of
// the knowledge base over the documented tables; combinations ask which others are present; computed ones are code.
//
// Queries run under an authorizer that allows nothing but reading those tables, with a step limit: a query of a foreign
// knowledge base can neither write nor run for ever.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/scan/worker.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/facts/facts.h"

namespace gpm::signals {

// One line that shows a signal.
struct Observation {
  std::int64_t document_id = 0;
  std::string document;  // path
  std::uint64_t line = 0;
  std::string text;
  facts::Place place;
  std::optional<std::int64_t> utc_ns, since_boot_ns;
  std::optional<std::int64_t> last_utc_ns;      // of the last of `count` equal lines
  std::optional<std::int64_t> not_before_ns;    // what the document says of its lines without a UTC time (Store::not_before)
  std::int64_t time_precision_ms = 0;
  std::string time_from = "none";
  std::uint64_t count = 1;
};

struct Present {
  const kb::Signal* signal = nullptr;
  std::vector<Observation> observations;  // by time where known, then document and line; at most max_observations
  std::uint64_t total = 0;                // rows that the signal has in all
};

// Whether it is trouble at all: can be a cause, or follows from one.
bool shows_trouble(const Present& present);

inline constexpr std::size_t max_observations = 100;

class PresentFacts;

struct Findings {
  std::map<std::string, Present, std::less<>> present;  // by signal id
  std::vector<std::string> errors;                      // queries that failed, one sentence each
  // Machines with a job of their own that was well, where something is wrong elsewhere (bystanders.h): what they say is not
  // among `present`.
  std::set<std::string> bystanders;

  std::shared_ptr<const PresentFacts> facts;  // of the whole store; none where nobody looked

  bool trouble() const;  // whether any signal of `present` shows some
  // Whether the store may hold one of these facts, each written as kb::query_needs does.
  bool may_hold(std::initializer_list<std::string_view> some) const;

  const Present* find(std::string_view id) const {
    const auto found = present.find(id);
    return found == present.end() ? nullptr : &found->second;
  }
};

// `beside` asks some of the queries.
Findings evaluate(const kb::Knowledge& knowledge, store::Store& store, scan::Worker& beside);

}  // namespace gpm::signals
