// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/collect_script.h"

#include <algorithm>
#include <array>

#include "analyzer/report/inert.h"

namespace gpm::report {
namespace {

// The placeholders of fill_command() (inert.h), and any other lower-case word in angle brackets.
bool has_placeholder(std::string_view command) {
  for (auto at = command.find('<'); at != std::string_view::npos; at = command.find('<', at + 1)) {
    auto end = at + 1;
    while (end < command.size() && ((command[end] >= 'a' && command[end] <= 'z') || command[end] == '-' || command[end] == '_')) ++end;
    if (end > at + 1 && end < command.size() && command[end] == '>') return true;
  }
  return false;
}

}  // namespace

std::string collect_script(const Words& words, const Result& result) {
  if (std::none_of(result.missing.begin(), result.missing.end(), [](const Missing& m) { return !m.command.empty(); })) return {};
  std::string script = "#!/bin/sh\n# " + std::string(words("script-head")) +
                       "\nout=gpu-postmortem-$(uname -n)\nmkdir -p \"$out\" && cd \"$out\" || exit 1\n";
  int number = 0;
  for (const auto& m : result.missing) {
    if (m.command.empty()) continue;
    ++number;
    const auto file = (number < 10 ? "0" : "") + std::to_string(number) + ".txt";
    const auto command = inert(m.command);
    script += "\n# " + std::to_string(number) + ". " + inert(m.artefact) + "\n";
    if (has_placeholder(command))
      script += "# " + std::string(words("script-fill-in")) + ": ( " + command + " ) > " + file + " 2>&1\n";
    else
      script += "( " + command + " ) > " + file + " 2>&1\n";
  }
  return script + "\ncd .. && tar -czf \"$out.tar.gz\" \"$out\"\n";
}

}  // namespace gpm::report
