// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/reporter.h"

#include <array>
#include <utility>

namespace gpm::nvidia_smi {
namespace {

// Values that move all the time; their changes tell nothing after the first few hundred.
constexpr std::array<std::string_view, 13> measurements = {
    "gpu.memory_used_mib", "gpu.memory_free_mib", "gpu.utilization_percent", "gpu.power_w", "gpu.power_instant_w",
    "gpu.temperature_c", "gpu.memory_temperature_c", "gpu.temperature_margin_c", "gpu.clock_sm_mhz",
    "gpu.clock_memory_mhz", "gpu.process_memory_used_mib", "gpu.performance_state", "gpu.pcie_generation_current"};

bool is_measurement(std::string_view metric) {
  for (auto name : measurements)
    if (name == metric) return true;
  return false;
}

std::string key_of(const facts::Place& place) {
  std::string key = place.host + '\x1f' + place.pod + '\x1f' + place.pci + '\x1f' + place.gpu_uuid + '\x1f';
  if (place.gpu_index) key += std::to_string(*place.gpu_index);
  key += '\x1f';
  if (place.pid) key += std::to_string(*place.pid);
  return key + '\x1f' + place.process;
}

}  // namespace

Reporter::Seen* Reporter::seen(std::string key) {
  if (const auto found = seen_.find(key); found != seen_.end()) return &found->second;
  if (seen_.size() >= max_things) return nullptr;
  return &seen_[std::move(key)];
}

void Reporter::leave_out(std::uint64_t line, facts::Sink& sink) {
  if (std::exchange(noted_, true)) return;
  sink.add(facts::Note{line, "many samples of the same values; from here on only changes of state are kept"});
}

void Reporter::add(facts::Snapshot snapshot, facts::Sink& sink) {
  Seen* thing = seen(snapshot.metric + '\x1f' + snapshot.subject + '\x1f' + key_of(snapshot.place));
  const bool room = thing && facts_ < max_facts;
  const bool keep = room && (thing->count < whole_samples || (!is_measurement(snapshot.metric) && thing->last != snapshot.text));
  if (!keep) return leave_out(snapshot.at.line, sink);
  ++thing->count;
  ++facts_;
  thing->last = snapshot.text;
  sink.add(std::move(snapshot));
}

void Reporter::add(facts::Event event, facts::Sink& sink) {
  std::string key = event.kind + '\x1f' + key_of(event.place);
  for (auto name : {"state", "message", "mig_uuid", "device", "gpu_instance", "compute_instance"})
    if (const auto found = event.attributes.find(name); found != event.attributes.end()) key += '\x1f' + found->second;
  Seen* thing = seen(std::move(key));
  if (!thing || thing->count >= whole_samples || facts_ >= max_facts) return leave_out(event.at.line, sink);
  ++thing->count;
  ++facts_;
  sink.add(std::move(event));
}

void Reporter::add(facts::Gpu gpu, facts::Sink& sink) {
  Seen* thing = seen("gpu\x1f" + key_of(gpu.place) + '\x1f' + gpu.name + '\x1f' + gpu.serial);
  if (!thing || facts_ >= max_facts) return leave_out(gpu.at.line, sink);
  if (thing->count++ > 0) return;  // the same identity again says nothing new
  ++facts_;
  sink.add(std::move(gpu));
}

void Reporter::add(facts::Setting setting, facts::Sink& sink) {
  Seen* thing = seen("setting\x1f" + setting.scope + '\x1f' + setting.key + '\x1f' + setting.subject + '\x1f' + key_of(setting.place));
  if (!thing || facts_ >= max_facts) return leave_out(setting.at.line, sink);
  if (thing->count++ > 0 && thing->last == setting.value) return;
  ++facts_;
  thing->last = setting.value;
  sink.add(std::move(setting));
}

}  // namespace gpm::nvidia_smi
