// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/devices.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"


namespace gpm::parsers::host {

using text::piece;

std::span<const std::string_view> DevicesParser::gates() const {
  static constexpr std::array<std::string_view, 9> literals = {"nvidia",  "nouveau",   "nova_core", "gdrdrv", "ib_core",
                                                               "ib_umad", "ib_uverbs", "mlx5_ib",   "Used by"};
  return literals;
}

Want DevicesParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex module(
      R"(^(nvidia\w*|nv_peer_mem|nouveau|nova_core|gdrdrv|ib_core|ib_umad|ib_uverbs|mlx5_ib|mlx5_core|vfio_pci)\s+\d{3,12}\s+(?:-|-?\d+)(?:\s|$))");
  static const text::Regex header(R"(^Module\s+Size\s+Used by)");
  static const text::Regex node(
      R"(^(c[rwxsStT-]{9})[.+@]?\s+\d+\s+(\S+)\s+(\S+)\s+(\d+),\s*(\d+)\s.*?(?:/dev/|\s)((?:nvidia-caps/)?nvidia[\w-]*)\s*$)");
  static const text::Regex missing(R"(ls: cannot access '?(/dev/nvidia[^':]*)'?: No such file)");
  const auto message = text::trim(line.message.substr(0, 1024));
  std::string name, mode, user, group, major, minor;
  if (text::Regex::PartialMatch(piece(message), module, &name)) {
    sink.add(setting_of(line, "kernel_module", name, "present"));
  } else if (text::Regex::PartialMatch(piece(message), header)) {
    sink.add(setting_of(line, "kernel_module", "lsmod", "complete"));
  } else if (text::Regex::PartialMatch(piece(message), node, &mode, &user, &group, &major, &minor, &name)) {
    sink.add(setting_of(line, "host", "device_node:" + name,
                        mode + " " + user + " " + group + " " + major + ":" + minor));
  } else if (text::Regex::PartialMatch(piece(message), missing, &name)) {
    auto event = event_of(line, "host.device_nodes_missing");
    event.attributes["path"] = name;
    sink.add(std::move(event));
  }
  return Want::gated;
}

}  // namespace gpm::parsers::host
