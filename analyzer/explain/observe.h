// SPDX-License-Identifier: Apache-2.0
//
// A line seen as an analysis would see it: which facts the parsers take from it, which signals it raises by itself, and for
// which causes those speak. Signals that need other lines, or their absence, are not raised by one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/model.h"

namespace gpm::explain {

struct Fact {
  std::string kind;  // of an event; "setting" or "snapshot"
  std::optional<std::int64_t> code;
  std::vector<std::pair<std::string, std::string>> values;  // place and attributes, or key and value

  std::string_view value(std::string_view name) const;  // empty if there is none
};

struct Seen {
  std::vector<Fact> facts;  // at most max_facts
  std::size_t facts_omitted = 0;
  std::vector<const kb::Signal*> signals;  // by role as kb::Role lists them, confirmations last; then by id
};

inline constexpr std::size_t max_facts = 20;

Seen observe(std::string_view text, const kb::Knowledge& knowledge);

// A cause and how heavily the signals speak for or against it: the heaviest use counts.
struct Spoken {
  const kb::Cause* cause = nullptr;
  const kb::Use* use = nullptr;
};
// Ordered by weight, then id.
bool is_against(kb::Weight weight);
std::vector<Spoken> speaks_for(const kb::Knowledge& knowledge, const std::vector<const kb::Signal*>& signals);

}  // namespace gpm::explain
