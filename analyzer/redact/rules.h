// SPDX-License-Identifier: Apache-2.0
//
// What is a secret by its looks or by its name. A rule is a pattern whose first group is what must not be passed on; what
// stands around it stays. By looks alone only what has a prefix of its own (hf_, AKIA, eyJ) is taken: commId, GPU UUIDs and
// serial numbers, PCI addresses, image digests and git hashes look like random text too, and evidence needs them.
#pragma once

#include <span>
#include <string_view>

namespace gpm::redact {

enum class Kind { token, password, key, email, user, ip, host, custom };

// "token", "password", ...: the pseudonym is "<name>-<number>".
std::string_view name_of(Kind kind);
inline constexpr Kind all_kinds[] = {Kind::token, Kind::password, Kind::key, Kind::email, Kind::user, Kind::ip, Kind::host, Kind::custom};

struct Rule {
  Kind kind;
  std::string_view pattern;  // RE2, one group
  // Whether this match is meant: `text` whole, `value` the group within it. Null = always.
  bool (*meant)(std::string_view text, std::string_view value) = nullptr;
  // No match is shorter, and there is no blank in it: spares most texts a pattern in which no word stands.
  std::size_t word_bytes = 0;
  // What is meant holds so many of this mark, and has no other literal by which texts can be told apart.
  char mark = '.';
  std::size_t marks = 0;
};

std::span<const Rule> rules();

// Whether a setting of this name holds a secret: HF_TOKEN, registry-password; not max_tokens, eos_token, token_id.
bool is_secret_name(std::string_view name);
// Whether text in such a place can be a secret: no number, placeholder, variable or word such as "none".
bool is_secret_value(std::string_view value);

}  // namespace gpm::redact
