// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/machine.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"


namespace gpm::parsers::host {
namespace {

using text::piece;

// Docker names a container's host by twelve hex digits of its id.
bool container_id(std::string_view name) { return name.size() == 12 && text::hexadecimal(name).has_value(); }

void name_host(const text::Line& line, const std::string& name, facts::Sink& sink) {
  sink.add(setting_of(line, "host", "hostname", name));
  if (!container_id(name)) sink.document_host(text::short_host(name));
}

struct Field {
  std::string_view name, key;
};

bool read_field(const text::Line& line, std::string_view message, facts::Sink& sink) {
  static constexpr std::array<Field, 4> settings = {{{"Model name", "cpu_model"},
                                                     {"Hypervisor vendor", "virtualization"},
                                                     {"Operating System", "os"},
                                                     {"Virtualization", "virtualization"}}};
  static constexpr std::array<Field, 2> counts = {{{"Socket(s)", "host.sockets"}, {"NUMA node(s)", "numa.nodes"}}};
  const auto colon = message.find(':');
  if (colon == std::string_view::npos || colon > 32) return false;
  const auto name = message.substr(0, colon);
  const auto value = text::trim(message.substr(colon + 1)).substr(0, 256);
  if (value.empty()) return false;
  for (const auto& field : settings) {
    if (name != field.name) continue;
    // lscpu's "Virtualization: VT-x" says what the CPU can do, not what it runs on.
    if (name == "Virtualization" && (value == "VT-x" || value == "AMD-V")) return true;
    sink.add(setting_of(line, "host", field.key, value));
    return true;
  }
  for (const auto& field : counts) {
    const auto number = text::integer(value);
    if (name != field.name || !number) continue;
    auto found = snapshot_of(line, std::string(field.key), "", value);
    found.number = static_cast<double>(*number);
    sink.add(std::move(found));
    return true;
  }
  return false;
}

}  // namespace

std::span<const std::string_view> MachineParser::gates() const {
  static constexpr std::array<std::string_view, 11> literals = {
      "GNU/Linux",         "PRETTY_NAME=",   "NVRM version: ",     "Model name:",
      "Socket(s):",        "NUMA node(s):",  "Hypervisor vendor:", "Static hostname:",
      "Operating System:", "Kernel: Linux ", "Virtualization:"};
  return literals;
}

Want MachineParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex uname(R"(^Linux ([\w.-]+) (\d+\.\d+\S*) #\S+ .*GNU/Linux$)");
  static const text::Regex pretty(R"re(^PRETTY_NAME="?([^"]+)"?$)re");
  static const text::Regex nvrm(
      R"(^NVRM version: NVIDIA UNIX (?:(Open) Kernel Module for \S+|\S+ Kernel Module)\s+(\d+\.\d+(?:\.\d+)?))");
  static const text::Regex hostnamectl(R"(^Static hostname: ([\w.-]+)$)");
  static const text::Regex kernel(R"(^Kernel: Linux (\S{1,100})$)");
  // Not {1,253}: RE2 compiles each repetition by itself.
  constexpr std::size_t longest_host = 253, longest_name = 200;
  const auto message = text::trim(line.message);
  std::string a, b;
  if (text::Regex::PartialMatch(piece(message), uname, &a, &b) && a.size() <= longest_host) {
    name_host(line, a, sink);
    sink.add(setting_of(line, "host", "kernel", b));
  } else if (text::Regex::PartialMatch(piece(message), pretty, &a) && a.size() <= longest_name) {
    sink.add(setting_of(line, "host", "os", a));
  } else if (text::Regex::PartialMatch(piece(message), nvrm, &a, &b)) {
    sink.add(setting_of(line, "host", "driver_version", b));
    sink.add(setting_of(line, "host", "driver_flavour", a.empty() ? "proprietary" : "open"));
  } else if (text::Regex::PartialMatch(piece(message), hostnamectl, &a) && a.size() <= longest_host) {
    name_host(line, a, sink);
  } else if (text::Regex::PartialMatch(piece(message), kernel, &a)) {
    sink.add(setting_of(line, "host", "kernel", a));
  } else {
    read_field(line, message, sink);
  }
  return Want::gated;
}

}  // namespace gpm::parsers::host
