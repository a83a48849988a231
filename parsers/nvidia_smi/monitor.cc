// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/monitor.h"

#include <array>
#include <utility>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"

namespace gpm::nvidia_smi {
namespace {

constexpr std::pair<std::string_view, std::string_view> metrics[] = {
    {"pwr", "gpu.power_w"},        {"gtemp", "gpu.temperature_c"},  {"temp", "gpu.temperature_c"},      {"mtemp", "gpu.memory_temperature_c"},
    {"sm", "gpu.utilization_percent"}, {"mclk", "gpu.clock_memory_mhz"}, {"pclk", "gpu.clock_sm_mhz"}, {"fb", "gpu.memory_used_mib"}};

std::string_view metric_of(std::string_view column) {
  for (const auto& [name, metric] : metrics)
    if (name == column) return metric;
  return {};
}

}  // namespace

std::span<const std::string_view> MonitorParser::gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"# gpu  ", " gpu   pwr", "Time        gpu"};
  return literals;
}

bool MonitorParser::head(std::string_view message) {
  if (!message.starts_with('#')) return false;
  const auto words = text::words(message.substr(1));
  if (words.empty() || (words[0] != "gpu" && words[0] != "Date")) return false;
  columns_.clear();
  processes_ = false;
  for (std::size_t i = 0; i < words.size() && i < 64; ++i) {
    columns_.emplace_back(words[i]);
    processes_ |= words[i] == "pid";
  }
  return true;
}

bool MonitorParser::row(const text::Line& line, facts::Sink& sink) {
  const auto cells = text::words(line.raw);
  if (cells.size() < 3 || cells.size() < columns_.size() - (processes_ ? 1 : 0)) return false;
  facts::Place place = line.place;
  std::string_view type;
  for (std::size_t i = 0; i < columns_.size() && i < cells.size(); ++i) {
    if (columns_[i] == "gpu") {
      const auto index = text::integer(cells[i]);
      if (!index || *index < 0 || *index > 1024) return false;
      place.gpu_index = static_cast<int>(*index);
    } else if (columns_[i] == "pid") {
      place.pid = text::integer(cells[i]);
    } else if (columns_[i] == "type") {
      type = cells[i];
    } else if (columns_[i] == "command") {
      place.process = text::valid_utf8(cells[i]);
    }
  }
  if (!place.gpu_index) return false;
  if (processes_) {
    if (!place.pid || !told_.insert(std::to_string(*place.pid) + "/" + std::to_string(*place.gpu_index)).second || told_.size() > 4096) return true;
    auto event = parsers::event_of(line, "nvidia_smi.process", line.raw);
    event.place = place;
    parsers::set_attribute(event, "type", type);
    reporter_.add(std::move(event), sink);
    return true;
  }
  for (std::size_t i = 0; i < columns_.size() && i < cells.size(); ++i) {
    const auto metric = metric_of(columns_[i]);
    const auto number = text::leading_number(cells[i]);
    if (metric.empty() || !number) continue;
    auto fact = parsers::snapshot_of(line, metric, "", cells[i]);
    fact.place = place;
    fact.number = number;
    reporter_.add(std::move(fact), sink);
  }
  return true;
}

parsers::Want MonitorParser::line(const text::Line& line, facts::Sink& sink) {
  const auto message = text::trim(line.raw);
  if (head(message)) return parsers::Want::next;
  if (columns_.empty()) return parsers::Want::gated;
  if (message.starts_with('#') || message.empty() || row(line, sink)) return parsers::Want::next;
  columns_.clear();
  return parsers::Want::gated;
}

}  // namespace gpm::nvidia_smi
