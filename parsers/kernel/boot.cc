// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/boot.h"

#include <array>

#include "parsers/kernel/message.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {
namespace {

using text::piece;

constexpr int parameters_max = 256;

// The next parameter; a quoted value may hold blanks.
std::string_view take_parameter(std::string_view& rest) {
  rest = text::trim(rest);
  bool quoted = false;
  std::size_t end = 0;
  while (end < rest.size() && (quoted || rest[end] != ' ')) {
    if (rest[end] == '"') quoted = !quoted;
    ++end;
  }
  const auto parameter = rest.substr(0, end);
  rest.remove_prefix(end);
  return parameter;
}

}  // namespace

std::string_view BootParser::format() const { return format_name; }

std::span<const std::string_view> BootParser::gates() const {
  static constexpr std::array<std::string_view, 7> literals = {
      "Linux version ", "command line: ", "BOOT_IMAGE=", "Hypervisor detected: ", "DMI: ", "Hostname set to <", "Set hostname to <"};
  return literals;
}

void BootParser::command_line(const text::Line& line, std::string_view parameters, facts::Sink& sink) {
  parameters = text::trim(parameters.substr(0, text::max_evidence_bytes));
  if (parameters == last_command_line_) return;
  last_command_line_ = parameters;
  for (int i = 0; i < parameters_max && !parameters.empty(); ++i) {
    const auto parameter = take_parameter(parameters);
    const auto equals = parameter.find('=');
    auto value = equals == std::string_view::npos ? std::string_view{} : parameter.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    const auto key = parameter.substr(0, equals);
    if (!key.empty()) sink.add(setting(line, "kernel_cmdline", key, value));
  }
}

Want BootParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex version(R"(^Linux version (\d+\.\d+\S*) \()");
  static const text::Regex hypervisor(R"(^Hypervisor detected: (.+))");
  static const text::Regex product(R"(^DMI: (.+?), BIOS )");
  static const text::Regex hostname(R"(ostname(?: set)? to <([A-Za-z0-9][A-Za-z0-9.-]*)>)");
  // Not {1,64}: RE2 compiles each repetition by itself.
  constexpr std::size_t longest_hypervisor = 64, longest_product = 160, longest_host = 253;
  const auto message = text::trim(line.message);
  const auto subject = piece(message);
  std::string value;
  if (text::Regex::PartialMatch(subject, version, &value)) {
    auto boot = kernel::event(line, "kernel.boot", message);
    boot.attributes["version"] = value;
    sink.add(std::move(boot));
    sink.add(setting(line, "host", "kernel", value));
    last_command_line_.clear();
  } else if (message.starts_with("Command line: ") || message.starts_with("Kernel command line: ")) {
    command_line(line, message.substr(message.find(": ") + 2), sink);
  } else if (message.starts_with("BOOT_IMAGE=")) {
    command_line(line, message, sink);
  } else if (text::Regex::PartialMatch(subject, hypervisor, &value)) {
    sink.add(setting(line, "host", "virtualization", text::trim(std::string_view(value).substr(0, longest_hypervisor))));
  } else if (text::Regex::PartialMatch(subject, product, &value) && value.size() <= longest_product) {
    sink.add(setting(line, "host", "product", value));
  } else if (text::Regex::PartialMatch(subject, hostname, &value) && value.size() <= longest_host) {
    sink.document_host(value);
  }
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
