// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/nvlink.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "parsers/nvidia_smi/list.h"
#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {
namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using text::view;

struct Counter {
  std::string_view printed, metric;
};
constexpr Counter counters[] = {
    {"Replay Errors", "nvlink.replay_errors"},
    {"Recovery Errors", "nvlink.recovery_errors"},
    {"CRC Errors", "nvlink.crc_errors"},
    {"Malformed packet Errors", "nvlink.malformed_packet_errors"},
    {"Buffer overrun Errors", "nvlink.buffer_overrun_errors"},
    {"Rx Errors", "nvlink.rx_errors"},
    {"Rx remote Errors", "nvlink.rx_remote_errors"},
    {"Rx General Errors", "nvlink.rx_general_errors"},
    {"Local link integrity Errors", "nvlink.local_link_integrity_errors"},
    {"Tx discards", "nvlink.tx_discards"},
    {"Link recovery successful events", "nvlink.link_recovery_successful"},
    {"Link recovery failed events", "nvlink.link_recovery_failed"},
    {"Total link recovery events", "nvlink.link_recovery_total"},
    {"Effective Errors", "nvlink.effective_errors"},
    {"Effective BER", "nvlink.effective_ber"},
    {"Symbol Errors", "nvlink.symbol_errors"},
    {"Symbol BER", "nvlink.symbol_ber"},
};

std::string_view metric_of(std::string_view printed) {
  for (const auto& counter : counters)
    if (counter.printed == printed) return counter.metric;
  return {};
}

// "1.5e-12" too, which leading_number does not take.
std::optional<double> error_rate(const std::string& value) {
  static const text::Regex pattern(R"(([0-9.]{1,24}(?:[eE][+-]?\d{1,3})?)\s*)");
  double number = 0;
  if (!text::Regex::FullMatch(value, pattern, &number)) return text::leading_number(value);
  return number;
}

}  // namespace

std::span<const std::string_view> NvlinkParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"(UUID: GPU-", "Unable to retrieve NVLink information"};
  return literals;
}

Want NvlinkParser::line(const text::Line& line, facts::Sink& sink) {
  facts::Place place = line.place;
  std::string name;
  if (read_gpu_line(line.message, place, name)) {
    gpu_ = std::move(place);
    foreign_lines_ = 0;
    return Want::next;
  }
  if (text::contains(line.message, "Unable to retrieve NVLink information")) {
    reporter_.add(facts::Event{"nvidia_smi.error", std::nullopt, gpu_.value_or(line.place), line.time, text::origin(line),
                               {{"message", std::string(text::trim(line.message.substr(0, 512)))}, {"state", "nvlink-inactive"}}},
                  sink);
    return gpu_ ? Want::next : Want::gated;
  }
  if (!gpu_) return Want::gated;
  if (link(line, sink)) {
    foreign_lines_ = 0;
    return Want::next;
  }
  if (++foreign_lines_ <= 2) return Want::next;  // a blank line between links, a warning
  gpu_.reset();
  return Want::gated;
}

bool NvlinkParser::link(const text::Line& line, facts::Sink& sink) {
  static const text::Regex speed(R"(\s*Link (\d{1,3}): ([0-9.]{1,12}) GB/s\s*)");
  static const text::Regex inactive(R"((?i)\s*Link (\d{1,3}): <?(inactive)>?\s*)");
  static const text::Regex remote(R"(\s*Link (\d{1,3}): (Remote Device \S{4,32}: Link \d{1,3})\s*)");
  static const text::Regex counter(R"(\s*Link (\d{1,3}): ([A-Za-z][A-Za-z ]{2,40}): ([0-9][0-9.eE+-]{0,30})\s*)");
  static const text::Regex capability(R"(\s*Link (\d{1,3}), (P2P is supported|Link is supported|P2P atomics supported): (true|false)\s*)");
  static const text::Regex any(R"(\s*Link \d{1,3}[:,] .{1,100})");
  const auto message = piece(line.message.substr(0, 512));
  StringPiece link, value, kind;
  if (text::Regex::FullMatch(message, speed, &link, &value)) {
    snapshot(line, "nvlink.speed_gbps", view(link), text::leading_number(view(value)), view(value), sink);
  } else if (text::Regex::FullMatch(message, inactive, &link, &value)) {
    snapshot(line, "nvlink.speed_gbps", view(link), 0, "<inactive>", sink);
  } else if (text::Regex::FullMatch(message, remote, &link, &value)) {
    snapshot(line, "nvlink.remote", view(link), std::nullopt, view(value), sink);
  } else if (text::Regex::FullMatch(message, counter, &link, &kind, &value)) {
    const auto metric = metric_of(view(kind));
    const auto number = error_rate(std::string(view(value)));
    if (!metric.empty() && number) snapshot(line, metric, view(link), number, view(value), sink);
  } else if (text::Regex::FullMatch(message, capability, &link, &kind, &value)) {
    const auto metric = view(kind).starts_with("P2P is") ? "nvlink.p2p_supported" : view(kind).starts_with("Link") ? "nvlink.link_supported" : "nvlink.p2p_atomics_supported";
    snapshot(line, metric, view(link), std::nullopt, view(value), sink);
  } else {
    return text::Regex::FullMatch(message, any);
  }
  return true;
}

void NvlinkParser::snapshot(const text::Line& line, std::string_view metric, std::string_view link,
                            std::optional<double> number, std::string_view value, facts::Sink& sink) {
  reporter_.add(facts::Snapshot{std::string(metric), std::string(link), number, std::string(value), *gpu_, line.time,
                                text::origin(line)}, sink);
}

}  // namespace gpm::nvidia_smi
