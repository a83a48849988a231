// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/named_groups.h"

#include <algorithm>

namespace gpm::text {
namespace {

// Bytes of what stands at `at`: an escape, a quotation, a class; 0 = none of these.
std::size_t literal_at(std::string_view expression, std::size_t at) {
  const auto rest = expression.substr(at);
  if (rest.starts_with("\\Q")) return rest.find("\\E") == std::string_view::npos ? rest.size() : rest.find("\\E") + 2;
  if (rest.starts_with('\\')) return std::min<std::size_t>(2, rest.size());
  if (!rest.starts_with('[')) return 0;
  std::size_t i = rest.substr(1).starts_with('^') ? 2 : 1;
  if (rest.substr(i).starts_with(']')) ++i;  // the first one is a member
  for (; i < rest.size() && rest[i] != ']'; ++i) {
    if (rest[i] == '\\') {
      ++i;
    } else if (const auto end = rest.find(":]", i); rest.substr(i).starts_with("[:") && end != std::string_view::npos) {
      i = end + 1;
    }
  }
  return std::min(i + 1, rest.size());
}

}  // namespace

NamedGroups::NamedGroups(std::string_view expression) {
  static constexpr std::string_view named = "(?P<";
  int groups = 0;
  for (std::size_t at = 0; at < expression.size();) {
    const auto rest = expression.substr(at);
    auto size = literal_at(expression, at);
    if (rest.starts_with(named) && rest.find('>') != std::string_view::npos) {
      size = rest.find('>') + 1;
      names.emplace(++groups, rest.substr(named.size(), size - named.size() - 1));
      pattern += '(';
    } else {
      groups += size == 0 && rest.front() == '(' && !rest.starts_with("(?");
      size = std::max<std::size_t>(size, 1);
      pattern += rest.substr(0, size);
    }
    at += size;
  }
}

}  // namespace gpm::text
