// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/module.h"

#include "parsers/kernel/rules.h"

namespace gpm::parsers::kernel {

std::string_view ModuleParser::format() const { return format_name; }

std::span<const std::string_view> ModuleParser::gates() const {
  static constexpr std::array<std::string_view, 14> literals = {"module verification failed",
                                                                "unsigned module",
                                                                "version magic",
                                                                "disagrees about version of symbol",
                                                                "Unknown symbol",
                                                                "nouveau 0000:",
                                                                "Nvlink Core",
                                                                "Version mismatch",
                                                                "UVM driver",
                                                                "PM: suspend",
                                                                "PM: hibernation",
                                                                "Key was rejected by service",
                                                                "nvidia: probe of",
                                                                "probe with driver nvidia"};
  return literals;
}

Want ModuleParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex unverified(R"(^(nvidia\S*): module verification failed)");
  static const text::Regex rejected(
      R"(^(?:Loading of unsigned module is rejected|Loading of module with unavailable key is rejected))");
  static const text::Regex lockdown(R"(^Lockdown: (\S+): unsigned module loading is restricted)");
  static const text::Regex key(
      R"(could not insert '?(nvidia[\w-]*)'?: (?:Key was rejected by service|Required key not available))");
  static const text::Regex magic(R"(^(nvidia\S*): version magic '([^']{0,200})' should be '([^']{0,200})')");
  static const text::Regex symbol(R"(^(nvidia\S*|gdrdrv): (?:disagrees about version of symbol|Unknown symbol) (\S+))");
  static const text::Regex probe(R"(^nvidia: probe of (\S+) failed with error (-?\d+))");
  static const text::Regex probe_with(R"(^nvidia (\S+): probe with driver nvidia failed with error (-?\d+))");
  static const text::Regex nouveau(R"(^nouveau ([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): (.*))");
  static const text::Regex nvlink_up(R"(^nvidia-nvlink: Nvlink Core is being (initialized))");
  static const text::Regex nvlink_down(R"(^nvidia-nvlink: (Unregistered) (?:the )?Nvlink Core)");
  static const text::Regex switch_version(R"(^nvidia-nvswitch: Version mismatch, kernel version (\S+) user version (\S+))");
  static const text::Regex modeset_version(
      R"(^nvidia-modeset: Version mismatch: nvidia\.ko\(([^)]{1,40})\) nvidia-modeset\.ko\(([^)]{1,40})\))");
  static const text::Regex uvm(R"(^nvidia-uvm: (Loaded|Unloaded) the UVM driver)");
  static const text::Regex suspend(
      R"(^PM: (?:suspend|hibernation): ?(?:hibernation )?(entry|exit)|^PM: (?:suspend|hibernation) (entry|exit))");
  static const std::array<Rule, 15> rules = {{
      {"module verification failed", &unverified, "kernel.module_unsigned", {"module"}},
      {"is rejected", &rejected, "kernel.module_refused", {}},
      {"unsigned module loading", &lockdown, "kernel.module_refused", {"by"}},
      {"could not insert", &key, "kernel.module_refused", {"module"}},
      {"version magic", &magic, "kernel.module_mismatch", {"module", "built_for", "running"}},
      {"symbol", &symbol, "kernel.module_mismatch", {"module", "symbol"}},
      {"probe of", &probe, "kernel.nvidia_probe_failed", {"pci", "error"}},
      {"probe with driver", &probe_with, "kernel.nvidia_probe_failed", {"pci", "error"}},  // Linux 6.9 and later
      {"nouveau", &nouveau, "kernel.nouveau", {"pci", "message"}},
      {"Nvlink Core", &nvlink_up, "kernel.nvlink_core", {"state"}},
      {"Nvlink Core", &nvlink_down, "kernel.nvlink_core", {"state"}},
      {"Version mismatch", &switch_version, "kernel.nvidia_version_mismatch", {"module_version", "client_version"}},
      {"Version mismatch", &modeset_version, "kernel.nvidia_version_mismatch", {"module_version", "client_version"}},
      {"UVM driver", &uvm, "kernel.uvm", {"state"}},
      {"PM: ", &suspend, "kernel.suspend", {"step", "step"}},
  }};
  auto event = recognise(rules, line);
  if (!event.kind.empty()) sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
