// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/xid.h"

#include <array>

#include "parsers/kernel/message.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {
namespace {

using text::piece;

constexpr std::string_view unknown = "<unknown>";

// "pid=123, name=comm, TEXT" -> place and TEXT. The name holds any byte; the kernel cuts it at 15, so look no further
// than some 32 for the ", " that ends it.
std::string_view take_process(std::string_view rest, facts::Place& place) {
  if (!rest.starts_with("pid=")) return rest;
  rest.remove_prefix(4);
  const auto pid = rest.substr(0, rest.find(','));
  place.pid = text::integer(pid);
  rest.remove_prefix(std::min(rest.size(), pid.size() + 1));
  rest = text::trim(rest);
  if (!rest.starts_with("name=")) return rest;
  rest.remove_prefix(5);
  const auto end = rest.substr(0, 40).find(", ");
  auto name = rest.substr(0, end == std::string_view::npos ? rest.find(',') : end);
  if (name.size() > 40) name = name.substr(0, 40);
  rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  if (name != unknown) place.process = text::valid_utf8(text::trim(name));
  return text::trim(rest);
}

std::string fault_address(std::string high, const std::string& low) {
  const auto digits = high.find_first_not_of('0');
  high = digits == std::string::npos ? "" : high.substr(digits);
  if (!high.empty()) return "0x" + high + std::string(low.size() < 8 ? 8 - low.size() : 0, '0') + low;
  const auto first = low.find_first_not_of('0');
  return "0x" + (first == std::string::npos ? "0" : low.substr(first));
}

// Xid 31, 108: what the MMU could not translate. The GPC number came with R580, the 64-bit address is written in
// halves.
void take_mmu_fault(const std::string& detail, facts::Event& event) {
  static const text::Regex fault(
      R"((?:ENGINE (\S+)(?: GPC\d+)? (\S+) )?faulted @ 0x([0-9a-f]{1,8})_([0-9a-f]{1,8})\. Fault is of type (\S+)(?: (\S+))?)");
  std::string engine, client, high, low, type, access;
  if (!text::Regex::PartialMatch(detail, fault, &engine, &client, &high, &low, &type, &access)) return;
  set_attribute(event, "engine", engine);
  set_attribute(event, "client", client);
  set_attribute(event, "fault_address", fault_address(high, low));
  set_attribute(event, "fault_type", type);
  set_attribute(event, "access", access);
}

// Xid 13: one fault is several lines (warp, global, ESR, channel).
void take_sm_exception(const std::string& detail, facts::Event& event) {
  static const text::Regex place(R"(\(GPC (\d+), TPC (\d+)(?:, SM (\d+))?\): (.*))");
  static const text::Regex registers(R"(ESR ((?:0x[0-9a-f]+=0x[0-9a-f]+ ?)+))");
  std::string gpc, tpc, sm, exception, esr;
  if (text::Regex::PartialMatch(detail, place, &gpc, &tpc, &sm, &exception)) {
    set_attribute(event, "gpc", gpc);
    set_attribute(event, "tpc", tpc);
    set_attribute(event, "sm", sm);
    set_attribute(event, "exception", exception);
  }
  if (text::Regex::PartialMatch(detail, registers, &esr)) set_attribute(event, "esr", text::trim(esr));
}

// Xid 144 to 150 and 155: "RLW_SRC_TRACK Nonfatal XC1 i0 Link 12 (0x040988e2 0x00000008 ...)"
void take_nvlink5(const std::string& detail, facts::Event& event) {
  static const text::Regex form(
      R"(^([A-Za-z_0-9]+(?: degraded)?)\s+(Fatal|Nonfatal)\s+XC\d\s+i\d\s+Link\s+(-?\d+)\s*(?:\((0x[0-9a-f]+)(?: (0x[0-9a-f]+))?)?)");
  std::string unit, severity, link, info, status;
  if (!text::Regex::PartialMatch(detail, form, &unit, &severity, &link, &info, &status)) return;
  set_attribute(event, "unit", unit);
  set_attribute(event, "severity", severity);
  set_attribute(event, "link", link);
  set_attribute(event, "intr_info", info);
  set_attribute(event, "error_status", status);
}

// One capture that names one attribute; the first group is its value.
struct Detail {
  const char* attribute;
  std::int64_t first_code, last_code;  // 0, 0: any
  const text::Regex* pattern;
};

void take_details(const std::string& detail, facts::Event& event) {
  static const text::Regex channel(
      R"((?:^|[ :])(?:Ch|ChI[Dd]|Channel|Channel ID|channel)[ ](?:ID )?(?:0x)?([0-9a-fA-F]{4,8})\b)");
  static const text::Regex previous(R"(caused by previous Xid (\d{1,6})\s*$)");
  static const text::Regex link(R"(on link (\d+)|[Tt]rain(?:ing failed for)? link (\d+))");
  static const text::Regex contained(R"((?:Contained|Uncontained): ([^(]+?) ?\()");
  static const text::Regex reset(R"(RST: (Yes|No))");
  static const text::Regex row(R"(\((0x[0-9a-fA-F]+)\)|physAddr (0x[0-9a-f]+)|physical address (0x[0-9a-f]+))");
  static const text::Regex pending(R"((already pending))");
  static const text::Regex function(R"(Expected function (?:\d+ \()?([A-Z_0-9]+))");
  static const text::Regex action(R"(recovery action changed from 0x[0-9a-f]+ \([^)]*\) to 0x[0-9a-f]+ \(([^)]*)\))");
  static const std::array<Detail, 9> details = {{{"channel", 0, 0, &channel},
                                                 {"previous_xid", 0, 0, &previous},
                                                 {"link", 74, 74, &link},
                                                 {"unit", 94, 95, &contained},
                                                 {"reset", 94, 95, &reset},
                                                 {"address", 48, 64, &row},
                                                 {"already_pending", 64, 64, &pending},
                                                 {"gsp_function", 119, 119, &function},
                                                 {"recovery_action", 154, 154, &action}}};
  for (const auto& d : details) {
    if (d.first_code != 0 && (*event.code < d.first_code || *event.code > d.last_code)) continue;
    std::string a, b, c;
    const auto* const pattern = d.pattern->needed_for(text::view(detail));
    if (pattern == nullptr) continue;
    const int groups = pattern->NumberOfCapturingGroups();
    const bool found = groups == 1   ? text::Regex::PartialMatch(detail, *d.pattern, &a)
                       : groups == 2 ? text::Regex::PartialMatch(detail, *d.pattern, &a, &b)
                                     : text::Regex::PartialMatch(detail, *d.pattern, &a, &b, &c);
    if (found) set_attribute(event, d.attribute, !a.empty() ? a : !b.empty() ? b : c);
  }
}

void read_xid(const text::Line& line, std::string_view message, facts::Sink& sink) {
  static const text::Regex head(
      R"(^NVRM: Xid \((?:PCI:)?([0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(?:\.[0-7])?)(?: GPU-I:(\d+))?(?: GPU-CI:(\d+))?\): (\d{1,6})(?:, ?|\s*$))");
  re2::StringPiece rest = piece(message);
  std::string address, gpu_instance, compute_instance, code;
  if (!text::Regex::Consume(&rest, head, &address, &gpu_instance, &compute_instance, &code)) return;
  auto event = kernel::event(line, "kernel.xid", message);
  event.code = text::integer(code);
  event.place.pci = pci(address);
  set_attribute(event, "gpu_instance", gpu_instance);
  set_attribute(event, "compute_instance", compute_instance);
  const auto tail = take_process(text::trim({rest.data(), rest.size()}), event.place);
  const std::string detail = text::valid_utf8(tail.substr(0, text::max_evidence_bytes));
  set_attribute(event, "detail", detail);
  take_details(detail, event);
  if (*event.code == 13) take_sm_exception(detail, event);
  if (*event.code >= 144 && *event.code <= 155) take_nvlink5(detail, event);
  if (*event.code == 31 || *event.code == 108) take_mmu_fault(detail, event);
  sink.add(std::move(event));
}

void read_sxid(const text::Line& line, std::string_view message, facts::Sink& sink) {
  static const text::Regex form(
      R"(^nvidia-nvswitch(\d+): SXid \(PCI:([0-9a-fA-F:.]+)\): (\d{1,6}), (?:(Fatal|Non-fatal|Correctable), )?(?:Link (\d+) )?(.*))");
  std::string index, address, code, severity, link, detail;
  if (!text::Regex::PartialMatch(piece(message), form, &index, &address, &code, &severity,
                         &link, &detail))
    return;
  if (detail.starts_with("Severity ") || detail.starts_with("Data {")) return;
  auto event = kernel::event(line, "kernel.sxid", message);
  event.code = text::integer(code);
  event.place.pci = pci(address);
  if (!severity.empty()) event.attributes["fatal"] = severity == "Fatal" ? "yes" : "no";
  set_attribute(event, "link", link);
  set_attribute(event, "nvswitch", index);
  set_attribute(event, "detail", std::string_view(detail).substr(0, text::max_evidence_bytes));
  sink.add(std::move(event));
}

}  // namespace

std::string_view XidParser::format() const { return format_name; }

std::span<const std::string_view> XidParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"NVRM: Xid (", "SXid ("};
  return literals;
}

Want XidParser::line(const text::Line& line, facts::Sink& sink) {
  if (const auto message = from(line.message, "NVRM: Xid ("); !message.empty()) {
    read_xid(line, message, sink);
  } else if (const auto switch_message = from(line.message, "nvidia-nvswitch"); !switch_message.empty()) {
    read_sxid(line, switch_message, sink);
  }
  return Want::gated;
}

}  // namespace gpm::parsers::kernel
