// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/interrupts.h"

#include <algorithm>
#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::parsers::host {

std::span<const std::string_view> InterruptsParser::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {"NMI: ", "TRM: ", "THR: ", "DFR: ", "MCE: ", "ERR: "};
  return literals;
}

Want InterruptsParser::line(const text::Line& line, facts::Sink& sink) {
  const auto words = text::words(line.raw);
  if (words.size() < 2 || words[0].size() != 4 || !words[0].ends_with(':')) return Want::gated;
  const auto name = words[0].substr(0, 3);
  static constexpr std::array<std::string_view, 6> known = {"NMI", "TRM", "THR", "DFR", "MCE", "ERR"};
  if (std::find(known.begin(), known.end(), name) == known.end()) return Want::gated;
  double sum = 0;
  std::size_t cpus = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto count = text::integer(words[i]);
    if (!count || *count < 0) break;
    sum += static_cast<double>(*count);
    ++cpus;
  }
  // "MCE: 0" alone is some other program's line, unless it is ERR, which counts for the whole machine.
  if (cpus == 0 || (cpus == words.size() - 1 && name != "ERR")) return Want::gated;
  auto fact = snapshot_of(line, "host.interrupts", name, std::to_string(static_cast<long long>(std::min(sum, 9e18))));
  fact.number = sum;
  sink.add(std::move(fact));
  return Want::gated;
}

}  // namespace gpm::parsers::host
