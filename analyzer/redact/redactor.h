// SPDX-License-Identifier: Apache-2.0
//
// Replaces what must not be passed on (tokens, passwords, keys, e-mail addresses, user names in paths, public addresses) by
// pseudonyms: token-1, user-2. The same text is the same pseudonym wherever it stands, so that a report stays readable.
// Numbers are given in the order of the first sight; with a key, names come from the text and the key instead
// (host-k3mz7qd2w5abx), so that they are the same in every analysis with that key. What is redacted by which looks or name:
// rules.h.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analyzer/redact/rules.h"
#include "parsers/text/regex.h"
#include "parsers/text/shortlist.h"

namespace gpm::redact {

struct Count {
  Kind kind;
  std::uint64_t values = 0;  // different ones
  std::uint64_t places = 0;
};

class Redactor {
 public:
  // `also`: RE2 patterns of the user; their first group, or the whole match, is replaced. `key`: for names that do not
  // depend on the order; empty = numbers. Throws std::invalid_argument that names a pattern which cannot be used.
  explicit Redactor(const std::vector<std::string>& also = {}, std::string key = {});
  ~Redactor();

  // Replace this text wherever it stands as a whole word: the value of a setting with a secret name, a line of a private key,
  // a host (whatever its case, and with the domain behind it). Of several lines each by itself. Texts shorter than 4 bytes
  // (hosts: 2) are not taken: they would hide half of a report.
  void know(std::string_view value, Kind kind);

  std::string apply(std::string_view text);

  std::vector<Count> counts() const;  // of all that `apply` replaced so far; only kinds that occur
  // Pseudonym and original, ordered by pseudonym.
  std::vector<std::pair<std::string, std::string>> map() const;

 private:
  struct Known {
    std::string value;
    Kind kind;
  };
  struct Found {
    const Known* known = nullptr;
    std::size_t size = 0;  // of the text to replace
  };

  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::string_view pseudonym(std::string_view value, Kind kind);
  std::string name(std::string_view value, Kind kind, std::uint64_t number) const;
  Found known_at(std::string_view text, std::string_view lowered, std::size_t at) const;
  void replace_known(std::string& text);
  void replace_matches(std::string& text, std::size_t rule);

  std::vector<Rule> rules_;
  std::vector<std::unique_ptr<text::Regex>> patterns_;  // beside rules_
  std::unique_ptr<text::Shortlist> shortlist_;          // of patterns_
  std::string key_;
  std::unordered_multimap<std::string, Known> known_;  // by their lower-case text
  std::set<std::size_t, std::greater<>> known_sizes_;
  std::bitset<65536> known_starts_;                    // first two bytes of any
  // Texts that hold nothing to replace: a report names a document in each of its lines.
  std::unordered_set<std::string, TextHash, std::equal_to<>> clean_;
  std::map<std::string, std::string, std::less<>> pseudonyms_;  // by value
  std::map<Kind, Count> counts_;
  std::map<Kind, std::uint64_t> numbers_;
};

}  // namespace gpm::redact
