// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {

enum class CsvForm { timestamp, index, name, uuid, pci, serial, driver, pid, process, mask, number, text, compute_mode, mig_pending, active };

struct CsvColumn {
  std::string_view name;
  CsvForm form;
  std::string_view metric;
  std::string_view subject;
};

namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using enum CsvForm;

constexpr CsvColumn known_columns[] = {
    {"timestamp", timestamp, "", ""},
    {"index", index, "", ""},
    {"name", name, "", ""},
    {"gpu_name", name, "", ""},
    {"uuid", uuid, "", ""},
    {"gpu_uuid", uuid, "", ""},
    {"pci.bus_id", pci, "", ""},
    {"gpu_bus_id", pci, "", ""},
    {"serial", serial, "", ""},
    {"gpu_serial", serial, "", ""},
    {"driver_version", driver, "", ""},
    {"pid", pid, "", ""},
    {"process_name", process, "", ""},
    {"used_gpu_memory", number, "gpu.process_memory_used_mib", ""},
    {"used_memory", number, "gpu.process_memory_used_mib", ""},
    {"count", number, "gpu.attached", ""},
    {"minor_number", number, "gpu.minor_number", ""},
    {"memory.total", number, "gpu.memory_total_mib", ""},
    {"memory.used", number, "gpu.memory_used_mib", ""},
    {"memory.free", number, "gpu.memory_free_mib", ""},
    {"memory.reserved", number, "gpu.memory_reserved_mib", ""},
    {"utilization.gpu", number, "gpu.utilization_percent", ""},
    {"temperature.gpu", number, "gpu.temperature_c", ""},
    {"temperature.memory", number, "gpu.memory_temperature_c", ""},
    {"temperature.gpu.tlimit", number, "gpu.temperature_margin_c", ""},
    {"power.draw", number, "gpu.power_w", ""},
    {"power.draw.average", number, "gpu.power_w", ""},
    {"power.draw.instant", number, "gpu.power_instant_w", ""},
    {"power.limit", number, "gpu.power_limit_w", ""},
    {"power.default_limit", number, "gpu.power_limit_default_w", ""},
    {"clocks.sm", number, "gpu.clock_sm_mhz", ""},
    {"clocks.current.sm", number, "gpu.clock_sm_mhz", ""},
    {"clocks.mem", number, "gpu.clock_memory_mhz", ""},
    {"clocks.current.memory", number, "gpu.clock_memory_mhz", ""},
    {"clocks.max.sm", number, "gpu.clock_sm_max_mhz", ""},
    {"clocks.max.memory", number, "gpu.clock_memory_max_mhz", ""},
    {"pstate", text, "gpu.performance_state", ""},
    {"compute_mode", compute_mode, "gpu.compute_mode", ""},
    {"persistence_mode", text, "gpu.persistence_mode", ""},
    {"mig.mode.current", text, "gpu.mig_mode", ""},
    {"mig.mode.pending", mig_pending, "", ""},
    {"ecc.mode.current", text, "gpu.ecc_mode", ""},
    {"ecc.mode.pending", text, "gpu.ecc_mode_pending", ""},
    {"pcie.link.gen.current", number, "gpu.pcie_generation_current", ""},
    {"pcie.link.gen.gpucurrent", number, "gpu.pcie_generation_current", ""},
    {"pcie.link.gen.max", number, "gpu.pcie_generation_max", ""},
    {"pcie.link.width.current", number, "gpu.pcie_width_current", ""},
    {"pcie.link.width.max", number, "gpu.pcie_width_max", ""},
    {"ecc.errors.uncorrected.volatile.total", number, "gpu.ecc_uncorrectable_volatile", ""},
    {"ecc.errors.uncorrected.aggregate.total", number, "gpu.ecc_uncorrectable_aggregate", ""},
    {"ecc.errors.corrected.volatile.total", number, "gpu.ecc_correctable_volatile", ""},
    {"ecc.errors.corrected.aggregate.total", number, "gpu.ecc_correctable_aggregate", ""},
    {"ecc.errors.uncorrected.volatile.dram", number, "gpu.ecc_uncorrectable_volatile", "dram"},
    {"ecc.errors.uncorrected.aggregate.dram", number, "gpu.ecc_uncorrectable_aggregate", "dram"},
    {"ecc.errors.uncorrected.volatile.sram", number, "gpu.ecc_uncorrectable_volatile", "sram"},
    {"ecc.errors.uncorrected.aggregate.sram", number, "gpu.ecc_uncorrectable_aggregate", "sram"},
    {"ecc.errors.uncorrected.aggregate.sram.thresholdExceeded", text, "gpu.sram_threshold_exceeded", ""},
    {"retired_pages.single_bit_ecc.count", number, "gpu.retired_pages", "single_bit"},
    {"retired_pages.sbe", number, "gpu.retired_pages", "single_bit"},
    {"retired_pages.double_bit.count", number, "gpu.retired_pages", "double_bit"},
    {"retired_pages.dbe", number, "gpu.retired_pages", "double_bit"},
    {"retired_pages.pending", text, "gpu.retired_pages_pending", ""},
    {"remapped_rows.correctable", number, "gpu.remapped_rows_correctable", ""},
    {"remapped_rows.uncorrectable", number, "gpu.remapped_rows_uncorrectable", ""},
    {"remapped_rows.pending", text, "gpu.remapped_rows_pending", ""},
    {"remapped_rows.failure", text, "gpu.remap_failure", ""},
    {"fabric.state", text, "gpu.fabric_state", ""},
    {"fabric.status", text, "gpu.fabric_status", ""},
    {"gpu_recovery_action", text, "gpu.recovery_action", ""},
    {"gsp.firmware.version", text, "gpu.gsp_firmware_version", ""},
    {"vbios_version", text, "gpu.vbios_version", ""},
    {"reset_status.reset_required", text, "gpu.reset_required", ""},
    {"reset_status.drain_and_reset_recommended", text, "gpu.drain_and_reset_recommended", ""},
    {"clocks_event_reasons.active", mask, "gpu.clock_event", ""},
    {"clocks_event_reasons.gpu_idle", active, "gpu.clock_event", "idle"},
    {"clocks_event_reasons.applications_clocks_setting", active, "gpu.clock_event", "applications_clocks_setting"},
    {"clocks_event_reasons.sw_power_cap", active, "gpu.clock_event", "sw_power_cap"},
    {"clocks_event_reasons.hw_slowdown", active, "gpu.clock_event", "hw_slowdown"},
    {"clocks_event_reasons.hw_thermal_slowdown", active, "gpu.clock_event", "hw_thermal_slowdown"},
    {"clocks_event_reasons.hw_power_brake_slowdown", active, "gpu.clock_event", "hw_power_brake_slowdown"},
    {"clocks_event_reasons.sw_thermal_slowdown", active, "gpu.clock_event", "sw_thermal_slowdown"},
    {"clocks_event_reasons.sync_boost", active, "gpu.clock_event", "sync_boost"},
};

struct ClockReason {
  std::uint64_t bit;
  std::string_view name;
};
constexpr ClockReason clock_reasons[] = {
    {0x1, "idle"}, {0x2, "applications_clocks_setting"}, {0x4, "sw_power_cap"}, {0x8, "hw_slowdown"}, {0x10, "sync_boost"},
    {0x20, "sw_thermal_slowdown"}, {0x40, "hw_thermal_slowdown"}, {0x80, "hw_power_brake_slowdown"},
    {0x100, "display_clock_setting"}};

constexpr std::size_t max_columns = 200;
constexpr std::size_t max_line = 16384;

// "memory.used [MiB]" and "memory.used" -> the column; null if unknown.
const CsvColumn* column(std::string_view printed) {
  static const auto by_name = [] {
    std::map<std::string_view, const CsvColumn*> map;
    for (const auto& known : known_columns) map.emplace(known.name, &known);
    return map;
  }();
  printed = text::trim(printed.substr(0, printed.find('[')));
  constexpr std::string_view old_prefix = "clocks_throttle_reasons.";
  std::string renamed;
  if (printed.starts_with(old_prefix)) {
    renamed = "clocks_event_reasons." + std::string(printed.substr(old_prefix.size()));
    printed = renamed;
  }
  const auto found = by_name.find(printed);
  return found == by_name.end() ? nullptr : found->second;
}

// Whether this cell can stand in this column; keeps prose and other tables out of a block without a head line.
bool fits(const CsvColumn& column, std::string_view value) {
  if (value.size() > 256) return false;
  if (kind_of(value) != ValueKind::present) return true;
  switch (column.form) {
    case timestamp: return csv_stamp(value).has_value();
    case index: return text::integer(value).has_value();
    case uuid: return value.starts_with("GPU-") || value.starts_with("MIG-");
    case pci: return text::pci_address(value).has_value();
    case pid: return text::integer(value).has_value();
    case mask: return text::hexadecimal(value).has_value();
    case number: return text::leading_number(value).has_value();
    case active: return value == "Active" || value == "Not Active";
    case driver: return text::starts_with_digit(value);
    case name:
    case serial:
    case process:
    case CsvForm::text:
    case mig_pending:
    case compute_mode: return true;
  }
  return false;
}

}  // namespace

std::span<const std::string_view> CsvParser::gates() const {
  static constexpr std::array<std::string_view, 15> literals = {
      "--query-gpu",      "--query-compute-apps", "--query-remapped-rows", "memory.used",     "memory.total",
      "memory.free",      "utilization.gpu",      "temperature.gpu",       "power.draw",      "ecc.errors.",
      "remapped_rows.",   "gpu_uuid, ",           "pci.bus_id",            "_reasons.",           "mig.mode."};
  return literals;
}

Want CsvParser::line(const text::Line& line, facts::Sink& sink) {
  if (line.message.size() > max_line) {
    end(sink);
    return Want::gated;
  }
  if (head(line)) return Want::next;
  if (command(line.message)) return Want::next;
  if (columns_.empty()) return Want::gated;
  if (row(line, sink)) return Want::next;
  // A warning above the first row does not end what a command line announced; anything else does.
  end(sink);
  return Want::gated;
}

bool CsvParser::head(const text::Line& line) {
  static const text::Regex shape(R"([a-z][A-Za-z0-9_.]{1,80}(?: \[[A-Za-z%/]{1,8}\])?)");
  const auto cells = text::split(line.message, ',');
  if (cells.size() > max_columns) return false;
  std::vector<const CsvColumn*> columns;
  int known = 0;
  bool dotted = false, is_processes = false;
  for (auto cell : cells) {
    cell = text::trim(cell);
    if (!text::Regex::FullMatch(piece(cell), shape)) return false;
    columns.push_back(column(cell));
    known += columns.back() != nullptr;
    dotted |= columns.back() && (cell.find('.') != std::string_view::npos || cell.find('_') != std::string_view::npos);
    is_processes |= cell == "pid" || cell == "process_name";
  }
  // One known word alone could be anybody's ("name"); nvidia-smi's own names have a dot or an underscore.
  if (!dotted || (known < 2 && cells.size() > 1)) return false;
  if (cells.size() == 1 && line.message.find('[') == std::string_view::npos && !columns_.empty() && !from_command_) return false;
  columns_ = std::move(columns);
  processes_ = is_processes;
  from_command_ = false;
  no_rows_.reset();
  if (processes_) no_rows_ = facts::Event{"nvidia_smi.no_processes", std::nullopt, line.place, line.time, text::origin(line), {}};
  return true;
}

bool CsvParser::command(std::string_view message) {
  static const text::Regex pattern(R"(--query-(gpu|compute-apps|remapped-rows)[= ]["']?([a-z][A-Za-z0-9_.]+(?:,[a-z][A-Za-z0-9_.]+)*))");
  StringPiece what, list;
  if (!text::contains(message, "csv") || !text::Regex::PartialMatch(piece(message), pattern, &what, &list))
    return false;
  const auto names = text::split({list.data(), list.size()}, ',');
  if (names.size() > max_columns) return false;
  columns_.clear();
  for (auto name : names) columns_.push_back(column(name));
  processes_ = what == "compute-apps";
  from_command_ = true;
  no_rows_.reset();
  return true;
}

bool CsvParser::row(const text::Line& line, facts::Sink& sink) {
  auto cells = text::split(line.message, ',');
  if (cells.size() != columns_.size()) return false;
  facts::Place place = line.place;
  facts::Gpu gpu;
  bool known = false;
  time_.reset();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = text::trim(cells[i]);
    const auto* column = columns_[i];
    if (!column) continue;
    if (!fits(*column, cells[i])) return false;
    known = true;
    if (kind_of(cells[i]) != ValueKind::present) continue;
    switch (column->form) {
      case timestamp: time_ = csv_stamp(cells[i]); break;
      case index: place.gpu_index = static_cast<int>(std::clamp<std::int64_t>(*text::integer(cells[i]), -1, 9999)); break;
      case uuid: place.gpu_uuid = cells[i]; break;
      case pci: place.pci = *text::pci_address(cells[i]); break;
      case name: gpu.name = cells[i]; break;
      case serial: gpu.serial = cells[i] == "0" ? "" : cells[i]; break;
      default: break;
    }
  }
  if (!known || (place.gpu_index && *place.gpu_index < 0)) return false;
  no_rows_.reset();
  if (place.gpu_index || !place.gpu_uuid.starts_with("MIG-"))
    if (place.gpu_index || !place.pci.empty() || !place.gpu_uuid.empty()) {
      gpu.place = place;
      gpu.at = text::origin(line);
      reporter_.add(std::move(gpu), sink);
    }
  if (processes_) {
    process(cells, line, std::move(place), sink);
    return true;
  }
  std::string_view mig_now, mig_next;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!columns_[i]) continue;
    cell(*columns_[i], cells[i], place, line, sink);
    if (kind_of(cells[i]) != ValueKind::present) continue;
    if (columns_[i]->metric == "gpu.mig_mode") mig_now = cells[i];
    if (columns_[i]->form == mig_pending) mig_next = cells[i];
  }
  if (!mig_now.empty() && !mig_next.empty())
    snapshot("gpu.mig_mode_change_pending", "", std::nullopt, mig_now == mig_next ? "No" : "Yes", place, line, sink);
  return true;
}

void CsvParser::cell(const CsvColumn& column, std::string_view value, const facts::Place& place, const text::Line& line,
                     facts::Sink& sink) {
  const auto kind = kind_of(value);
  if (kind == ValueKind::absent) return;
  if (kind == ValueKind::error)
    return snapshot("gpu.error_cell", column.metric.empty() ? column.name : cell_name(column.metric), std::nullopt, bare(value), place, line, sink);
  switch (column.form) {
    case driver:
      reporter_.add(facts::Setting{"host", "", "driver_version", std::string(value), line.place, text::origin(line, value)}, sink);
      return;
    case mask: return clock_events(value, place, line, sink);
    case number: return snapshot(column.metric, column.subject, text::leading_number(value), value, place, line, sink);
    case CsvForm::text:
    case active: return snapshot(column.metric, column.subject, std::nullopt, value, place, line, sink);
    case compute_mode:
      return snapshot(column.metric, column.subject, std::nullopt, usual_compute_mode(value), place, line, sink);
    default: return;
  }
}

void CsvParser::clock_events(std::string_view mask, const facts::Place& place, const text::Line& line, facts::Sink& sink) {
  const auto bits = text::hexadecimal(mask);
  if (!bits) return;
  for (const auto& reason : clock_reasons)
    snapshot("gpu.clock_event", reason.name, std::nullopt, (*bits & reason.bit) ? "Active" : "Not Active", place, line, sink);
}

void CsvParser::process(const std::vector<std::string_view>& cells, const text::Line& line, facts::Place place, facts::Sink& sink) {
  std::string_view memory;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!columns_[i] || kind_of(cells[i]) != ValueKind::present) continue;
    if (columns_[i]->form == pid) place.pid = text::integer(cells[i]);
    if (columns_[i]->form == CsvForm::process) place.process = cells[i];
    if (columns_[i]->metric == "gpu.process_memory_used_mib") memory = cells[i];
  }
  facts::Attributes attributes{{"type", "C"}};  // only compute contexts are listed
  const auto used = text::leading_number(memory);
  if (used) attributes["memory_used_mib"] = std::to_string(static_cast<std::int64_t>(std::clamp(*used, 0.0, 9e15)));
  reporter_.add(facts::Event{"nvidia_smi.process", std::nullopt, place, time_of(line, time_), text::origin(line), std::move(attributes)}, sink);
  if (used) snapshot("gpu.process_memory_used_mib", "", used, memory, place, line, sink);
}

void CsvParser::snapshot(std::string_view metric, std::string_view subject, std::optional<double> number, std::string_view value,
                         const facts::Place& place, const text::Line& line, facts::Sink& sink) {
  reporter_.add(facts::Snapshot{std::string(metric), std::string(subject), number, std::string(value), place,
                                time_of(line, time_), text::origin(line)}, sink);
}

void CsvParser::end(facts::Sink& sink) {
  if (no_rows_) reporter_.add(std::move(*no_rows_), sink);
  no_rows_.reset();
  columns_.clear();
  from_command_ = false;
}

}  // namespace gpm::nvidia_smi
