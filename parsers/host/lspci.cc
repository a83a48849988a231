// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/lspci.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

using text::piece;

std::span<const std::string_view> LspciParser::gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"NVIDIA Corporation", "PCI bridge", "Host bridge"};
  return literals;
}

bool LspciParser::read_header(const text::Line& line, facts::Sink& sink) {
  static const text::Regex form(
      R"(^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ([A-Z0-9][^:\[]+?)(?: \[[0-9a-f]{4}\])?: (.+))");
  std::string address, type, name;
  constexpr std::size_t longest_type = 61, longest_name = 300;  // not {2,60}: RE2 compiles each repetition by itself
  if (!text::Regex::PartialMatch(piece(line.message), form, &address, &type, &name) || type.size() < 3 || type.size() > longest_type) return false;
  name.resize(std::min(name.size(), longest_name));
  pci_ = text::pci_address(address).value_or("");
  nvidia_ = name.starts_with("NVIDIA") || name.starts_with("nVidia");
  dead_ = false;
  cap_speed_.clear();
  cap_width_.clear();
  if (!nvidia_) return true;
  const bool display = type.starts_with("3D") || type.starts_with("VGA") || type.starts_with("Display");
  const auto revision = name.find(" (rev ");
  if (display) {
    auto gpu = event_of(line, "host.lspci_gpu");
    gpu.place.pci = pci_;
    gpu.attributes["name"] = text::valid_utf8(std::string_view(name).substr(0, revision));
    sink.add(std::move(gpu));
  }
  if (display && text::contains(name, "(rev ff)")) {
    auto dead = event_of(line, "host.lspci_dead_device");
    dead.place.pci = pci_;
    sink.add(std::move(dead));
    dead_ = true;
  }
  return true;
}

void LspciParser::read_link(const text::Line& line, std::string_view detail, facts::Sink& sink) {
  static const text::Regex form(
      R"(Speed ([0-9.]+GT/s)(?: \((ok|downgraded|overdriven|strange)\))?, Width (x\d+)(?: \((ok|downgraded|overdriven|strange)\))?)");
  std::string speed, speed_state, width, width_state;
  if (!text::Regex::PartialMatch(piece(detail), form, &speed, &speed_state, &width, &width_state)) return;
  if (detail.starts_with("LnkCap:")) {
    cap_speed_ = speed;
    cap_width_ = width;
    return;
  }
  // Old lspci prints no words: compare with what the device can do.
  if (speed_state.empty() && !cap_speed_.empty()) speed_state = speed == cap_speed_ ? "ok" : "downgraded";
  if (width_state.empty() && !cap_width_.empty()) width_state = width == cap_width_ ? "ok" : "downgraded";
  auto link = event_of(line, "host.pcie_link");
  link.place.pci = pci_;
  link.attributes = {{"speed", speed}, {"width", width}};
  set_attribute(link, "speed_state", speed_state);
  set_attribute(link, "width_state", width_state);
  set_attribute(link, "speed_max", cap_speed_);
  set_attribute(link, "width_max", cap_width_);
  sink.add(std::move(link));
}

void LspciParser::read_detail(const text::Line& line, std::string_view detail, facts::Sink& sink) {
  if (detail.starts_with("ACSCtl:")) {
    auto acs = snapshot_of(line, "acs.redirect", pci_, text::trim(detail.substr(7)));
    acs.number = text::contains(detail, "ReqRedir+") || text::contains(detail, "CmpltRedir+") ? 1 : 0;
    sink.add(std::move(acs));
    return;
  }
  if (!nvidia_) return;
  if (detail.starts_with("!!! Unknown header type 7f") && !dead_) {
    dead_ = true;
    auto dead = event_of(line, "host.lspci_dead_device");
    dead.place.pci = pci_;
    sink.add(std::move(dead));
  } else if (detail.starts_with("LnkSta:") || detail.starts_with("LnkCap:")) {
    read_link(line, detail, sink);
  } else if (detail.starts_with("Region ") && text::contains(detail, "Memory at <unassigned>")) {
    auto bar = event_of(line, "host.lspci_bar_unassigned");
    bar.place.pci = pci_;
    sink.add(std::move(bar));
  } else if (detail.starts_with("Kernel driver in use: ")) {
    auto driver = setting_of(line, "host", "pci_driver", text::trim(detail.substr(22)));
    driver.place.pci = pci_;
    sink.add(std::move(driver));
  }
}

Want LspciParser::line(const text::Line& line, facts::Sink& sink) {
  if (line.message.empty() || text::trim(line.message).empty()) return pci_.empty() ? Want::gated : Want::next;
  if (read_header(line, sink)) return Want::next;
  if (pci_.empty()) return Want::gated;
  if (line.message[0] != '\t' && line.message[0] != ' ') {
    pci_.clear();
    return Want::gated;
  }
  read_detail(line, text::trim(line.message), sink);
  return Want::next;
}

}  // namespace gpm::parsers::host
