// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/numactl.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"


namespace gpm::parsers::host {
namespace {

using text::piece;

// The long name of a binding option; empty for any other.
std::string_view binding(std::string_view option) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names = {
      {{"-N", "cpunodebind"},
       {"--cpunodebind", "cpunodebind"},
       {"-m", "membind"},
       {"--membind", "membind"},
       {"-C", "physcpubind"},
       {"--physcpubind", "physcpubind"},
       {"-i", "interleave"},
       {"--interleave", "interleave"},
       {"-p", "preferred"},
       {"--preferred", "preferred"},
       {"-l", "localalloc"},
       {"--localalloc", "localalloc"},
       {"-c", "cpunodebind"},
       {"--cpubind", "cpunodebind"}}};
  for (const auto& [name, meaning] : names)
    if (option == name) return meaning;
  return {};
}

void read_launch(const text::Line& line, std::string_view arguments, facts::Sink& sink) {
  const auto words = text::words(arguments.substr(0, 1024));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    const auto name = binding(words[i].substr(0, equals));
    if (name.empty()) return;  // the program to start, or an option that binds nothing
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = words[i].substr(equals + 1);
    } else if (name != "localalloc" && i + 1 < words.size()) {
      value = words[++i];
    }
    sink.add(setting_of(line, "numactl", name, value));
  }
}

}  // namespace

std::span<const std::string_view> NumactlParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {" nodes (", " cpus: ", "numactl ", " size: "};
  return literals;
}

Want NumactlParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex nodes(R"(^available: (\d{1,4}) nodes? \()");
  static const text::Regex cpus(R"(^node (\d{1,4}) cpus:((?: \d{1,5})*)\s*$)");
  static const text::Regex memory(R"(^node (\d{1,4}) (size|free): (\d{1,12}) MB)");
  const auto message = text::trim(line.message);
  std::string node, value, amount;
  if (text::Regex::PartialMatch(piece(message), nodes, &value)) {
    auto found = snapshot_of(line, "numa.nodes", "", value);
    found.number = text::leading_number(value);
    sink.add(std::move(found));
    return Want::next;
  }
  if (text::Regex::PartialMatch(piece(message), cpus, &node, &value)) {
    auto found = snapshot_of(line, "numa.cpus", node, text::trim(value));
    found.number = static_cast<double>(text::words(value).size());
    sink.add(std::move(found));
    return Want::next;
  }
  if (text::Regex::PartialMatch(piece(message), memory, &node, &value, &amount)) {
    auto found = snapshot_of(line, value == "size" ? "numa.memory_mib" : "numa.memory_free_mib", node, amount);
    found.number = text::leading_number(amount);
    sink.add(std::move(found));
    return Want::next;
  }
  if (const auto at = message.find("numactl -"); at != std::string_view::npos)
    read_launch(line, message.substr(at + 8), sink);
  return Want::gated;
}

}  // namespace gpm::parsers::host
