// SPDX-License-Identifier: Apache-2.0
#include "parsers/kernel/nvrm.h"

#include <array>

#include "parsers/kernel/message.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {
namespace {

constexpr std::string_view prefix = "NVRM: ";
constexpr int block_lines_max = 6;

using text::piece;

// The message without "NVRM: " (also inside, where #012 joined its lines); nothing if the line is none of the driver's.
std::optional<std::string> driver_message(std::string_view message) {
  const auto at = message.find(prefix);
  if (at == std::string_view::npos) return std::nullopt;
  std::string text(message.substr(at + prefix.size(), text::max_evidence_bytes));
  for (std::size_t join = 0; (join = text.find("#012", join)) != std::string::npos;) {
    const bool again = text.compare(join + 4, prefix.size(), prefix) == 0;
    text.replace(join, again ? 4 + prefix.size() : 4, " ");
  }
  return text;
}

// A line that is a fact by itself: kind, what it holds, and up to two named values.
struct Statement {
  std::string_view kind, literal;
  const text::Regex* values;         // may be null
  std::array<const char*, 2> names;  // attribute names of the groups; "pci" goes to the place
};

const Statement* statement_of(std::string_view text) {
  static const text::Regex gpu(R"(GPU (?:at )?(?:PCI:)?([0-9a-fA-F:.]{7,16}[0-9a-fA-F]))");
  static const text::Regex init(R"((?:GPU (\S+?):? )?RmInitAdapter failed!? ?\((0x[0-9a-f]+:0x[0-9a-f]+:\d+)\))");
  static const text::Regex bound(R"(GPU (\S+) is already bound to ([^.\s]+))");
  static const text::Regex devices(R"((?:failed|not called) for (-?\d+) device)");
  static const text::Regex rate(R"(GPU at PCI:([0-9a-fA-F:.]+))");
  static const text::Regex firmware(R"((\S+\.bin))");
  static const std::array<Statement, 23> statements = {{
      {"kernel.rm_init_failed", "RmInitAdapter failed", &init, {"pci", "codes"}},
      {"kernel.rm_init_failed", "rm_init_adapter failed", &gpu, {"pci", nullptr}},
      {"kernel.nvidia_no_device", "No NVIDIA GPU found", nullptr, {}},
      {"kernel.nvidia_no_device", "No NVIDIA devices probed", nullptr, {}},
      {"kernel.nvidia_no_device", "No NVIDIA graphics adapter found", nullptr, {}},
      {"kernel.nvidia_no_device", "None of the NVIDIA devices were initialized", nullptr, {}},
      {"kernel.nvidia_no_device", "None of the NVIDIA graphics adapters were initialized", nullptr, {}},
      {"kernel.nvidia_probe_failed", "NVIDIA probe routine failed for", &devices, {"devices", nullptr}},
      {"kernel.nvidia_probe_not_called", "NVIDIA probe routine was not called for", &devices, {"devices", nullptr}},
      {"kernel.nvidia_bound_elsewhere", "is already bound to", &bound, {"pci", "driver"}},
      {"kernel.nvidia_removed_in_use", "Attempting to remove device", &gpu, {"pci", nullptr}},
      {"kernel.nvidia_power_cable", "does not have the necessary power cables", &gpu, {"pci", nullptr}},
      {"kernel.nvidia_suspend_unprepared",
       "PreserveVideoMemoryAllocations module parameter is set",
       &gpu,
       {"pci", nullptr}},
      {"kernel.gsp_rate_limited", "Rate limiting GSP RPC error prints", &rate, {"pci", nullptr}},
      {"kernel.gsp_heartbeat_lost", "GSP RM heartbeat timed out", nullptr, {}},
      {"kernel.gsp_crash_report", "GSP-CrashCat Report", nullptr, {}},
      {"kernel.gsp_init_failed", "Cannot initialize GSP firmware RM", nullptr, {}},
      {"kernel.gsp_firmware_missing", "Direct firmware load for nvidia/", &firmware, {"file", nullptr}},
      {"kernel.gpu_locked_up", "GPU is probably locked", nullptr, {}},
      {"kernel.gpu_read_failed", "Possible bad register read", nullptr, {}},
      {"kernel.nvlink_training_failed", "knvlinkUpdatePostRxDetectLinkMask", nullptr, {}},
      {"kernel.nvlink_training_failed", "knvlinkDiscoverPostRxDetLinks", nullptr, {}},
      {"kernel.nvidia_msi_fallback", "Failed to enable MSI", nullptr, {}},
  }};
  for (const auto& statement : statements)
    if (text::contains(text, statement.literal)) return &statement;
  return nullptr;
}

void emit_statement(const Statement& statement, const text::Line& line, std::string_view text, facts::Sink& sink) {
  auto event = kernel::event(line, statement.kind, line.message);
  if (const auto* const pattern = statement.values ? statement.values->needed_for(text) : nullptr) {
    std::array<std::string, 2> values;
    const bool found = pattern->NumberOfCapturingGroups() == 1 ? RE2::PartialMatch(piece(text), *pattern, &values[0])
                                                               : RE2::PartialMatch(piece(text), *pattern, &values[0], &values[1]);
    for (std::size_t i = 0; found && i < values.size(); ++i) {
      if (statement.names[i] == nullptr) continue;
      if (std::string_view(statement.names[i]) == "pci") {
        event.place.pci = pci(values[i]);
      } else {
        set_attribute(event, statement.names[i], values[i]);
      }
    }
  }
  sink.add(std::move(event));
}

bool read_load(const text::Line& line, std::string_view text, facts::Sink& sink) {
  static const text::Regex form(
      R"(^loading NVIDIA UNIX (?:(Open) Kernel Module for \S+|\S+ Kernel Module)\s+(\d+\.\d+(?:\.\d+)?))");
  std::string open, version;
  if (!text::Regex::PartialMatch(piece(text), form, &open, &version)) return false;
  auto event = kernel::event(line, "kernel.nvidia_loaded", line.message);
  event.attributes["version"] = version;
  event.attributes["flavour"] = open.empty() ? "proprietary" : "open";
  sink.add(std::move(event));
  sink.add(setting(line, "host", "driver_version", version));
  return true;
}

bool read_lost_gpu(const text::Line& line, std::string_view text, facts::Sink& sink) {
  static const text::Regex form(R"(^GPU (?:at )?(?:PCI:)?([0-9a-fA-F:.]+?):? (?:GPU )?has fallen off the bus)");
  std::string address;
  if (!text::Regex::PartialMatch(piece(text), form, &address)) return false;
  auto event = kernel::event(line, "kernel.gpu_fell_off_bus", line.message);
  event.place.pci = pci(address);
  sink.add(std::move(event));
  return true;
}

// What a message of several lines turns out to be once enough of it has been read; false while that is open.
bool complete(facts::Event& event, const std::string& text) {
  static const text::Regex client(R"(the client(?: '([^']{1,64})' \(pid (\d+)\))?,? has (?:the )?version ([0-9.]+[0-9]))");
  static const text::Regex module(R"(kernel module has (?:the )?version ([0-9.]+[0-9]))");
  static const text::Regex lost(R"(NVIDIA GPU ([0-9a-fA-F:.]+).*fallen off the bus)");
  static const text::Regex unsupported(
      R"(NVIDIA GPU ([0-9a-fA-F:.]+).*(not supported by open|requires use of the NVIDIA open|Legacy drivers|not supported by the))");
  static const text::Regex region(R"((BAR\d+) is .*\(PCI:([0-9a-fA-F:.]+)\))");
  std::string name, pid, version, address, reason;
  if (event.kind == "kernel.nvrm_api_mismatch") {
    if (!text::Regex::PartialMatch(text, client, &name, &pid, &version)) return false;
    set_attribute(event, "client_version", version);
    event.place.process = name;
    event.place.pid = text::integer(pid);
    if (!text::Regex::PartialMatch(text, module, &version)) return false;
    set_attribute(event, "module_version", version);
    return true;
  }
  if (event.kind == "kernel.nvidia_bar_invalid") {
    if (!text::Regex::PartialMatch(text, region, &reason, &address)) return false;
    set_attribute(event, "bar", reason);
    event.place.pci = pci(address);
    return true;
  }
  if (text::Regex::PartialMatch(text, lost, &address)) {
    event.kind = "kernel.gpu_fell_off_bus";
    event.attributes["at_probe"] = "yes";
    event.place.pci = pci(address);
    return true;
  }
  if (text::Regex::PartialMatch(text, unsupported, &address, &reason)) {
    event.kind = "kernel.nvidia_unsupported_gpu";
    set_attribute(event, "needs",
              reason.starts_with("requires")                ? "open"
              : reason.starts_with("not supported by open") ? "proprietary"
                                                            : "");
    event.place.pci = pci(address);
    return true;
  }
  return false;
}

}  // namespace

std::string_view NvrmParser::format() const { return format_name; }

std::span<const std::string_view> NvrmParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"NVRM: ", "Direct firmware load for nvidia/"};
  return literals;
}

bool NvrmParser::finish(facts::Sink& sink) {
  if (!open_) return false;
  // "The NVIDIA GPU ..." alone says nothing; the other openings are facts even when their values got lost.
  if (!open_->event.kind.empty()) sink.add(std::move(open_->event));
  open_.reset();
  return true;
}

bool NvrmParser::read_board(const text::Line& line, std::string_view message, facts::Sink& sink) {
  static const text::Regex form(R"(^GPU at PCI:([0-9a-fA-F:.]+): (GPU-[0-9a-fA-F-]{36}))");
  static const text::Regex serial(R"(^(?:GPU ([0-9a-fA-F:.]+): )?(?:GPU Board Serial Number:|GPU serial number is) (\w+))");
  facts::Gpu gpu;
  std::string address, value;
  if (text::Regex::PartialMatch(piece(message), form, &address, &value)) {
    board_ = pci(address);
    gpu.place.gpu_uuid = value;
  } else if (text::Regex::PartialMatch(piece(message), serial, &address, &value)) {
    if (!address.empty()) board_ = pci(address);
    if (board_.empty()) return true;
    gpu.serial = value;
  } else {
    return false;
  }
  gpu.place.host = line.place.host;
  gpu.place.pci = board_;
  gpu.at = text::origin(line, line.message);
  sink.add(std::move(gpu));
  return true;
}

bool NvrmParser::open_block(const text::Line& line, std::string_view message) {
  std::string kind;
  if (message.starts_with("API mismatch: ")) {
    kind = "kernel.nvrm_api_mismatch";
  } else if (message.starts_with("This PCI I/O region assigned to your NVIDIA device is invalid")) {
    kind = "kernel.nvidia_bar_invalid";
  } else if (!message.starts_with("The NVIDIA GPU ")) {
    return false;
  }
  open_ = Open{kernel::event(line, kind, line.message), {}, 0};
  return true;
}

Want NvrmParser::line(const text::Line& line, facts::Sink& sink) {
  auto message = driver_message(line.message);
  if (!message) {
    if (const auto load = from(line.message, "Direct firmware load for nvidia/"); !load.empty()) {
      if (text::contains(load, "failed")) emit_statement(*statement_of(load), line, load, sink);
      return open_ ? Want::next : Want::gated;
    }
    if (!open_) return Want::gated;
    message = std::string(text::trim(line.message.substr(0, 200)));  // a journal's continuation line
  }
  const std::string_view text = text::trim(*message);
  if (text.starts_with("Xid (")) {
    finish(sink);
    return Want::gated;
  }
  if (text.starts_with("API mismatch: ") || text.starts_with("The NVIDIA GPU ") ||
      text.starts_with("This PCI I/O region")) {
    finish(sink);
    open_block(line, text);
  }
  if (open_) {
    open_->text.append(open_->text.empty() ? "" : " ").append(text);
    const bool done = complete(open_->event, open_->text);
    if (done || ++open_->lines >= block_lines_max) finish(sink);
    return open_ ? Want::next : Want::gated;
  }
  if (read_load(line, text, sink) || read_lost_gpu(line, text, sink) || read_board(line, text, sink))
    return Want::gated;
  if (const auto* statement = statement_of(text)) emit_statement(*statement, line, text, sink);
  return Want::gated;
}

void NvrmParser::end(facts::Sink& sink) { finish(sink); }

}  // namespace gpm::parsers::kernel
