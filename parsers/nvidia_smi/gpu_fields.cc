// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/gpu_fields.h"

#include <map>

namespace gpm::nvidia_smi {
namespace {

using enum FieldForm;

constexpr GpuField fields[] = {
    {"minor_number", "", "gpu.minor_number", "", number},
    {"gsp_firmware_version", "", "gpu.gsp_firmware_version", "", text_always},
    {"vbios_version", "", "gpu.vbios_version", "", text},
    {"gpu_virtualization_mode/virtualization_mode", "", "gpu.virtualization_mode", "", text},
    {"performance_state", "", "gpu.performance_state", "", text},
    {"persistence_mode", "", "gpu.persistence_mode", "", text},
    {"compute_mode", "", "gpu.compute_mode", "", compute_mode},
    {"ecc_mode/current", "ecc_mode/current_ecc", "gpu.ecc_mode", "", text},
    {"ecc_mode/pending", "ecc_mode/pending_ecc", "gpu.ecc_mode_pending", "", text},

    {"fb_memory_usage/total", "", "gpu.memory_total_mib", "", number},
    {"fb_memory_usage/reserved", "", "gpu.memory_reserved_mib", "", number},
    {"fb_memory_usage/used", "", "gpu.memory_used_mib", "", number},
    {"fb_memory_usage/free", "", "gpu.memory_free_mib", "", number},
    {"utilization/gpu", "utilization/gpu_util", "gpu.utilization_percent", "", number},
    {"temperature/gpu_current_temp", "temperature/gpu_temp", "gpu.temperature_c", "", number},
    {"temperature/memory_current_temp", "temperature/memory_temp", "gpu.memory_temperature_c", "", number},
    {"temperature/gpu_t_limit_temp", "temperature/gpu_temp_tlimit", "gpu.temperature_margin_c", "", number},
    {"temperature/gpu_slowdown_temp", "temperature/gpu_temp_slow_threshold", "gpu.temperature_slowdown_c", "", number},
    {"temperature/gpu_shutdown_temp", "temperature/gpu_temp_max_threshold", "gpu.temperature_shutdown_c", "", number},

    {"power_readings/power_draw", "", "gpu.power_w", "", number},
    {"gpu_power_readings/power_draw", "", "gpu.power_w", "", number},
    {"gpu_power_readings/average_power_draw", "", "gpu.power_w", "", number},
    {"gpu_power_readings/instantaneous_power_draw", "gpu_power_readings/instant_power_draw", "gpu.power_instant_w", "", number},
    {"power_readings/power_limit", "", "gpu.power_limit_w", "", number},
    {"gpu_power_readings/current_power_limit", "", "gpu.power_limit_w", "", number},
    {"power_readings/default_power_limit", "", "gpu.power_limit_default_w", "", number},
    {"gpu_power_readings/default_power_limit", "", "gpu.power_limit_default_w", "", number},
    {"clocks/sm", "clocks/sm_clock", "gpu.clock_sm_mhz", "", number},
    {"clocks/memory", "clocks/mem_clock", "gpu.clock_memory_mhz", "", number},
    {"max_clocks/sm", "max_clocks/sm_clock", "gpu.clock_sm_max_mhz", "", number},
    {"max_clocks/memory", "max_clocks/mem_clock", "gpu.clock_memory_max_mhz", "", number},
    {"clocks_event_reasons_counters/sw_power_capping", "clocks_event_reasons_counters/clocks_event_reasons_counters_sw_power_cap",
     "gpu.clock_event_us", "sw_power_cap", number},
    {"clocks_event_reasons_counters/sync_boost", "clocks_event_reasons_counters/clocks_event_reasons_counters_sync_boost",
     "gpu.clock_event_us", "sync_boost", number},
    {"clocks_event_reasons_counters/sw_thermal_slowdown",
     "clocks_event_reasons_counters/clocks_event_reasons_counters_sw_therm_slowdown", "gpu.clock_event_us",
     "sw_thermal_slowdown", number},
    {"clocks_event_reasons_counters/hw_thermal_slowdown",
     "clocks_event_reasons_counters/clocks_event_reasons_counters_hw_therm_slowdown", "gpu.clock_event_us",
     "hw_thermal_slowdown", number},
    {"clocks_event_reasons_counters/hw_power_braking",
     "clocks_event_reasons_counters/clocks_event_reasons_counters_hw_power_brake", "gpu.clock_event_us",
     "hw_power_brake_slowdown", number},

    {"pci/gpu_link_info/pcie_generation/current", "pci/pci_gpu_link_info/pcie_gen/current_link_gen",
     "gpu.pcie_generation_current", "", number},
    {"pci/gpu_link_info/pcie_generation/max", "pci/pci_gpu_link_info/pcie_gen/max_link_gen", "gpu.pcie_generation_max", "", number},
    {"pci/gpu_link_info/link_width/current", "pci/pci_gpu_link_info/link_widths/current_link_width",
     "gpu.pcie_width_current", "", number},
    {"pci/gpu_link_info/link_width/max", "pci/pci_gpu_link_info/link_widths/max_link_width", "gpu.pcie_width_max", "", number},
    {"pci/replays_since_reset", "pci/replay_counter", "gpu.pcie_replays", "", number},
    {"pci/replay_number_rollovers", "pci/replay_rollover_counter", "gpu.pcie_replay_rollovers", "", number},

    {"ecc_errors/aggregate/sram_threshold_exceeded", "", "gpu.sram_threshold_exceeded", "", text},
    {"ecc_errors/aggregate_uncorrectable_sram_sources/sram_l2", "", "gpu.ecc_sram_source", "l2", number},
    {"ecc_errors/aggregate_uncorrectable_sram_sources/sram_sm", "", "gpu.ecc_sram_source", "sm", number},
    {"ecc_errors/aggregate_uncorrectable_sram_sources/sram_microcontroller", "", "gpu.ecc_sram_source", "microcontroller", number},
    {"ecc_errors/aggregate_uncorrectable_sram_sources/sram_pcie", "", "gpu.ecc_sram_source", "pcie", number},
    {"ecc_errors/aggregate_uncorrectable_sram_sources/sram_other", "", "gpu.ecc_sram_source", "other", number},
    {"ecc_errors/channel_repair_pending", "", "gpu.channel_repair_pending", "", text},
    {"ecc_errors/tpc_repair_pending", "", "gpu.tpc_repair_pending", "", text},
    {"ecc_errors/unrepairable_memory", "", "gpu.unrepairable_memory", "", text},
    {"retired_pages/single_bit_ecc", "retired_pages/multiple_single_bit_retirement/retired_count", "gpu.retired_pages",
     "single_bit", number},
    {"retired_pages/double_bit_ecc", "retired_pages/double_bit_retirement/retired_count", "gpu.retired_pages", "double_bit", number},
    {"retired_pages/pending_page_blacklist", "retired_pages/pending_blacklist", "gpu.retired_pages_pending", "", text},
    {"retired_pages/pending", "retired_pages/pending_retirement", "gpu.retired_pages_pending", "", text},
    {"remapped_rows/correctable_error", "remapped_rows/remapped_row_corr", "gpu.remapped_rows_correctable", "", number},
    {"remapped_rows/uncorrectable_error", "remapped_rows/remapped_row_unc", "gpu.remapped_rows_uncorrectable", "", number},
    {"remapped_rows/pending", "remapped_rows/remapped_row_pending", "gpu.remapped_rows_pending", "", text},
    {"remapped_rows/remapping_failure_occurred", "remapped_rows/remapped_row_failure", "gpu.remap_failure", "", text},
    {"remapped_rows/bank_remap_availability_histogram/max", "remapped_rows/row_remapper_histogram/row_remapper_histogram_max",
     "gpu.remap_banks", "max", number},
    {"remapped_rows/bank_remap_availability_histogram/high", "remapped_rows/row_remapper_histogram/row_remapper_histogram_high",
     "gpu.remap_banks", "high", number},
    {"remapped_rows/bank_remap_availability_histogram/partial",
     "remapped_rows/row_remapper_histogram/row_remapper_histogram_partial", "gpu.remap_banks", "partial", number},
    {"remapped_rows/bank_remap_availability_histogram/low", "remapped_rows/row_remapper_histogram/row_remapper_histogram_low",
     "gpu.remap_banks", "low", number},
    {"remapped_rows/bank_remap_availability_histogram/none", "remapped_rows/row_remapper_histogram/row_remapper_histogram_none",
     "gpu.remap_banks", "none", number},

    {"gpu_recovery_action", "", "gpu.recovery_action", "", text},
    {"gpu_reset_status/reset_required", "", "gpu.reset_required", "", text},
    {"gpu_reset_status/drain_and_reset_recommended", "", "gpu.drain_and_reset_recommended", "", text},
    {"fabric/state", "", "gpu.fabric_state", "", text},
    {"fabric/status", "", "gpu.fabric_status", "", text},
    {"fabric/health/summary", "", "gpu.fabric_health", "summary", text},
    {"fabric/health/bandwidth", "", "gpu.fabric_health", "bandwidth", text},
    {"fabric/health/route_recovery_in_progress", "", "gpu.fabric_health", "route_recovery_in_progress", text},
    {"fabric/health/route_unhealthy", "", "gpu.fabric_health", "route_unhealthy", text},
    {"fabric/health/access_timeout_recovery", "", "gpu.fabric_health", "access_timeout_recovery", text},
    {"fabric/health/incorrect_configuration", "", "gpu.fabric_health", "incorrect_configuration", text},
    {"fabric/health/partition_assigned", "", "gpu.fabric_health", "partition_assigned", text},
};

}  // namespace

const GpuField* gpu_field(std::string_view path) {
  static const auto by_path = [] {
    std::map<std::string_view, const GpuField*> map;
    for (const auto& field : fields) {
      map.emplace(field.path, &field);
      if (!field.xml_path.empty()) map.emplace(field.xml_path, &field);
    }
    return map;
  }();
  const auto found = by_path.find(path);
  return found == by_path.end() ? nullptr : found->second;
}

}  // namespace gpm::nvidia_smi
