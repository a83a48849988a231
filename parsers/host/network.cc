// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/network.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {
namespace {

void snapshot(const text::Line& line, std::string_view metric, std::string_view subject, std::string_view text, facts::Sink& sink) {
  auto fact = snapshot_of(line, metric, subject, text);
  fact.number = text::leading_number(text);
  sink.add(std::move(fact));
}

}  // namespace

std::span<const std::string_view> NetworkParser::gates() const {
  static constexpr std::array<std::string_view, 8> literals = {"> mtu ", "default via ", "Settings for ", " UP   ", " DOWN  ", "UNKNOWN  ", "\tv1\t", "\tv2\t"};
  return literals;
}

Want NetworkParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex head(R"(^\d+: ([\w.@-]+): <([A-Z_,0-9-]*)> mtu (\d+)(?:.* state (\w+))?)");
  static const text::Regex brief(R"(^([\w.@-]+)\s+(UP|DOWN|UNKNOWN)\s+(\d+\.\d+\.\d+\.\d+/\d+|[0-9a-f:]+/\d+|[0-9a-f]{2}(?::[0-9a-f]{2}){5})(?:\s|$))");
  static const text::Regex address(R"(^\s+inet6? (\S+) .*scope (?:global|site))");
  static const text::Regex route(R"(^default via (\S+) dev (\S+))");
  static const text::Regex settings(R"(^Settings for ([\w.-]+):$)");
  static const text::Regex value(R"(^\s+(Speed|Link detected): (\S+))");
  static const text::Regex gid(R"(^(\w+)\t(\d+)\t(\d+)\t([0-9a-f:]{39})\t+([\d.]*)\s*\t(v[12])\t)");
  const auto raw = text::piece(line.raw);
  if (facts_left_ <= 0) return Want::gated;
  std::string name, flags, mtu, state, extra;
  if (text::Regex::PartialMatch(raw, head, &name, &flags, &mtu, &state)) {
    interface_ = name.substr(0, name.find('@'));
    ethtool_ = false;
    facts_left_ -= 2;
    const bool no_carrier = text::contains(flags, "NO-CARRIER");
    snapshot(line, "net.state", interface_, no_carrier ? "no-carrier" : text::lower(state), sink);
    snapshot(line, "net.mtu", interface_, mtu, sink);
    return Want::next;
  }
  if (text::Regex::PartialMatch(raw, settings, &name)) {
    interface_ = name;
    ethtool_ = true;
    return Want::next;
  }
  if (text::Regex::PartialMatch(raw, brief, &name, &state, &extra)) {
    facts_left_ -= 2;
    snapshot(line, "net.state", name, text::lower(state), sink);
    if (extra.find('/') != std::string::npos) snapshot(line, "net.address", name, extra, sink);
    return Want::gated;
  }
  if (text::Regex::PartialMatch(raw, route, &extra, &name)) {
    --facts_left_;
    snapshot(line, "net.default_route", name, extra, sink);
    return Want::gated;
  }
  if (std::string port, index, ip; text::Regex::PartialMatch(raw, gid, &name, &port, &index, &extra, &ip, &state)) {
    --facts_left_;
    snapshot(line, "rdma.gid", name + ":" + port + ":" + index, state + " " + (ip.empty() ? extra : ip), sink);
    return Want::gated;
  }
  if (interface_.empty() || line.raw.empty() || (line.raw.front() != ' ' && line.raw.front() != '\t')) {
    interface_.clear();
    return Want::gated;
  }
  if (!ethtool_ && text::Regex::PartialMatch(raw, address, &extra)) {
    --facts_left_;
    snapshot(line, "net.address", interface_, extra, sink);
  } else if (ethtool_ && text::Regex::PartialMatch(raw, value, &name, &extra)) {
    --facts_left_;
    snapshot(line, name == "Speed" ? "net.speed_mbps" : "net.link_detected", interface_, extra, sink);
  }
  return Want::next;
}

}  // namespace gpm::parsers::host
