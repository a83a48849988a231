// SPDX-License-Identifier: Apache-2.0
//
// Replaces what must not be passed on (tokens, passwords, keys, e-mail addresses, user names in paths, public addresses) by
// pseudonyms: token-1, user-2. The same text is the same pseudonym wherever it stands, so that a report stays readable.
// Numbers are given in the order of the first sight. What is redacted by which looks or name: rules.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/redact/rules.h"
#include "parsers/text/regex.h"

namespace gpm::redact {

struct Count {
  Kind kind;
  std::uint64_t values = 0;  // different ones
  std::uint64_t places = 0;
};

class Redactor {
 public:
  // `also`: RE2 patterns of the user; their first group, or the whole match, is replaced. Throws std::invalid_argument that
  // names a pattern which cannot be used.
  explicit Redactor(const std::vector<std::string>& also = {});
  ~Redactor();

  // Replace this text wherever it stands as a whole word: the value of a setting with a secret name, a host. Texts shorter
  // than 4 bytes are not taken: they would hide half of a report.
  void know(std::string_view value, Kind kind);

  std::string apply(std::string_view text);

  std::vector<Count> counts() const;  // of all that `apply` replaced so far; only kinds that occur
  // Pseudonym and original, ordered by pseudonym.
  std::vector<std::pair<std::string, std::string>> map() const;

 private:
  std::string_view pseudonym(std::string_view value, Kind kind);
  void replace_known(std::string& text);
  void replace_matches(std::string& text, std::size_t rule);

  std::vector<Rule> rules_;
  std::vector<std::unique_ptr<text::Regex>> patterns_;  // beside rules_
  std::map<std::string, Kind, std::less<>> known_;
  std::map<std::string, std::string, std::less<>> pseudonyms_;  // by value
  std::map<Kind, Count> counts_;
};

}  // namespace gpm::redact
