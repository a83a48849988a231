// SPDX-License-Identifier: Apache-2.0
#include "parsers/rdma/rdma.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::rdma {
namespace {

constexpr int block_lines =
    400; // ibv_devinfo -v prints some 60 lines and a GID table a port

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

facts::Snapshot snapshot(const text::Line &line, std::string_view metric,
                         std::string subject, std::string_view value) {
  facts::Snapshot made;
  made.metric = metric;
  made.subject = std::move(subject);
  made.text = text::valid_utf8(value.substr(0, 200));
  made.place = line.place;
  made.time = line.time;
  made.at = text::origin(line, line.message);
  return made;
}

// "4: ACTIVE", "PORT_ACTIVE (4)", "Active" -> "active"; "5: LinkUp", "LINK_UP
// (5)" -> "linkup".
std::string state_word(std::string_view value) {
  value = text::trim(value);
  if (const auto colon = value.find(": "); colon != std::string_view::npos)
    value.remove_prefix(colon + 2);
  value = value.substr(0, value.find(" ("));
  if (value.starts_with("PORT_"))
    value.remove_prefix(5);
  std::string word;
  for (const char c : text::lower(value.substr(0, 40)))
    if (c != '_' && c != ' ')
      word += c;
  if (word == "initializing" || word == "initialize")
    return "init";
  return word;
}

struct Field {
  std::string_view key, metric;
  enum class Value { state, number, word, of_device } value;
};
constexpr std::array<Field, 16> fields = {
    {{"state", "rdma.port_state", Field::Value::state},
     {"physical state", "rdma.physical_state", Field::Value::state},
     {"phys state", "rdma.physical_state", Field::Value::state},
     {"phys_state", "rdma.physical_state", Field::Value::state},
     {"rate", "rdma.rate_gbps", Field::Value::number},
     {"base lid", "rdma.base_lid", Field::Value::number},
     {"port_lid", "rdma.base_lid", Field::Value::number},
     {"sm lid", "rdma.sm_lid", Field::Value::number},
     {"sm_lid", "rdma.sm_lid", Field::Value::number},
     {"link layer", "rdma.link_layer", Field::Value::word},
     {"link_layer", "rdma.link_layer", Field::Value::word},
     {"active_mtu", "rdma.active_mtu_bytes", Field::Value::number},
     {"max_mtu", "rdma.max_mtu_bytes", Field::Value::number},
     {"firmware version", "rdma.firmware_version", Field::Value::of_device},
     {"fw_ver", "rdma.firmware_version", Field::Value::of_device},
     {"board_id", "rdma.board_id", Field::Value::of_device}}};

// "334", "0x14e" (ibstatus) -> number.
std::optional<double> number_of(std::string_view value) {
  if (value.starts_with("0x")) {
    const auto hex = text::hexadecimal(value.substr(0, value.find(' ')));
    return hex ? std::optional<double>(static_cast<double>(*hex))
               : std::nullopt;
  }
  return text::leading_number(value);
}

// Counters that tell of a bad link; others are traffic.
bool tells_of_trouble(std::string_view counter) {
  static constexpr std::array<std::string_view, 12> names = {
      "link_downed",
      "link_error_recovery",
      "symbol_error",
      "port_rcv_errors",
      "local_link_integrity_errors",
      "port_xmit_discards",
      "out_of_sequence",
      "packet_seq_err",
      "local_ack_timeout_err",
      "rnr_nak_retry_err",
      "excessive_buffer_overrun_errors",
      "roce_slow_restart"};
  return std::find(names.begin(), names.end(), counter) != names.end();
}

} // namespace

std::span<const std::string_view> RdmaParser::gates() const {
  static constexpr std::array<std::string_view, 10> literals = {
      "CA '",
      "Infiniband device '",
      "hca_id:",
      " ==> ",
      "physical_state ",
      "/sys/class/infiniband/",
      "IB devices",
      "ibstat: ",
      "ibpanic: ",
      "No RDMA devices"};
  return literals;
}

bool RdmaParser::open_block(std::string_view message) {
  static const text::Regex ibstat(R"(^CA '([\w.-]{1,64})'\s*$)", RE2::Latin1);
  static const text::Regex ibstatus(
      R"(^Infiniband device '([\w.-]{1,64})' port (\d{1,3}) status:)",
      RE2::Latin1);
  static const text::Regex devinfo(R"(^hca_id:\s*([\w.-]{1,64})\s*$)", RE2::Latin1);
  std::string device, port = "1";
  if (!text::Regex::PartialMatch(piece(message), ibstatus, &device, &port) &&
      !text::Regex::PartialMatch(piece(message), ibstat, &device) &&
      !text::Regex::PartialMatch(piece(message), devinfo, &device))
    return false;
  device_ = std::move(device);
  port_ = std::move(port);
  lines_left_ = block_lines;
  return true;
}

bool RdmaParser::one_line_record(const text::Line &line,
                                 std::string_view message, facts::Sink &sink) {
  static const text::Regex netdev(
      R"(^(?:[0-9a-f]{4}:[0-9a-f:.]{7}\s+)?([\w.-]{1,64})\s.{0,200}?\bport (\d{1,3})\s*(?:\((\w{1,20})\s*\)\s*)?==> (\S{1,40}) \((Up|Down)\))",
      RE2::Latin1);
  static const text::Regex netdev_short(
      R"(^([\w.-]{1,64}) port (\d{1,3}) ==> (\S{1,40}) \((Up|Down)\))",
      RE2::Latin1);
  static const text::Regex link(
      R"(^(?:link |\d{1,4}/\d{1,4}: )([\w.-]{1,64})/(\d{1,4}):? .{0,200}?\bstate (\w{1,20}) .{0,200}?physical_state (\w{1,20})(?:.{0,80}? netdev (\S{1,40}))?)",
      RE2::Latin1);
  static const text::Regex counter(
      R"((?:^([\w.-]{1,64}): )?/sys/class/infiniband/([\w.-]{1,64})/ports/(\d{1,3})/(?:hw_)?counters/(\w{1,60})\s*[:= ]\s*(\d{1,18})\s*$)",
      RE2::Latin1);
  static const text::Regex none(
      R"(^(?:.{0,60}: )?(?:No IB devices found|Failed to get IB devices list.*|No RDMA devices found|.*stat of IB device '.*' failed.*)$)",
      RE2::Latin1);
  std::string device, port, state, physical, interface;
  if (text::Regex::PartialMatch(piece(message), netdev_short, &device, &port,
                        &interface, &physical) ||
      text::Regex::PartialMatch(piece(message), netdev, &device, &port, &state,
                        &interface, &physical)) {
    const auto subject = device + ":" + port;
    if (!state.empty())
      sink.add(snapshot(line, "rdma.port_state", subject, state_word(state)));
    sink.add(snapshot(line, "rdma.netdev", subject, interface));
    sink.add(
        snapshot(line, "rdma.netdev_state", subject, text::lower(physical)));
    return true;
  }
  if (text::Regex::PartialMatch(piece(message), link, &device, &port, &state, &physical,
                        &interface)) {
    const auto subject = device + ":" + port;
    sink.add(snapshot(line, "rdma.port_state", subject, state_word(state)));
    sink.add(
        snapshot(line, "rdma.physical_state", subject, state_word(physical)));
    if (!interface.empty())
      sink.add(snapshot(line, "rdma.netdev", subject, interface));
    return true;
  }
  std::string host, name, value; // pdsh and clush put the host in front
  if (text::Regex::PartialMatch(piece(message), counter, &host, &device, &port, &name,
                        &value)) {
    if (!tells_of_trouble(name))
      return true;
    auto made = snapshot(line, "rdma." + name, device + ":" + port, value);
    made.number = text::leading_number(value);
    if (!host.empty())
      made.place.host = text::short_host(host);
    sink.add(std::move(made));
    return true;
  }
  if (text::Regex::PartialMatch(piece(message), none)) {
    facts::Event event;
    event.kind = "rdma.no_devices";
    event.place = line.place;
    event.time = line.time;
    event.at = text::origin(line, line.message);
    sink.add(std::move(event));
    return true;
  }
  return false;
}

bool RdmaParser::field(const text::Line &line, std::string_view message,
                       facts::Sink &sink) {
  static const text::Regex port(R"(^Port (\d{1,3}):\s*$)", RE2::Latin1);
  if (message.empty())
    return true;
  if (text::Regex::PartialMatch(piece(message), port, &port_))
    return true;
  const auto colon = message.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 40)
    return false;
  const auto key = text::lower(text::trim(message.substr(0, colon)));
  const auto value = text::trim(message.substr(colon + 1));
  if (key == "port" && text::integer(value)) {
    port_ = value.substr(0, 3);
    return true;
  }
  for (const auto &known : fields) {
    if (key != known.key)
      continue;
    if (value.empty())
      return true;
    auto made = snapshot(
        line, known.metric,
        known.value == Field::Value::of_device ? device_
                                               : device_ + ":" + port_,
        known.value == Field::Value::state ? state_word(value) : value);
    if (known.value == Field::Value::number)
      made.number = number_of(value);
    sink.add(std::move(made));
    return true;
  }
  // An unknown field keeps the block open where it is indented, as all of them
  // are.
  return line.message.starts_with(' ') || line.message.starts_with('\t');
}

Want RdmaParser::line(const text::Line &line, facts::Sink &sink) {
  const auto message = text::trim(line.message.substr(0, 4096));
  if (open_block(message))
    return Want::next;
  if (one_line_record(line, message, sink))
    return device_.empty() ? Want::gated : Want::next;
  if (device_.empty())
    return Want::gated;
  if (--lines_left_ > 0 && field(line, message, sink))
    return Want::next;
  device_.clear();
  return Want::gated;
}

} // namespace gpm::parsers::rdma
