// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/table.h"

#include <array>
#include <utility>

#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {
namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using text::view;

// Head lines of a block (at most three in a row that hold no values) and what interrupts a table without ending it.
constexpr int max_foreign_lines = 4;

// "| a | b | c |" -> " a ", " b ", " c "; whatever stands before the first bar is dropped (quote marks, a host name).
std::vector<std::string_view> cells_of(std::string_view message) {
  const auto first = message.find('|');
  if (first == std::string_view::npos) return {};
  message.remove_prefix(first + 1);
  if (const auto last = message.rfind('|'); last != std::string_view::npos) message = message.substr(0, last);
  if (message.size() > 512) return {};
  return text::split(message, '|');
}

bool is_rule(std::string_view message) {
  const auto begin = message.find_first_of("+|");
  if (begin == std::string_view::npos) return false;
  message = text::trim(message.substr(begin));
  return message.size() > 20 && message.find_first_not_of("+-=|") == std::string_view::npos;
}

std::optional<facts::Time> date_before(std::string_view before) {
  auto lines = text::split(before, '\n');
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (const auto time = ctime_stamp(*line)) return time;
  return std::nullopt;
}

std::string_view enabled(std::string_view on_or_off) {
  if (on_or_off == "On") return "Enabled";
  if (on_or_off == "Off") return "Disabled";
  return on_or_off;
}

}  // namespace

std::span<const std::string_view> TableParser::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {
      "| NVIDIA-SMI ", "Bus-Id  ", "GPU Memory |", "No running processes found", "MIG devices:", "No MIG devices found"};
  return literals;
}

Want TableParser::line(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message;
  if (head(line, sink)) {
    foreign_lines_ = 0;
    time_line_ = line.number;
    return Want::next;
  }
  if (part_ == Part::outside) return Want::gated;
  const bool rule = is_rule(message);
  if (rule || row(line, sink)) {
    if (rule) end_of_rows(line, sink);
    if (!rule) ++rows_;
    foreign_lines_ = 0;
    time_line_ = line.number;
    return Want::next;
  }
  if (++foreign_lines_ <= max_foreign_lines) return Want::next;
  part_ = Part::outside;
  gpu_.reset();
  return Want::gated;
}

// A rule ends a GPU's rows. The list of processes has one under its head and one at its end; without a row between them it
// is empty, which older branches and containers print instead of a sentence.
void TableParser::end_of_rows(const text::Line& line, facts::Sink& sink) {
  gpu_.reset();
  if (part_ != Part::processes) return;
  const bool head_rule = text::contains(line.message, "====");
  if (!head_rule && under_head_rule_ && rows_ == 0)
    event(line, "nvidia_smi.no_processes", line.place, {{"list", "empty"}}, sink);
  under_head_rule_ = head_rule;
  rows_ = 0;
}

bool TableParser::head(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message;
  if (message.find('|') == std::string_view::npos || message.size() > 512) return false;
  if (banner(line, sink)) return true;
  const auto enter = [&](Part part) {
    // A block without its banner keeps the time only of a table that ended just above it.
    if (part_ == Part::outside && line.number > time_line_ + 16) time_.reset();
    part_ = part;
    gpu_.reset();
    if (part != Part::processes) under_head_rule_ = false;
    return true;
  };
  if (text::contains(message, "Bus-Id") && text::contains(message, "| GPU  Name")) return enter(Part::gpus);
  if (text::contains(message, "| MIG devices:")) return enter(Part::mig_devices);
  if (text::contains(message, "GPU Memory |") || text::contains(message, "| Processes:")) return enter(Part::processes);
  if (text::contains(message, "No running processes found")) {
    enter(Part::processes);
    ++rows_;
    event(line, "nvidia_smi.no_processes", line.place, {}, sink);
    return true;
  }
  if (text::contains(message, "No MIG devices found")) {
    enter(Part::mig_devices);
    event(line, "nvidia_smi.no_mig_devices", line.place, {}, sink);
    return true;
  }
  return false;
}

bool TableParser::banner(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(\| NVIDIA-SMI\s+(\S+)\s+(?:Driver|KMD) Version:\s+(\S+)(?:\s+CUDA(?: UMD)? Version:\s+(\S+))?)");
  StringPiece tool, driver, cuda;
  constexpr std::size_t longest = 32;  // not {1,32}: RE2 compiles each repetition by itself
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &tool, &driver, &cuda)) return false;
  if (tool.size() > longest || driver.size() > longest || cuda.size() > longest) return false;
  part_ = Part::gpus;
  gpu_.reset();
  time_ = date_before(line.before);
  const auto setting = [&](const char* key, StringPiece value) {
    if (value.empty()) return;
    reporter_.add(facts::Setting{"host", "", key, std::string(view(value)), line.place, text::origin(line, view(value))}, sink);
  };
  setting("driver_version", driver);
  setting("cuda_version", cuda);
  setting("nvml_version", tool);
  return true;
}

bool TableParser::row(const text::Line& line, facts::Sink& sink) {
  const auto cells = cells_of(line.message);
  if (cells.empty()) return false;
  switch (part_) {
    case Part::outside: return false;
    case Part::gpus: return gpu_identity(line, cells, sink) || gpu_state(line, cells, sink) || gpu_mig_mode(line, cells, sink);
    case Part::mig_devices: return mig_device(line, cells, sink);
    case Part::processes: {
      // A program's name may hold a bar: take the row whole.
      const auto begin = cells.front().data(), end = cells.back().data() + cells.back().size();
      return process(line, {begin, static_cast<std::size_t>(end - begin)}, sink);
    }
  }
  return false;
}

// |   0  NVIDIA H100 80GB HBM3          On  |   00000000:00:06.0 Off |                    0 |
bool TableParser::gpu_identity(const text::Line& line, const Cells& cells, facts::Sink& sink) {
  static const text::Regex name_pattern(R"(\s*(\d{1,4})\s+(\S.*?)\s+(On|Off|N/A|ERR!|WDDM|TCC|MCDM|Unknown Error)\s*)");
  static const text::Regex bus_pattern(R"(\s*([0-9A-Fa-f:.]+|N/A|ERR!|Unknown Error)\s+(?:On|Off|N/A|ERR!|Unknown Error)\s*)");
  if (cells.size() < 2) return false;
  int index = 0;
  StringPiece name, persistence, bus;
  if (!text::Regex::FullMatch(piece(cells[0]), name_pattern, &index, &name, &persistence)) return false;
  if (!text::Regex::FullMatch(piece(cells[1]), bus_pattern, &bus)) return false;
  const auto pci = text::pci_address(view(bus));
  if (!pci && kind_of(view(bus)) == ValueKind::present) return false;

  facts::Place place = line.place;
  place.gpu_index = index;
  if (pci) place.pci = *pci;
  gpu_ = place;
  const bool named = kind_of(view(name)) == ValueKind::present;
  reporter_.add(facts::Gpu{place, named ? std::string(view(name)) : "", "", text::origin(line)}, sink);
  cell(line, "name", view(name), false, sink);
  cell(line, "gpu.persistence_mode", enabled(view(persistence)), false, sink);
  if (cells.size() < 3) return true;
  const auto ecc = text::trim(cells[2]);
  if (ecc == "On" || ecc == "Off") {
    cell(line, "gpu.ecc_mode", enabled(ecc), false, sink);
  } else {
    cell(line, "gpu.ecc_uncorrectable_volatile", ecc, true, sink);
  }
  return true;
}

// | N/A   32C    P0            104W /  700W |       0MiB /  81559MiB |      0%      Default |
bool TableParser::gpu_state(const text::Line& line, const Cells& cells, facts::Sink& sink) {
  static const text::Regex power_pattern(R"(\s*(\S+)\s+(\S+)\s+(P\d+|N/A|ERR!|Unknown Error)\s+(\S.*?)\s+/\s*(\S.*?)\s*)");
  static const text::Regex memory_pattern(R"(\s*(\S.*?)\s+/\s*(\S.*?)\s*|\s*(Not Supported|Unknown Error|ERR!)\s*)");
  static const text::Regex load_pattern(R"(\s*(\d{1,3}%|N/A|ERR!|Unknown Error)\s+(\S.*?)\s*)");
  if (!gpu_) return false;
  StringPiece fan, temperature, performance, power, limit;
  if (!text::Regex::FullMatch(piece(cells[0]), power_pattern, &fan, &temperature, &performance, &power, &limit))
    return false;
  cell(line, "fan_speed", view(fan), false, sink);
  cell(line, "gpu.temperature_c", view(temperature), true, sink);
  cell(line, "gpu.performance_state", view(performance), false, sink);
  cell(line, "gpu.power_w", view(power), true, sink);
  cell(line, "gpu.power_limit_w", view(limit), true, sink);

  if (cells.size() < 2) return true;  // the line is cut
  StringPiece used, total, instead, load, mode;
  if (text::Regex::FullMatch(piece(cells[1]), memory_pattern, &used, &total, &instead)) {
    if (!instead.empty()) used = instead;
    cell(line, "gpu.memory_used_mib", view(used), true, sink);
    cell(line, "gpu.memory_total_mib", view(total), true, sink);
  }
  if (cells.size() < 3) return true;
  if (text::Regex::FullMatch(piece(cells[2]), load_pattern, &load, &mode)) {
    cell(line, "gpu.utilization_percent", view(load), true, sink);
    cell(line, "gpu.compute_mode", usual_compute_mode(view(mode)), false, sink);
  }
  return true;
}

// |                                         |                        |             Disabled |
bool TableParser::gpu_mig_mode(const text::Line& line, const Cells& cells, facts::Sink& sink) {
  if (!gpu_ || cells.size() != 3 || !text::trim(cells[0]).empty() || !text::trim(cells[1]).empty()) return false;
  auto mode = text::trim(cells[2]);
  const bool pending = mode.ends_with('*');  // "Enabled*": another mode takes effect with the next reset
  if (pending) mode.remove_suffix(1);
  if (mode != "Enabled" && mode != "Disabled" && kind_of(mode) == ValueKind::present) return false;
  cell(line, "gpu.mig_mode", mode, false, sink);
  if (pending) snapshot(line, "gpu.mig_mode_change_pending", "", std::nullopt, "Yes", sink);
  return true;
}

// |  0    1   0   0  |      5MiB / 20096MiB | 42      0 |  3   0    2    0    0 |
bool TableParser::mig_device(const text::Line& line, const Cells& cells, facts::Sink& sink) {
  static const text::Regex ids_pattern(R"(\s*(\d{1,4})\s+(\d+|N/A)\s+(\d+|N/A)\s+(\d{1,4})\s*)");
  static const text::Regex memory_pattern(R"(\s*(\d+)MiB\s*/\s*(\d+)MiB\s*)");
  if (cells.size() < 2) return false;
  int index = 0;
  std::string gpu_instance, compute_instance, device, used, total;
  if (!text::Regex::FullMatch(piece(cells[0]), ids_pattern, &index, &gpu_instance, &compute_instance, &device))
    return text::trim(cells[0]).empty() && text::Regex::FullMatch(piece(cells[1]), memory_pattern);
  facts::Attributes attributes{{"device", device}, {"gpu_instance", gpu_instance}, {"compute_instance", compute_instance}};
  if (text::Regex::FullMatch(piece(cells[1]), memory_pattern, &used, &total)) {
    attributes["memory_used_mib"] = used;
    attributes["memory_total_mib"] = total;
  }
  facts::Place place = line.place;
  place.gpu_index = index;
  event(line, "nvidia_smi.mig_device", place, std::move(attributes), sink);
  return true;
}

// |    0   N/A  N/A            2998      C   /usr/local/bin/serve                   7454MiB |
// |    0      2998      C   /usr/local/bin/serve                              7454MiB |          (to 440)
bool TableParser::process(const text::Line& line, std::string_view row, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(\s*(\d{1,4})\s+(?:(\d+|N/A)\s+(\d+|N/A)\s+)?(\d{1,10})\s+([MCG+]{1,5})\s+(\S.*?)\s+(\d{1,9}MiB|N/A|ERR!|Unknown Error|Insufficient Permissions)\s*)");
  int index = 0;
  std::int64_t pid = 0;
  StringPiece gpu_instance, compute_instance, type, name, memory;
  if (!text::Regex::FullMatch(piece(row), pattern, &index, &gpu_instance, &compute_instance, &pid, &type, &name, &memory))
    return text::contains(row, "Not Supported");  // a GPU that cannot list its processes
  facts::Place place = line.place;
  place.gpu_index = index;
  place.pid = pid;
  place.process = std::string(view(name));
  facts::Attributes attributes{{"type", std::string(view(type))}};
  const auto used = text::leading_number(view(memory));
  if (used) attributes["memory_used_mib"] = std::to_string(static_cast<std::int64_t>(*used));
  if (kind_of(view(gpu_instance)) == ValueKind::present) {
    attributes["gpu_instance"] = std::string(view(gpu_instance));
    attributes["compute_instance"] = std::string(view(compute_instance));
  }
  event(line, "nvidia_smi.process", place, std::move(attributes), sink);
  if (used)
    reporter_.add(facts::Snapshot{"gpu.process_memory_used_mib", "", used, std::string(view(memory)), place,
                                  time_of(line, time_), text::origin(line)}, sink);
  return true;
}

void TableParser::cell(const text::Line& line, std::string_view metric, std::string_view value, bool number,
                       facts::Sink& sink) {
  switch (kind_of(value)) {
    case ValueKind::absent: return;
    case ValueKind::error: return snapshot(line, "gpu.error_cell", cell_name(metric), std::nullopt, bare(value), sink);
    case ValueKind::present: break;
  }
  if (!metric.starts_with("gpu.")) return;  // no metric of ours; told apart from an error only
  const auto parsed = number ? text::leading_number(value) : std::nullopt;
  if (number && !parsed) return;
  snapshot(line, metric, "", parsed, value, sink);
}

void TableParser::snapshot(const text::Line& line, std::string_view metric, std::string_view subject,
                           std::optional<double> number, std::string_view value, facts::Sink& sink) {
  reporter_.add(facts::Snapshot{std::string(metric), std::string(subject), number, std::string(text::trim(value)), *gpu_,
                                time_of(line, time_), text::origin(line)}, sink);
}

void TableParser::event(const text::Line& line, std::string_view kind, facts::Place place, facts::Attributes attributes,
                        facts::Sink& sink) {
  reporter_.add(facts::Event{std::string(kind), std::nullopt, std::move(place), time_of(line, time_), text::origin(line),
                             std::move(attributes)}, sink);
}

}  // namespace gpm::nvidia_smi
