// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/gpu_report.h"

#include <algorithm>
#include <utility>

#include "parsers/nvidia_smi/gpu_fields.h"
#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"

namespace gpm::nvidia_smi {
namespace {

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

GpuReport::GpuReport(Reporter& reporter, const text::Line& header, std::string_view pci, std::optional<facts::Time> time)
    : reporter_(reporter), place_(header.place), time_(time_of(header, time)), header_(text::origin(header)) {
  if (const auto address = text::pci_address(pci)) place_.pci = *address;
}

void GpuReport::field(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink) {
  if (value.size() > 512) return;
  if (kind_of(value) == ValueKind::error) {
    const auto* known = gpu_field(path);
    std::string cell(known ? cell_name(known->metric) : path);
    if (known && !known->subject.empty()) cell += "/" + std::string(known->subject);
    return snapshot("gpu.error_cell", cell, std::nullopt, bare(value), text::origin(line), sink);
  }
  (void)(identity(path, value, line, sink) || clock_reason(path, value, line, sink) || ecc_count(path, value, line) ||
         process(path, value, line, sink) || mapped(path, value, line, sink));
}

bool GpuReport::identity(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink) {
  const bool present = kind_of(value) == ValueKind::present;
  if (path == "product_name") {
    if (present) name_ = value;
  } else if (path == "serial_number" || path == "serial") {
    if (present && value != "0") serial_ = value;
  } else if (path == "gpu_uuid" || path == "uuid") {
    if (value.starts_with("GPU-")) place_.gpu_uuid = value;
  } else if (path == "mig_mode/current" || path == "mig_mode/current_mig") {
    mig_current_ = value;
    if (present) snapshot("gpu.mig_mode", "", std::nullopt, value, text::origin(line), sink);
  } else if (path == "mig_mode/pending" || path == "mig_mode/pending_mig") {
    if (present) mig_pending(value, line, sink);
  } else {
    return false;
  }
  return true;
}

void GpuReport::mig_pending(std::string_view pending, const text::Line& line, facts::Sink& sink) {
  if (kind_of(mig_current_) != ValueKind::present) return;
  snapshot("gpu.mig_mode_change_pending", "", std::nullopt, pending == mig_current_ ? "No" : "Yes", text::origin(line), sink);
}

bool GpuReport::clock_reason(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink) {
  if (!path.starts_with("clocks_event_reasons/") && !path.starts_with("clocks_throttle_reasons/")) return false;
  if (value != "Active" && value != "Not Active") return true;
  auto reason = last_part(path);
  take_prefix(reason, "clocks_event_reason_");
  take_prefix(reason, "clocks_throttle_reason_");
  if (reason == "gpu_idle") reason = "idle";
  if (reason == "display_clocks_setting") reason = "display_clock_setting";
  if (reason == "application_clocks_setting") reason = "applications_clocks_setting";
  snapshot("gpu.clock_event", reason, std::nullopt, value, text::origin(line), sink);
  return true;
}

// Three forms (see the reference in docs/formats.md): Single/Double Bit by unit with a Total; SRAM/DRAM; SRAM split into
// Parity and SEC-DED.
bool GpuReport::ecc_count(std::string_view path, std::string_view value, const text::Line& line) {
  if (!take_prefix(path, "ecc_errors/")) return false;
  bool aggregate = false;
  if (take_prefix(path, "aggregate/")) {
    aggregate = true;
  } else if (!take_prefix(path, "volatile/")) {
    return false;
  }
  const auto unit = last_part(path);
  bool correctable = false;
  if (path.starts_with("single_bit/") || unit.ends_with("ram_correctable")) {
    correctable = true;
  } else if (!path.starts_with("double_bit/") && !unit.starts_with("sram_uncorrectable") && !unit.starts_with("dram_uncorrectable")) {
    return false;
  }
  const auto number = text::leading_number(value);
  if (!number || *number < 0) return true;
  Counts& counts = aggregate ? (correctable ? aggregate_correctable_ : aggregate_uncorrectable_)
                             : (correctable ? volatile_correctable_ : volatile_uncorrectable_);
  Sum& sum = unit == "total" ? counts.printed
             : unit == "device_memory" || unit.starts_with("dram") ? counts.dram
                                                                    : counts.sram;
  sum.total += *number;
  if (*number > sum.largest) {
    sum.largest = *number;
    sum.at = text::origin(line);
  }
  return true;
}

void GpuReport::finish_counts(const Counts& counts, std::string_view metric, facts::Sink& sink) {
  const auto give = [&](const Sum& sum, std::string_view subject, double total) {
    snapshot(metric, subject, total, std::to_string(static_cast<std::int64_t>(std::min(total, 9e15))), sum.at, sink);
  };
  if (counts.sram.largest >= 0) give(counts.sram, "sram", counts.sram.total);
  if (counts.dram.largest >= 0) give(counts.dram, "dram", counts.dram.total);
  const Sum& source = counts.printed.largest >= 0               ? counts.printed
                      : counts.sram.largest > counts.dram.largest ? counts.sram
                                                                  : counts.dram;
  if (source.largest < 0) return;
  give(source, "", counts.printed.largest >= 0 ? counts.printed.total : counts.sram.total + counts.dram.total);
}

bool GpuReport::process(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink) {
  if (path == "processes" && value == "None") {
    reporter_.add(facts::Event{"nvidia_smi.no_processes", std::nullopt, place_, time_, text::origin(line), {}}, sink);
    return true;
  }
  if (!take_prefix(path, "processes/")) return false;
  const auto key = last_part(path);
  if (key == "process_id" || key == "pid") {
    finish_process(sink);
    process_ = Process{text::integer(value), "", "", "", text::origin(line)};
  } else if (process_ && key == "type") {
    process_->type = value;
  } else if (process_ && (key == "name" || key == "process_name")) {
    process_->name = value;
  } else if (process_ && (key == "used_gpu_memory" || key == "used_memory")) {
    process_->memory = value;
  }
  return true;
}

void GpuReport::finish_process(facts::Sink& sink) {
  if (!process_ || !process_->pid) return process_.reset();
  facts::Place place = place_;
  place.pid = process_->pid;
  place.process = process_->name;
  facts::Attributes attributes;
  if (!process_->type.empty()) attributes["type"] = process_->type;
  const auto used = text::leading_number(process_->memory);
  if (used) attributes["memory_used_mib"] = std::to_string(static_cast<std::int64_t>(std::min(*used, 9e15)));
  reporter_.add(facts::Event{"nvidia_smi.process", std::nullopt, place, time_, process_->at, std::move(attributes)}, sink);
  if (used)
    reporter_.add(facts::Snapshot{"gpu.process_memory_used_mib", "", used, process_->memory, place, time_, process_->at}, sink);
  process_.reset();
}

bool GpuReport::mapped(std::string_view path, std::string_view value, const text::Line& line, facts::Sink& sink) {
  const auto* field = gpu_field(path);
  if (!field) return false;
  if (field->form == FieldForm::text_always) {
    snapshot(field->metric, field->subject, std::nullopt, value, text::origin(line), sink);
    return true;
  }
  if (kind_of(value) != ValueKind::present) return true;
  std::optional<double> number;
  if (field->form == FieldForm::number) {
    number = text::leading_number(value);
    if (!number) return true;
  }
  snapshot(field->metric, field->subject, number, field->form == FieldForm::compute_mode ? usual_compute_mode(value) : std::string(value),
           text::origin(line), sink);
  return true;
}

void GpuReport::snapshot(std::string_view metric, std::string_view subject, std::optional<double> number,
                         std::string_view value, facts::Origin at, facts::Sink& sink) {
  // The UUID comes some lines into the block; leaving it out keeps one GPU's values under one identity.
  facts::Place place = place_;
  place.gpu_uuid.clear();
  reporter_.add(facts::Snapshot{std::string(metric), std::string(subject), number, std::string(value), std::move(place),
                                time_, std::move(at)}, sink);
}

void GpuReport::finish(facts::Sink& sink) {
  finish_process(sink);
  finish_counts(volatile_correctable_, "gpu.ecc_correctable_volatile", sink);
  finish_counts(volatile_uncorrectable_, "gpu.ecc_uncorrectable_volatile", sink);
  finish_counts(aggregate_correctable_, "gpu.ecc_correctable_aggregate", sink);
  finish_counts(aggregate_uncorrectable_, "gpu.ecc_uncorrectable_aggregate", sink);
  reporter_.add(facts::Gpu{place_, name_, serial_, header_}, sink);
}

}  // namespace gpm::nvidia_smi
