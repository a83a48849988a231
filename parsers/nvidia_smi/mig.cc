// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/mig.h"

#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {

std::span<const std::string_view> MigParser::gates() const {
  static constexpr std::array<std::string_view, 5> literals = {"| GPU instances:", "| Compute instances:", "No MIG-enabled devices found", "No GPU instances found",
                                                               "No compute instances found"};
  return literals;
}

parsers::Want MigParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex gpu(R"(^\|\s+(\d{1,3})\s+MIG (\S+)\s+(\d{1,3})\s+(\d{1,3})\s+\d+:\d+\s+\|$)");
  static const text::Regex compute(R"(^\|\s+(\d{1,3})\s+(\d{1,3})\s+MIG (\S+)\s+\d{1,3}\*?\s+(\d{1,3})\s+\d+:\d+\s+\|$)");
  const auto message = text::trim(line.message);
  if (message.starts_with("No MIG-enabled") || message.starts_with("No GPU instances") || message.starts_with("No compute instances")) {
    auto event = parsers::event_of(line, "nvidia_smi.mig_instances_absent");
    parsers::set_attribute(event, "message", message.substr(0, 200));
    sink.add(std::move(event));
    return parsers::Want::gated;
  }
  if (message.starts_with("| GPU instances:")) table_ = Table::gpu;
  if (message.starts_with("| Compute instances:")) table_ = Table::compute;
  std::string index, profile, instance, other;
  const bool is_gpu = table_ == Table::gpu && text::Regex::FullMatch(text::piece(message), gpu, &index, &profile, &other, &instance);
  const bool is_compute = table_ == Table::compute && text::Regex::FullMatch(text::piece(message), compute, &index, &instance, &profile, &other);
  if (is_gpu || is_compute) {
    auto event = parsers::event_of(line, "nvidia_smi.mig_instance");
    event.place.gpu_index = static_cast<int>(*text::integer(index));
    event.attributes = {{"kind", is_gpu ? "gpu" : "compute"}, {"profile", text::valid_utf8(profile)}, {"gpu_instance", instance}};
    if (is_compute) event.attributes["compute_instance"] = other;
    sink.add(std::move(event));
    return parsers::Want::next;
  }
  if (table_ != Table::none && (message.starts_with('|') || message.starts_with('+'))) return parsers::Want::next;
  table_ = Table::none;
  return parsers::Want::gated;
}

}  // namespace gpm::nvidia_smi
