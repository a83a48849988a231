// SPDX-License-Identifier: Apache-2.0
#include "parsers/monitor/xid_report.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::monitor {
namespace {

using text::piece;
using text::view;

constexpr std::size_t max_message_bytes = 4096;

struct Report {
  const char* reporter;
  std::string_view code, uuid, pci, index;
};

std::optional<Report> read_device_plugin(std::string_view message) {
  static const text::Regex form(R"(\bXid=(\d{1,4}) on Device=(?:(GPU-[0-9a-f-]{8,36})|nvidia(\d{1,3})(?:, UUID=(GPU-[0-9a-f-]{8,36}))?))",
                        RE2::Latin1);
  re2::StringPiece code, uuid, index, other;
  if (!text::Regex::PartialMatch(piece(message), form, &code, &uuid, &index, &other)) return std::nullopt;
  return Report{"device-plugin", view(code), uuid.empty() ? view(other) : view(uuid), {}, view(index)};
}

std::string_view label(std::string_view labels, std::string_view name) {
  for (std::size_t from = 0; from < labels.size();) {
    const auto at = labels.find(name, from);
    if (at == std::string_view::npos) return {};
    const auto value = at + name.size();
    const bool whole = at == 0 || labels[at - 1] == ',' || labels[at - 1] == '{';
    if (whole && labels.substr(value).starts_with("=\"")) {
      const auto rest = labels.substr(value + 2);
      return rest.substr(0, rest.find('"'));
    }
    from = value;
  }
  return {};
}

std::optional<Report> read_metric(std::string_view message) {
  static const text::Regex form(R"(\b(DCGM_FI_DEV_XID_ERRORS|DCGM_EXP_XID_ERRORS_COUNT)\{([^}]*)\} (\d{1,6})(?:\.0+)?\b)",
                        RE2::Latin1);
  re2::StringPiece name, labels, value;
  if (!text::Regex::PartialMatch(piece(message), form, &name, &labels, &value)) return std::nullopt;
  Report report{"dcgm-exporter", view(value), label(view(labels), "UUID"), label(view(labels), "pci_bus_id"),
                label(view(labels), "gpu")};
  if (view(name) == "DCGM_EXP_XID_ERRORS_COUNT") {
    if (view(value) == "0") return std::nullopt;
    report.code = label(view(labels), "xid");
  }
  return report;
}

std::optional<Report> read_message(std::string_view message) {
  static const text::Regex gpud(R"(\bXID (\d{1,3})(?:\.\d{1,3})? ?\(.{1,200} detected on (?:GPU )?PCI:([0-9a-fA-F:.]{7,16}))", RE2::Latin1);
  static const text::Regex dcgm(R"(\bDetected XID (\d{1,3}) for GPU (\d{1,3})\b)", RE2::Latin1);
  static const text::Regex eks(R"(\bNvidiaXID(\d{1,3})(?:Error|Warning)\b)", RE2::Latin1);
  re2::StringPiece code, where;
  if (text::Regex::PartialMatch(piece(message), gpud, &code, &where)) return Report{"gpud", view(code), {}, view(where), {}};
  if (text::Regex::PartialMatch(piece(message), dcgm, &code, &where)) return Report{"dcgm", view(code), {}, {}, view(where)};
  if (text::Regex::PartialMatch(piece(message), eks, &code)) return Report{"node-monitoring-agent", view(code), {}, {}, {}};
  return std::nullopt;
}

// Xids that a program of the user may cause by itself.
bool by_program(std::int64_t code) {
  static constexpr std::int64_t codes[] = {8, 13, 31, 32, 43, 45, 68, 69, 109};
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

}  // namespace

std::span<const std::string_view> XidReport::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {"Xid=",          "XID_ERRORS{",   "XID_ERRORS_COUNT{",
                                                               "detected on ",  "Detected XID ", "NvidiaXID"};
  return literals;
}

Want XidReport::line(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message.substr(0, max_message_bytes);
  if (message.starts_with('#')) return Want::gated;
  auto report = read_device_plugin(message);
  if (!report) report = read_metric(message);
  if (!report) report = read_message(message);
  if (!report) return Want::gated;
  const auto code = text::integer(report->code);
  if (!code || *code <= 0) return Want::gated;
  if (by_program(*code) && (report->pci.empty() || report->reporter == std::string_view("dcgm-exporter")))
    return Want::gated;
  auto event = event_of(line, "kernel.xid", message);
  event.code = code;
  if (const auto pci = text::pci_address(report->pci)) event.place.pci = *pci;
  if (!report->uuid.empty()) event.place.gpu_uuid = std::string(report->uuid);
  if (const auto index = text::integer(report->index); index && event.place.pci.empty() && report->uuid.empty())
    event.place.gpu_index = static_cast<int>(*index);
  event.attributes["reporter"] = report->reporter;
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::monitor
