// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_patterns.h"

#include <re2/filtered_re2.h>

#include <algorithm>
#include <optional>

#include "kb/alternatives.h"
#include "kb/problem.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::kb {
namespace {

constexpr std::size_t shortest_gate = 3;

using text::piece;

bool holds_a_gate(const std::string& lower_text, const std::vector<std::string>& lower_gates) {
  return std::any_of(lower_gates.begin(), lower_gates.end(),
                     [&](const std::string& gate) { return lower_text.find(gate) != std::string::npos; });
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// The literals that RE2 finds in one alternative, if lines without any gate can match it; nothing if they cannot.
// With every literal that holds a gate taken for absent and every other taken for present, a pattern that still may
// match does not need a gate.
std::vector<std::string> literals_if_gates_are_not_needed(std::string_view pattern,
                                                          const std::vector<std::string>& lower_gates) {
  re2::FilteredRE2 filtered(static_cast<int>(shortest_gate));
  int id = 0;
  if (filtered.Add(piece(pattern), quiet(), &id) != RE2::NoError) {
    return {};
  }
  std::vector<std::string> literals;
  filtered.Compile(&literals);
  std::vector<int> without_gates;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    if (!holds_a_gate(literals[i], lower_gates)) {
      without_gates.push_back(static_cast<int>(i));
    }
  }
  std::vector<int> potentials;
  filtered.AllPotentials(without_gates, &potentials);
  if (potentials.empty()) {
    return {};
  }
  return literals.empty() ? std::vector<std::string>{""} : literals;
}

// Nothing if every line that matches holds a gate.
std::optional<std::string> gate_finding(std::string_view pattern, const std::vector<std::string>& lower_gates) {
  if (literals_if_gates_are_not_needed(pattern, lower_gates).empty()) {
    return std::nullopt;
  }
  for (const std::string& alternative : alternatives(pattern)) {
    const bool readable = RE2(alternative, quiet()).ok();
    const auto literals = literals_if_gates_are_not_needed(readable ? alternative : pattern, lower_gates);
    if (!literals.empty()) {
      std::string reason =
          "gates: a line can match " + quote(alternative) + " without holding any of them; it must hold:";
      for (std::size_t i = 0; i < std::min<std::size_t>(literals.size(), 8); ++i) {
        reason += literals[i].empty() ? " nothing of 3 bytes" : " " + quote(literals[i]);
      }
      return reason;
    }
  }
  return std::nullopt;
}

std::vector<std::string> lowered(std::span<const std::string_view> gates) {
  std::vector<std::string> lower;
  for (const std::string_view gate : gates) {
    lower.push_back(text::lower(gate));
  }
  return lower;
}

}  // namespace

std::vector<std::string> gate_findings(std::string_view pattern, std::span<const std::string_view> gates) {
  std::vector<std::string> findings;
  for (const std::string_view gate : gates) {
    if (gate.size() < shortest_gate) {
      findings.push_back("gates: " + quote(gate) + " is shorter than 3 bytes");
    }
  }
  if (gates.empty()) {
    findings.push_back("gates: a pattern needs at least one");
  } else if (const auto finding = gate_finding(pattern, lowered(gates))) {
    findings.push_back(*finding);
  }
  return findings;
}

std::vector<std::string> pattern_findings(const Signal& signal) {
  const RE2 pattern(piece(signal.pattern), quiet());
  if (!pattern.ok()) {
    return {"pattern: " + pattern.error()};
  }
  std::vector<std::string> findings = gate_findings(signal.pattern, signal.gates);
  const std::vector<std::string> gates = lowered(signal.gates);
  if (signal.examples.empty() || signal.near_misses.empty()) {
    findings.push_back("a pattern needs at least one example and one near miss");
  }
  for (const std::string_view example : signal.examples) {
    if (!RE2::PartialMatch(piece(example), pattern)) {
      findings.push_back("examples: the pattern does not match " + quote(example));
    }
    if (!gates.empty() && !holds_a_gate(text::lower(example), gates)) {
      findings.push_back("examples: no gate is in " + quote(example));
    }
  }
  for (const std::string_view near_miss : signal.near_misses) {
    if (RE2::PartialMatch(piece(near_miss), pattern)) {
      findings.push_back("near_misses: the pattern matches " + quote(near_miss));
    }
  }
  return findings;
}

}  // namespace gpm::kb
