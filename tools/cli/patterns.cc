// SPDX-License-Identifier: Apache-2.0
//
// `gpu-postmortem kb patterns`: what the knowledge base looks for in lines, one ERE a line that GNU `grep -E -f` and
// `rg -f` both accept. A pattern that cannot be written so stands there as its gates, of which a line holds one.
#include <algorithm>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "kb/model.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "tools/cli/common.h"
#include "tools/cli/verbs.h"

namespace gpm::cli {
namespace {

std::string escaped(std::string_view literal) {
  std::string ere;
  for (const char c : literal) {
    if (text::contains(".[]{}()*+?^$|\\", {&c, 1})) ere += '\\';
    ere += c;
  }
  return ere;
}

// "[^a-z ]"; classes with escapes mean different things to different programs.
std::optional<std::string_view> plain_class(std::string_view rest) {
  const auto end = rest.find(']', rest.starts_with("[^") ? 3 : 2);
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = rest.substr(0, end + 1);
  if (text.find('\\') != std::string_view::npos || text::contains(text.substr(1), "[") || text::contains(text, "&&")) return std::nullopt;
  return text;
}

// RE2 to ERE; nothing where that is not certain.
std::optional<std::string> ere_of(std::string_view rest) {
  std::string ere;
  while (!rest.empty()) {
    std::size_t used = 1;
    if (rest.starts_with("(?:")) {
      ere += '(';
      used = 3;
    } else if (rest.starts_with("(?P<")) {
      ere += '(';
      used = rest.find('>') + 1;
    } else if (rest.starts_with("(?") || rest.starts_with("||") || rest.starts_with("(|") || rest.starts_with("|)")) {
      return std::nullopt;
    } else if (rest[0] == '[') {
      const auto text = plain_class(rest);
      if (!text) return std::nullopt;
      ere += *text;
      used = text->size();
    } else if (rest[0] == '\\' && rest.size() > 1) {
      if (rest[1] == 'd') ere += "[0-9]";
      else if (text::contains("wWsSbB", rest.substr(1, 1)) || text::contains(".[]{}()*+?^$|\\", rest.substr(1, 1))) ere += rest.substr(0, 2);
      else if (text::is_letter(rest[1]) || text::is_digit(rest[1])) return std::nullopt;
      else ere += rest[1];
      used = 2;
    } else if (rest[0] == '{' && (rest.size() < 2 || !text::is_digit(rest[1]))) {
      ere += "\\{";
    } else if (rest[0] == '?' && (ere.ends_with('*') || ere.ends_with('+') || ere.ends_with('?') || ere.ends_with('}')) && !ere.ends_with("\\*") && !ere.ends_with("\\+") &&
               !ere.ends_with("\\?") && !ere.ends_with("\\}")) {
      // lazy or greedy: the same lines match
    } else if (static_cast<unsigned char>(rest[0]) >= 0x80) {
      return std::nullopt;
    } else {
      ere += rest[0];
    }
    rest.remove_prefix(std::min(used, rest.size()));
  }
  return ere;
}

}  // namespace

int patterns() {
  std::set<std::string> lines;
  for (const auto& signal : kb::embedded().signals) {
    if (signal.pattern.empty()) continue;
    if (const auto ere = ere_of(signal.pattern)) lines.insert(*ere);
    else
      for (const auto gate : signal.gates) lines.insert(escaped(gate));
  }
  for (const auto& line : lines) std::cout << line << '\n';
  return std::cout.flush() ? 0 : failed;
}

}  // namespace gpm::cli
