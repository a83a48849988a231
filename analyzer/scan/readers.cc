// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/readers.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory_resource>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>

#include "analyzer/scan/sampling.h"
#include "analyzer/scan/unusual.h"
#include "analyzer/store/store.h"
#include "parsers/formats/bug_report.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::scan {

namespace {

struct Use {
  std::uint32_t gate, user;
};

// The users of the first gate, of the second and so on.
std::vector<std::uint32_t> gate_by_gate(const std::vector<Use>& uses, std::vector<GateOwners>& owners, std::span<const std::uint32_t> GateOwners::*of_gate) {
  std::vector<std::uint32_t> begins(owners.size() + 1), users(uses.size());
  for (const auto& use : uses) ++begins[use.gate];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());  // now they are the ends
  for (auto use = uses.rbegin(); use != uses.rend(); ++use) users[--begins[use->gate]] = use->user;
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i].*of_gate = std::span(users).subspan(begins[i], begins[i + 1] - begins[i]);
  return users;
}

}  // namespace

Readers::Readers(const kb::Knowledge& knowledge, const parsers::LineParsers& parsers) {
  constexpr std::size_t usual_gates = 4096;
  std::pmr::monotonic_buffer_resource memory(std::size_t{256} << 10);  // thousands of small things that go together
  std::pmr::unordered_map<std::string_view, std::uint32_t> ids(usual_gates, &memory);
  std::pmr::deque<std::pmr::string> lowered(&memory);
  std::vector<std::string_view> literals;  // the keys of `ids`
  std::vector<Use> uses_by_parsers, uses_by_patterns;
  literals.reserve(usual_gates);
  owners.reserve(usual_gates);
  uses_by_patterns.reserve(usual_gates);
  const auto id_of = [&](std::string_view gate) {
    if (std::any_of(gate.begin(), gate.end(), [](char c) { return text::lower_char(c) != c; })) {
      auto& name = lowered.emplace_back(gate);
      std::transform(name.begin(), name.end(), name.begin(), text::lower_char);
      gate = name;
    }
    const auto [entry, is_new] = ids.emplace(gate, static_cast<std::uint32_t>(literals.size()));
    if (is_new) {
      literals.push_back(gate);
      owners.emplace_back();
    }
    return entry->second;
  };
  for (std::size_t i = 0; i < parsers.size(); ++i)
    for (auto gate : parsers[i]->gates()) uses_by_parsers.push_back({id_of(gate), static_cast<std::uint32_t>(i)});
  for (const auto& signal : knowledge.signals) {
    if (signal.pattern.empty()) continue;
    for (auto gate : signal.gates) uses_by_patterns.push_back({id_of(gate), static_cast<std::uint32_t>(patterns.size())});
    patterns.emplace_back(signal);
  }
  for (auto word : alarm_words()) owners[id_of(word)].alarm = true;
  for (auto gate : store::clock_gates()) owners[id_of(gate)].clock = true;
  // The first piece of a line that the container engine cut may hold no gate, or half of one.
  for (const char* piece : {" stdout P ", " stderr P "}) owners[id_of(piece)].piece = true;
  owners[id_of(formats::BugReport::separator)].section = true;
  parsers_of_gates_ = gate_by_gate(uses_by_parsers, owners, &GateOwners::parsers);
  patterns_of_gates_ = gate_by_gate(uses_by_patterns, owners, &GateOwners::patterns);
  find_samples(parsers, literals);
  gates = std::make_unique<GateSearch>(literals);
}

// The gates whose owners are all content with some of the lines; those of one parser or pattern belong together.
void Readers::find_samples(const parsers::LineParsers& parsers, const std::vector<std::string_view>& literals) {
  samples.assign(literals.size(), Sampling::none);
  std::map<std::pair<bool, std::uint32_t>, int> numbers;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    auto& owner = owners[i];
    if (owner.section || owner.piece) continue;
    owner.flood = !owner.clock;
    if (owner.alarm) continue;
    owner.sole = owner.parsers.size() == 1 && owner.patterns.empty() && !owner.clock;
    const auto is_gate = [&](std::string_view gate) { return gate.size() == literals[i].size() && text::lower(gate) == literals[i]; };
    const bool content = std::all_of(owner.parsers.begin(), owner.parsers.end(), [&](auto parser) {
      const auto sampled = parsers[parser]->sampled_gates();
      return std::any_of(sampled.begin(), sampled.end(), is_gate);
    }) && std::all_of(owner.patterns.begin(), owner.patterns.end(), [&](auto pattern) { return patterns[pattern].signal().sampled; });
    if (!content || (owner.clock && literals[i] != store::often_printed_clock_gate)) continue;
    const auto whose = owner.patterns.empty() ? std::pair(false, owner.parsers.empty() ? ~0u : owner.parsers[0]) : std::pair(true, owner.patterns[0]);
    owner.flood = false;
    samples[i] = numbers.emplace(whose, static_cast<int>(numbers.size())).first->second;
  }
}

}  // namespace gpm::scan
