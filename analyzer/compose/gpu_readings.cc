// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/gpu_readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "analyzer/compose/gpu_lookup.h"

namespace gpm::compose {
namespace {

enum class Rule {
  plain,    // never marked
  counted,  // marked unless 0
  yes,      // marked where it says Yes
  differs,  // marked where most other GPUs say otherwise
  active,   // marked where it says Active; left out where it does not
  healthy,  // marked unless it is one of the words of a healthy GPU
  always,   // its being there is the trouble
  hot,
};

struct Known {
  std::string_view metric;
  Rule rule;
};

// In the order of the table.
constexpr std::array known_metrics = {
    Known{"gpu.error_cell", Rule::always},
    Known{"gpu.excluded", Rule::yes},
    Known{"gpu.recovery_action", Rule::healthy},
    Known{"gpu.reset_required", Rule::yes},
    Known{"gpu.drain_and_reset_recommended", Rule::yes},
    Known{"gpu.vbios_version", Rule::differs},
    Known{"gpu.gsp_firmware_version", Rule::differs},
    Known{"gpu.ecc_mode", Rule::differs},
    Known{"gpu.ecc_uncorrectable_volatile", Rule::counted},
    Known{"gpu.ecc_uncorrectable_aggregate", Rule::counted},
    Known{"gpu.ecc_correctable_volatile", Rule::plain},
    Known{"gpu.ecc_correctable_aggregate", Rule::plain},
    Known{"gpu.sram_threshold_exceeded", Rule::yes},
    Known{"gpu.remapped_rows_correctable", Rule::plain},
    Known{"gpu.remapped_rows_uncorrectable", Rule::counted},
    Known{"gpu.remapped_rows_pending", Rule::yes},
    Known{"gpu.remap_failure", Rule::yes},
    Known{"gpu.retired_pages", Rule::plain},
    Known{"gpu.retired_pages_pending", Rule::yes},
    Known{"gpu.channel_repair_pending", Rule::yes},
    Known{"gpu.tpc_repair_pending", Rule::yes},
    Known{"gpu.unrepairable_memory", Rule::yes},
    Known{"gpu.pcie_generation_current", Rule::plain},
    Known{"gpu.pcie_generation_max", Rule::differs},
    Known{"gpu.pcie_width_current", Rule::plain},
    Known{"gpu.pcie_width_max", Rule::differs},
    Known{"gpu.pcie_replays", Rule::plain},
    Known{"nvlink.links", Rule::plain},
    Known{"nvlink.replay_errors", Rule::counted},
    Known{"nvlink.recovery_errors", Rule::counted},
    Known{"nvlink.crc_errors", Rule::counted},
    Known{"nvlink.link_recovery_failed", Rule::counted},
    Known{"gpu.fabric_state", Rule::healthy},
    Known{"gpu.fabric_status", Rule::healthy},
    Known{"gpu.temperature_c", Rule::hot},
    Known{"gpu.memory_temperature_c", Rule::hot},
    Known{"gpu.temperature_slowdown_c", Rule::plain},
    Known{"gpu.clock_event", Rule::active},
    Known{"gpu.power_w", Rule::plain},
    Known{"gpu.power_limit_w", Rule::differs},
    Known{"gpu.clock_sm_mhz", Rule::plain},
    Known{"gpu.clock_sm_max_mhz", Rule::differs},
    Known{"gpu.performance_state", Rule::plain},
    Known{"gpu.compute_mode", Rule::differs},
    Known{"gpu.mig_mode", Rule::differs},
    Known{"gpu.mig_mode_change_pending", Rule::yes},
    Known{"gpu.persistence_mode", Rule::differs},
    Known{"gpu.memory_total_mib", Rule::differs},
};

constexpr std::string_view link_speed = "nvlink.speed_gbps";

std::size_t place_of(std::string_view metric) {
  const auto at = std::find_if(known_metrics.begin(), known_metrics.end(), [&](const Known& k) { return k.metric == metric; });
  return static_cast<std::size_t>(at - known_metrics.begin());
}

struct Value {
  std::optional<double> number;
  std::string text, document;
  std::uint64_t line = 0;
};

using Key = std::pair<std::size_t, std::string>;  // place of the metric, subject
using Values = std::map<Key, Value>;

struct Links {
  std::map<std::string, bool> up;                            // by number of the link
  std::map<Key, std::map<std::string, Value>> counters;      // by metric, then by number of the link
  Value last;
};

bool says_nothing(std::string_view text) { return text.empty() || text == "N/A" || text == "[N/A]" || text == "[Not Supported]"; }

bool is_word(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) {
    return w.size() == text.size() && std::equal(w.begin(), w.end(), text.begin(), [](char a, char b) { return (a | 32) == (b | 32); });
  });
}

// Throttling that is no wish of the operator and no idling.
bool is_trouble(std::string_view clock_event) {
  return is_word(clock_event, {"hw_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown", "sw_thermal_slowdown"});
}

const Value* find(const Values& values, std::string_view metric) {
  const auto found = values.find({place_of(metric), ""});
  return found == values.end() ? nullptr : &found->second;
}

constexpr double hot_without_limit_c = 90;

std::string why_unusual(const Key& key, const Value& value, const Values& all) {
  const auto& [place, subject] = key;
  const auto& known = known_metrics[place];
  switch (known.rule) {
    case Rule::counted: return value.number.value_or(0) > 0 ? "counted" : "";
    case Rule::yes: return is_word(value.text, {"yes"}) ? "state" : "";
    case Rule::active: return is_trouble(subject) ? "state" : "";
    case Rule::always: return "state";
    case Rule::healthy: return is_word(value.text, {"none", "completed", "success", "n/a"}) ? "" : "state";
    case Rule::hot: {
      const auto* limit = find(all, "gpu.temperature_slowdown_c");
      const double hot = limit != nullptr && limit->number && *limit->number > 0 ? *limit->number : hot_without_limit_c;
      return value.number.value_or(0) >= hot ? "hot" : "";
    }
    default: break;
  }
  const auto below = [&](std::string_view most) {
    const auto* max = find(all, most);
    return max != nullptr && max->number && value.number && *value.number < *max->number;
  };
  if (known.metric == "gpu.pcie_width_current" && below("gpu.pcie_width_max")) return "below-max";
  // An idle GPU lets its link go down to generation 1.
  const auto* state = find(all, "gpu.performance_state");
  if (known.metric == "gpu.pcie_generation_current" && state != nullptr && state->text == "P0" && below("gpu.pcie_generation_max")) return "below-max";
  return {};
}

class Readings {
 public:
  Readings(store::Store& store, const DocumentPaths& paths, report::Result& result) : store_(store), paths_(paths), result_(result), lookup_(result.gpus), values_(result.gpus.size()), links_(result.gpus.size()) {}

  void run() {
    read();
    sum_up_links();
    for (std::size_t i = 0; i < values_.size(); ++i)
      for (const auto& [key, value] : values_[i])
        result_.gpus[i].readings.push_back({std::string(known_metrics[key.first].metric), key.second, value.text, why_unusual(key, value, values_[i]),
                                            value.document, value.line});
    for (std::size_t i = 0; i < links_.size(); ++i) mark_links_down(i);
    mark_odd_ones();
  }

 private:
  struct Row {
    std::optional<std::int64_t> utc_ns;
    std::int64_t id = 0;
    std::size_t gpu = 0;
    std::string metric, subject;
    Value value;
  };

  // Later rows replace earlier ones: undated first, then by time; what has the same time by document and line.
  void read() {
    // '/' is what follows '.'.
    store::Statement s(store_.database().get(),
                       "SELECT metric, subject, number, text_value, host, pci, gpu_index, gpu_uuid, document_id, line, utc_ns, id FROM snapshots "
                       "WHERE (metric > 'gpu.' AND metric < 'gpu/') OR (metric > 'nvlink.' AND metric < 'nvlink/')");
    std::vector<Row> rows;
    while (s.step()) {
      const auto metric = s.text(0);
      if (place_of(metric) == known_metrics.size() && metric != link_speed) continue;
      const auto gpu = lookup_.find(s.text(4), s.text(5), s.maybe_integer(6), s.text(7));
      if (!gpu) continue;
      rows.push_back({s.maybe_integer(10), s.integer(11), *gpu, metric, s.text(1),
                      {s.is_null(2) ? std::nullopt : std::optional<double>(s.real(2)), s.text(3), path_of(paths_, s.integer(8)), static_cast<std::uint64_t>(s.integer(9))}});
    }
    const auto key = [](const Row& row) { return std::tie(row.utc_ns, row.value.document, row.value.line, row.id); };
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
    for (auto& row : rows)
      if (row.metric.starts_with("nvlink."))
        add_link(links_[row.gpu], row.metric, row.subject, std::move(row.value));
      else
        add(values_[row.gpu], row.metric, row.subject, std::move(row.value));
  }

  static void add(Values& values, std::string_view metric, const std::string& subject, Value value) {
    const Key key{place_of(metric), subject};
    if (key.first == known_metrics.size()) return;
    if (known_metrics[key.first].rule == Rule::active && !is_word(value.text, {"active"}))
      values.erase(key);
    else if (!says_nothing(value.text))
      values[key] = std::move(value);
  }

  static void add_link(Links& links, std::string_view metric, const std::string& link, Value value) {
    if (metric == link_speed) {
      links.up[link] = value.number.value_or(0) > 0;
      links.last = std::move(value);
    } else if (const Key key{place_of(metric), ""}; key.first != known_metrics.size()) {
      links.counters[key][link] = std::move(value);
    }
  }

  void sum_up_links() {
    for (std::size_t i = 0; i < links_.size(); ++i) {
      auto& links = links_[i];
      for (const auto& [key, by_link] : links.counters) {
        double sum = 0;
        for (const auto& [link, value] : by_link) sum += value.number.value_or(0);
        const auto& shown = std::max_element(by_link.begin(), by_link.end(), [](const auto& a, const auto& b) {
                              return a.second.number.value_or(0) < b.second.number.value_or(0);
                            })->second;
        values_[i][key] = {sum, fmt::format("{:.0f}", std::min(std::max(sum, 0.0), 1e18)), shown.document, shown.line};
      }
      if (links.up.empty()) continue;
      const auto up = std::count_if(links.up.begin(), links.up.end(), [](const auto& link) { return link.second; });
      links.last.text = fmt::format("{}/{}", up, links.up.size());
      links.last.number = static_cast<double>(up);
      values_[i][{place_of("nvlink.links"), ""}] = links.last;
    }
  }

  // Where no link of any GPU is up there is no bridge or fabric; one that is down among others that are up is news.
  void mark_links_down(std::size_t i) {
    const auto& up = links_[i].up;
    const auto any = [](const Links& links) { return std::any_of(links.up.begin(), links.up.end(), [](const auto& l) { return l.second; }); };
    const bool some_down = std::any_of(up.begin(), up.end(), [](const auto& l) { return !l.second; });
    if (!some_down || std::none_of(links_.begin(), links_.end(), any)) return;
    for (auto& reading : result_.gpus[i].readings)
      if (reading.metric == "nvlink.links") reading.unusual = "below-max";
  }

  // A value is odd where more than half of the GPUs of one model have another one.
  void mark_odd_ones() {
    std::map<std::tuple<std::string, std::string, std::string>, std::map<std::string, std::size_t>> seen;
    const auto differs = [](const report::Reading& r) { return known_metrics[place_of(r.metric)].rule == Rule::differs; };
    for (const auto& gpu : result_.gpus)
      for (const auto& r : gpu.readings)
        if (differs(r)) ++seen[{gpu.name, r.metric, r.subject}][r.value];
    for (auto& gpu : result_.gpus)
      for (auto& r : gpu.readings) {
        if (!differs(r)) continue;
        std::size_t all = 0, most = 0;
        const auto& values = seen[{gpu.name, r.metric, r.subject}];
        for (const auto& [value, count] : values) {
          all += count;
          most = std::max(most, count);
        }
        if (2 * most > all && values.at(r.value) < most) r.unusual = "differs";
      }
  }

  store::Store& store_;
  const DocumentPaths& paths_;
  report::Result& result_;
  const GpuLookup lookup_;
  std::vector<Values> values_;
  std::vector<Links> links_;
};

}  // namespace

void add_gpu_readings(store::Store& store, const DocumentPaths& paths, report::Result& result) { Readings(store, paths, result).run(); }

void mark_odd_hosts(report::Result& result) {
  std::map<std::string, std::map<std::string, std::size_t>> seen;
  for (const auto& host : result.hosts)
    for (const auto& [key, value] : host.facts) ++seen[key][value];
  for (auto& host : result.hosts)
    for (const auto& [key, value] : host.facts) {
      std::size_t all = 0, most = 0;
      for (const auto& [other, count] : seen[key]) {
        all += count;
        most = std::max(most, count);
      }
      if (2 * most > all && seen[key][value] < most) host.unusual.push_back(key);
    }
}

}  // namespace gpm::compose
