// SPDX-License-Identifier: Apache-2.0
//
// The words of the YAML for the enumerations of kb/model.h. With '-' turned into '_' a word is the enumerator's name.
#pragma once

#include <string_view>

#include "kb/model.h"

namespace gpm::kb {

template <typename Enum>
struct Word {
  std::string_view word;
  Enum value;
};

inline constexpr Word<Role> role_words[] = {
    {"candidate", Role::candidate}, {"consequence", Role::consequence}, {"confirmation", Role::confirmation},
    {"teardown", Role::teardown},   {"advice", Role::advice},           {"benign", Role::benign}};
inline constexpr Word<Weight> weight_words[] = {{"decisive", Weight::decisive}, {"strong", Weight::strong},
                                                {"moderate", Weight::moderate}, {"weak", Weight::weak},         {"guess", Weight::guess},
                                                {"against", Weight::against},   {"rules-out", Weight::rules_out}};
inline constexpr Word<Prior> prior_words[] = {
    {"common", Prior::common}, {"usual", Prior::usual}, {"rare", Prior::rare}};
inline constexpr Word<Risk> risk_words[] = {{"safe", Risk::safe},
                                            {"restarts-job", Risk::restarts_job},
                                            {"restarts-node", Risk::restarts_node},
                                            {"hardware", Risk::hardware}};
inline constexpr Word<FixKind> fix_kind_words[] = {{"cure", FixKind::cure}, {"workaround", FixKind::workaround}};
inline constexpr Word<Hardware> hardware_words[] = {
    {"suspect", Hardware::suspect}, {"cleared", Hardware::cleared}, {"unknown", Hardware::unknown}};

// The words are checked by the schema; for any other the first value is taken.
template <typename Enum, std::size_t size>
constexpr Enum value_of(const Word<Enum> (&words)[size], std::string_view word) {
  for (const Word<Enum>& each : words) {
    if (each.word == word) {
      return each.value;
    }
  }
  return words[0].value;
}

template <typename Enum, std::size_t size>
constexpr std::string_view word_of(const Word<Enum> (&words)[size], Enum value) {
  for (const Word<Enum>& each : words) {
    if (each.value == value) {
      return each.word;
    }
  }
  return {};
}

}  // namespace gpm::kb
