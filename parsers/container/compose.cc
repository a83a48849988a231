// SPDX-License-Identifier: Apache-2.0
//
// docker compose, as file or from `docker compose config`:
//
//   services:
//     vllm:
//       image: vllm/vllm-openai:v0.9.1
//       ipc: host                             ipc_mode, host_ipc
//       shm_size: 16gb                        shm_size_bytes
//       ulimits: {memlock: -1}                memlock (or {soft, hard})
//       environment: [NCCL_DEBUG=INFO]        list or mapping -> scope env
//       deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}
//                                             gpus: all, a number, or device=0,1
#include "parsers/container/documents.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

std::vector<Word> command_of(const Node& node) {
  if (node.is_scalar()) {
    // A folded or literal block may hold several lines; they are one command.
    std::string line = node.scalar;
    for (char& c : line)
      if (c == '\n') c = ' ';
    return shell_words(line, {0, 0});
  }
  std::vector<Word> words;
  for (const auto& item : node.items)
    if (item.is_scalar() && words.size() < 2000) words.push_back({item.scalar, item.at});
  return words;
}

void read_command(const Node& service, ContainerSpec& spec) {
  for (std::string_view key : {"entrypoint", "command"}) {
    const auto* entry = service.find(key);
    if (!entry) continue;
    auto words = command_of(entry->value);
    if (words.empty()) continue;
    if (entry->value.is_scalar())
      for (auto& word : words) word.at = entry->at;
    spec.state(key, joined(words), entry->at);
    add_arguments(words, spec.settings);
  }
}

void read_environment(const Node& environment, ContainerSpec& spec) {
  for (const auto& item : environment.items)
    if (item.is_scalar()) state_environment(spec, item.scalar, item.at);
  for (const auto& entry : environment.entries)
    if (entry.value.is_scalar() && entry.key != "<<") spec.environment.push_back({entry.key, entry.value.scalar, entry.at});
}

// What the devices reservation asks for, in the words of `docker run --gpus`.
void read_devices(const Node& service, ContainerSpec& spec) {
  if (const auto* gpus = service.find("gpus")) {
    if (gpus->value.is_scalar()) spec.state("gpus", gpus->value.scalar, gpus->at);
    for (const auto& item : gpus->value.items)
      if (const auto* count = item.find("count"); count && count->value.is_scalar())
        spec.state("gpus", count->value.scalar, count->at);
  }
  for (const auto& device : service["deploy"]["resources"]["reservations"]["devices"].items) {
    bool gpu = device.text("driver") == "nvidia";
    for (const auto& capability : device["capabilities"].items) gpu |= capability.scalar == "gpu";
    if (!gpu) continue;
    if (const auto* ids = device.find("device_ids")) {
      std::string list;
      for (const auto& id : ids->value.items) list += (list.empty() ? "" : ",") + id.scalar;
      spec.state("gpus", "device=" + list, ids->at);
    } else if (const auto* count = device.find("count"); count && count->value.is_scalar()) {
      spec.state("gpus", count->value.scalar, count->at);
    } else {
      spec.state("gpus", "all", device.at);  // neither count nor ids means all
    }
  }
}

void read_limits(const Node& service, ContainerSpec& spec) {
  if (const auto* shm = service.find("shm_size"); shm && shm->value.is_scalar())
    state_shm_size(spec, shm->value.scalar, shm->at);
  const Node& ulimits = service["ulimits"];
  if (const auto* memlock = ulimits.find("memlock")) {
    const auto soft = memlock->value.is_mapping() ? memlock->value.text("soft") : std::string_view(memlock->value.scalar);
    if (!soft.empty()) spec.state("memlock", std::string(soft), memlock->at);
  }
  const auto* memory = service.find("mem_limit");
  if (!memory) memory = service["deploy"]["resources"]["limits"].find("memory");
  if (memory && memory->value.is_scalar())
    state_memory_limit(spec, docker_bytes(memory->value.scalar), memory->value.scalar, memory->at);
}

void read_volumes(const Node& service, ContainerSpec& spec) {
  for (const auto& item : service["volumes"].items) {
    if (item.is_scalar()) {
      const auto parts = text::split(item.scalar, ':');
      if (parts.size() >= 2 && parts[1] == "/dev/shm") spec.state("shm_volume", "hostpath:" + std::string(parts[0]), item.at);
    } else if (item.text("target") == "/dev/shm") {
      spec.state("shm_volume", item.text("type") == "tmpfs" ? "memory" : "hostpath:" + std::string(item.text("source")),
                 item.at);
    }
  }
  const Node& tmpfs = service["tmpfs"];
  const auto is_shm = [](const Node& node) { return node.is_scalar() && node.scalar.starts_with("/dev/shm"); };
  if (is_shm(tmpfs)) spec.state("shm_volume", "memory", tmpfs.at);
  for (const auto& item : tmpfs.items)
    if (is_shm(item)) spec.state("shm_volume", "memory", item.at);
}

ContainerSpec read_service(const Entry& service) {
  const Node& node = service.value;
  ContainerSpec spec;
  spec.at = service.at;
  spec.name = node.text("container_name");
  if (spec.name.empty()) spec.name = service.key;
  const auto scalar = [&](std::string_view key) {
    const auto* entry = node.find(key);
    return entry && entry->value.is_scalar() ? entry : nullptr;
  };
  if (const auto* entry = scalar("image")) spec.state("image", entry->value.scalar, entry->at);
  if (const auto* entry = scalar("privileged"))
    spec.state("privileged", truthy(entry->value.scalar) ? "true" : "false", entry->at);
  if (const auto* entry = scalar("runtime")) spec.state("runtime", entry->value.scalar, entry->at);
  if (const auto* entry = scalar("ipc")) state_ipc(spec, entry->value.scalar, entry->at);
  if (const auto* entry = scalar("pid")) state_pid(spec, entry->value.scalar, entry->at);
  if (const auto* entry = scalar("network_mode")) state_network(spec, entry->value.scalar, entry->at);
  for (const auto& added : node["cap_add"].items)
    if (added.is_scalar()) spec.state("capability", added.scalar, added.at);
  for (const auto& device : node["devices"].items)
    if (device.is_scalar()) spec.state("device", device.scalar, device.at);
  read_devices(node, spec);
  read_limits(node, spec);
  read_volumes(node, spec);
  read_command(node, spec);
  read_environment(node["environment"], spec);
  state_engine_defaults(spec);
  return spec;
}

}  // namespace

bool read_compose(const Node& root, Writer& writer) {
  const Node& services = root["services"];
  bool found = false;
  for (const auto& service : services.entries) {
    const Node& node = service.value;
    // Anything may have a key `services`; a service of compose has an image or is built (or inherits both).
    if (!node.find("image") && !node.find("build") && !node.find("extends")) continue;
    write_engine(read_service(service), true, writer);
    found = true;
  }
  return found;
}

}  // namespace gpm::container
