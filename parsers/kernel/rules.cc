// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/rules.h"

#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {
namespace {

using text::piece;

void take(facts::Event& event, std::string_view group, std::string_view value) {
  if (value.empty()) return;
  if (group == "pci") {
    event.place.pci = pci(value);
  } else if (group == "pid") {
    event.place.pid = text::integer(value);
  } else if (group == "process") {
    event.place.process = text::valid_utf8(value);
  } else if (group == "code") {
    event.code = text::integer(value);
  } else {
    event.attributes[std::string(group)] = text::valid_utf8(value);
  }
}

}  // namespace

facts::Event recognise(std::span<const Rule> rules, const text::Line& line) {
  const auto message = text::trim(line.message.substr(0, text::max_evidence_bytes));
  for (const auto& rule : rules) {
    if (!text::contains(message, rule.literal)) continue;
    std::array<re2::StringPiece, 7> found;  // the whole match and its groups
    const auto* const pattern = rule.pattern->needed_for(message);
    if (pattern == nullptr) continue;
    const int groups = pattern->NumberOfCapturingGroups();
    const auto subject = piece(message);
    if (groups >= static_cast<int>(found.size()) ||
        !pattern->Match(subject, 0, message.size(), RE2::UNANCHORED, found.data(), groups + 1))
      continue;
    auto event = kernel::event(line, rule.kind, message);
    for (int i = 0; i < groups; ++i) {
      const auto& value = found[static_cast<std::size_t>(i) + 1];
      const char* group = rule.groups[static_cast<std::size_t>(i)];
      if (group != nullptr && value.data() != nullptr) take(event, group, text::view(value));
    }
    return event;
  }
  return {};
}

}  // namespace gpm::parsers::kernel
