// SPDX-License-Identifier: Apache-2.0
//
// The fields of each entry of a knowledge base, in the order in which packed knowledge has them (kb/packed.h).
#pragma once

#include <tuple>
#include <type_traits>

#include "kb/model.h"

namespace gpm::kb {

// Entry: one of model.h's structs, const or not. References to all its fields.
template <typename Entry>
constexpr auto fields_of(Entry& e) {
  using Kind = std::remove_const_t<Entry>;
  if constexpr (std::is_same_v<Kind, Text>) return std::tie(e.en, e.zh);
  else if constexpr (std::is_same_v<Kind, Says>) return std::tie(e.pattern, e.weight);
  else if constexpr (std::is_same_v<Kind, Signal>)
    return std::tie(e.id, e.title, e.role, e.pattern, e.gates, e.sampled, e.query, e.needs, e.computed, e.all, e.any, e.none, e.topic, e.examples,
                    e.near_misses, e.references);
  else if constexpr (std::is_same_v<Kind, Use>) return std::tie(e.signal, e.weight, e.family);
  else if constexpr (std::is_same_v<Kind, Check>) return std::tie(e.look, e.command);
  else if constexpr (std::is_same_v<Kind, Fix>) return std::tie(e.signals, e.act, e.where, e.kind, e.risk, e.risk_note, e.commands, e.verify, e.references);
  else if constexpr (std::is_same_v<Kind, Artefact>) return std::tie(e.id, e.what, e.command, e.formats);
  else if constexpr (std::is_same_v<Kind, Wanted>) return std::tie(e.artefact, e.why);
  else if constexpr (std::is_same_v<Kind, Cause>)
    return std::tie(e.id, e.group, e.title, e.explanation, e.prior, e.symptom, e.hardware, e.uses, e.explains, e.place, e.process, e.fixes, e.collect,
                    e.references);
  else if constexpr (std::is_same_v<Kind, Code>)
    return std::tie(e.id, e.family, e.number, e.names, e.title, e.message, e.old_number, e.fault, e.severity, e.scope, e.sticky, e.immediate, e.investigate,
                    e.applies, e.doubtful, e.means, e.usually, e.look, e.act, e.related, e.causes, e.example, e.references);
  else if constexpr (std::is_same_v<Kind, CodeFamily>) return std::tie(e.id, e.title, e.example, e.references);
  else if constexpr (std::is_same_v<Kind, Bucket>) return std::tie(e.id, e.text);
  else if constexpr (std::is_same_v<Kind, LinkDecode>)
    return std::tie(e.id, e.xid, e.unit_v1, e.unit_v2, e.mask_v1, e.value_v1, e.mask_v2, e.value_v2, e.statuses, e.immediate, e.investigate, e.promoted,
                    e.promoted_mask_v1, e.promoted_value_v1, e.promoted_mask_v2, e.promoted_value_v2, e.severity, e.origin, e.effects);
  else if constexpr (std::is_same_v<Kind, LineForm>) return std::tie(e.text, e.pattern, e.anchor, e.since, e.until, e.example);
  else if constexpr (std::is_same_v<Kind, KnownLine>) return std::tie(e.id, e.source, e.role, e.means, e.causes, e.forms, e.near_misses, e.references);
}

}  // namespace gpm::kb
