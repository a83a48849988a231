// SPDX-License-Identifier: Apache-2.0
//
// Entries of a knowledge base by their id; nullptr where there is none.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "kb/model.h"

namespace gpm::kb {

template <typename Entry>
const Entry* by_id(const Table<Entry>& table, std::string_view id) {
  const auto entries = table.all();
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& a, std::string_view b) { return a.id < b; });
  return found != entries.end() && found->id == id ? &*found : nullptr;
}

inline const Cause* find_cause(const Knowledge& knowledge, std::string_view id) { return by_id(knowledge.causes, id); }
inline const Signal* find_signal(const Knowledge& knowledge, std::string_view id) { return by_id(knowledge.signals, id); }
inline const Bucket* find_bucket(const Knowledge& knowledge, std::string_view id) { return by_id(knowledge.buckets, id); }
inline const CodeFamily* find_family(const Knowledge& knowledge, std::string_view id) { return by_id(knowledge.families, id); }
inline const Code* find_code_by_id(const Knowledge& knowledge, std::string_view id) { return by_id(knowledge.codes, id); }

}  // namespace gpm::kb
