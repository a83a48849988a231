// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/error.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {
namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using text::view;

struct Found {
  std::string_view message;  // the part of the line that is the error
  std::string_view state;
  std::string_view reason;
  std::string pci;
  std::optional<int> gpu_index;
};

struct Word {
  std::string_view text, state;
};

// NVML's texts (nvmlErrorString) and what they mean for the whole tool.
constexpr Word nvml_texts[] = {
    {"Driver/library version mismatch", "version-mismatch"},
    {"GPU access blocked by the operating system", "access-blocked"},
    {"Insufficient Permissions", "insufficient-permissions"},
    {"Driver Not Loaded", "not-communicating"},
    {"ERROR_LIBRARY_NOT_FOUND", "library-missing"},
    {"NVML Shared Library Not Found", "library-missing"},
    {"could not load NVML library", "library-missing"},
    {"No supported GPUs were found", "no-devices"},
    {"Not Found", "no-devices"},
    {"GPU is lost", "gpu-lost"},
    {"GPU requires reset", "requires-reset"},
    {"Corrupted infoROM", "inforom-corrupted"},
    {"Timeout", "timeout"},
    {"System is not in ready state", "not-ready"},
    {"Unknown Error", "unknown-error"},
};

std::string_view state_of(std::string_view text, std::string_view otherwise) {
  const auto lowered = text::lower(text.substr(0, 256));
  for (const auto& word : nvml_texts)
    if (lowered.find(text::lower(word.text)) != std::string::npos) return word.state;
  return otherwise;
}

// Quotes, commas and the like around a message in a list or a JSON text.
std::string_view without_tail(std::string_view text) {
  text = text::trim(text.substr(0, 512));
  while (!text.empty() && (text.back() == '"' || text.back() == '\'' || text.back() == ',')) text.remove_suffix(1);
  return text;
}

std::optional<Found> whole_tool(std::string_view message) {
  static const text::Regex failed(R"((NVIDIA-SMI has failed because .{4,})|(NVIDIA-SMI couldn't find libnvidia-ml.*))");
  static const text::Regex nvml(R"((Failed to initialize NVML: (.{3,})))");
  static const text::Regex hang(
      R"((timeout: sending signal [A-Z0-9]+ to command \W{1,6}nvidia-smi.*|\bnvidia-smi\b[^|]{0,120}\btimed out\b.*))");
  static const text::Regex missing(R"((nvidia-smi: (?:command )?not found|"nvidia-smi": executable file not found.*))");
  static const text::Regex devices(R"((No devices were found)\.?)");
  const auto input = piece(message);
  StringPiece whole, second;
  if (text::Regex::PartialMatch(input, failed, &whole, &second)) {
    if (!second.empty()) return Found{without_tail(view(second)), "library-missing", {}, {}, {}};
    const bool permission = text::contains(text::lower(view(whole).substr(0, 256)), "permission");
    return Found{without_tail(view(whole)), permission ? "insufficient-permissions" : "not-communicating", {}, {}, {}};
  }
  if (text::Regex::PartialMatch(input, nvml, &whole, &second)) {
    const auto reason = without_tail(view(second));
    return Found{without_tail(view(whole)), state_of(reason, "other"), reason, {}, {}};
  }
  if (text::Regex::PartialMatch(input, hang, &whole)) return Found{without_tail(view(whole)), "hang", {}, {}, {}};
  if (text::Regex::PartialMatch(input, missing, &whole)) return Found{without_tail(view(whole)), "command-missing", {}, {}, {}};
  const auto trimmed = text::trim(message);
  if (text::Regex::FullMatch(piece(trimmed), devices, &whole))
    return Found{view(whole), "no-devices", {}, {}, {}};
  return std::nullopt;
}

std::optional<Found> one_device(std::string_view message) {
  static const text::Regex handle(
      R"((Unable to determine the device handle for (?i:gpu) ?(?:(\d{1,3}): )?([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]):? ?(.*)))");
  static const text::Regex inforom(R"((infoROM is corrupted at (?i:gpu) ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7])))");
  // An administrator's call that the GPU did not answer; what it refuses for other reasons is no sign of trouble.
  static const text::Regex call(
      R"((Unable to \w+ .{1,80} for GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]): (Unknown Error|GPU is lost|GPU requires reset)))");
  const auto input = piece(message);
  StringPiece whole, address, reason;
  std::string index;
  Found found;
  if (text::Regex::PartialMatch(input, handle, &whole, &index, &address, &reason)) {
    found.reason = without_tail(view(reason));
    const auto state = state_of(found.reason, "device-handle");
    found.state = state == "unknown-error" || state == "no-devices" ? "device-handle" : state;
  } else if (text::Regex::PartialMatch(input, inforom, &whole, &address)) {
    found.state = "inforom-corrupted";
  } else if (text::Regex::PartialMatch(input, call, &whole, &address, &reason)) {
    found.reason = view(reason);
    found.state = state_of(found.reason, "other");
  } else {
    return std::nullopt;
  }
  found.message = without_tail(view(whole));
  found.pci = text::pci_address(view(address)).value_or("");
  if (const auto number = text::integer(index)) found.gpu_index = static_cast<int>(*number);
  return found;
}

}  // namespace

std::span<const std::string_view> ErrorParser::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {
      "Failed to initialize NVML", "No devices were found",
      "determine the device handle", "infoROM is corrupted", "for GPU 0000", "nvidia-smi"};
  return literals;
}

Want ErrorParser::line(const text::Line& line, facts::Sink& sink) {
  if (mismatch_) {
    static const text::Regex version(R"(\s*NVML library version: (\d[0-9.]{2,20})\s*)");
    std::string library;
    if (text::Regex::FullMatch(piece(line.message), version, &library)) {
      mismatch_->attributes["library_version"] = library;
      end(sink);
      return Want::gated;
    }
    end(sink);
  }
  // A giant line is looked at only at its start: these texts stand alone on their lines.
  const auto message = line.message.substr(0, 8192);
  auto found = one_device(message);
  if (!found) found = whole_tool(message);
  if (!found) return Want::gated;
  facts::Event event{"nvidia_smi.error", std::nullopt, line.place, line.time, text::origin(line, found->message),
                     {{"message", std::string(found->message)}, {"state", std::string(found->state)}}};
  if (!found->reason.empty()) event.attributes["reason"] = found->reason;
  if (!found->pci.empty()) event.place.pci = found->pci;
  if (found->gpu_index) event.place.gpu_index = found->gpu_index;
  if (found->state == "version-mismatch") {
    mismatch_ = std::move(event);
    return Want::next;
  }
  reporter_.add(std::move(event), sink);
  return Want::gated;
}

void ErrorParser::end(facts::Sink& sink) {
  if (mismatch_) reporter_.add(std::move(*mismatch_), sink);
  mismatch_.reset();
}

}  // namespace gpm::nvidia_smi
