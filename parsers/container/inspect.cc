// SPDX-License-Identifier: Apache-2.0
//
// docker inspect (podman and nerdctl print the same fields):
//
//   [{"Id": "5a3a...", "Name": "/xinference",
//     "State": {"Status": "exited", "OOMKilled": true, "ExitCode": 137, "Error": "", "FinishedAt": "2024-..."},
//     "HostConfig": {"IpcMode": "private", "ShmSize": 67108864, "Runtime": "runc", "Memory": 0,
//                    "DeviceRequests": [{"Count": -1, "DeviceIDs": null, "Capabilities": [["gpu"]]}]},
//     "Config": {"Env": ["NCCL_DEBUG=INFO"], "Image": "xprobe/xinference:v0.12.0", "Cmd": [...]}}]
//
// and /etc/docker/daemon.json: {"default-runtime": "nvidia", "runtimes": {"nvidia": {"path": ...}}}
#include "parsers/container/documents.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

const Entry* scalar(const Node& node, std::string_view key) {
  const auto* entry = node.find(key);
  return entry && entry->value.is_scalar() ? entry : nullptr;
}

void read_device_requests(const Node& host, ContainerSpec& spec) {
  const auto* requests = host.find("DeviceRequests");
  if (!requests) return;
  for (const auto& request : requests->value.items) {
    std::string ids;
    for (const auto& id : request["DeviceIDs"].items) ids += (ids.empty() ? "" : ",") + id.scalar;
    const auto* count = scalar(request, "Count");
    if (!ids.empty()) {
      spec.state("gpus", "device=" + ids, request.find("DeviceIDs")->at);
    } else if (count) {
      spec.state("gpus", count->value.scalar == "-1" ? "all" : count->value.scalar, count->at);
    }
  }
}

void read_host_config(const Node& host, ContainerSpec& spec) {
  if (const auto* entry = scalar(host, "IpcMode")) state_ipc(spec, entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "PidMode"))
    state_pid(spec, entry->value.scalar.empty() ? "private" : entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "NetworkMode")) state_network(spec, entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "ShmSize")) state_shm_size(spec, entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "Privileged")) spec.state("privileged", entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "Runtime"); entry && !entry->value.scalar.empty())
    spec.state("runtime", entry->value.scalar, entry->at);
  if (const auto* entry = scalar(host, "Memory"))
    state_memory_limit(spec, text::integer(entry->value.scalar), entry->value.scalar, entry->at);
  for (const auto& added : host["CapAdd"].items)
    if (added.is_scalar()) spec.state("capability", added.scalar, added.at);
  for (const auto& device : host["Devices"].items)
    if (const auto* path = scalar(device, "PathOnHost")) spec.state("device", path->value.scalar, path->at);
  for (const auto& limit : host["Ulimits"].items) {
    const auto name = text::lower(limit.text("Name"));
    const auto* soft = scalar(limit, "Soft");
    if (soft && (name == "memlock" || name == "rlimit_memlock")) spec.state("memlock", soft->value.scalar, soft->at);
  }
  for (const auto& bind : host["Binds"].items) {
    const auto parts = text::split(bind.scalar, ':');
    if (parts.size() >= 2 && parts[1] == "/dev/shm") spec.state("shm_volume", "hostpath:" + std::string(parts[0]), bind.at);
  }
  read_device_requests(host, spec);
}

void read_command(const Node& object, ContainerSpec& spec) {
  std::vector<Word> words;
  const auto add = [&](const Entry* entry) {
    if (!entry) return;
    if (entry->value.is_scalar()) words.push_back({entry->value.scalar, entry->at});
    for (const auto& item : entry->value.items)
      if (item.is_scalar() && words.size() < 2000) words.push_back({item.scalar, item.at});
  };
  if (object.find("Path")) {
    add(object.find("Path"));
    add(object.find("Args"));
  } else {
    add(object["Config"].find("Entrypoint"));
    add(object["Config"].find("Cmd"));
  }
  if (words.empty()) return;
  spec.state("command", joined(words), words.front().at);
  add_arguments(words, spec.settings);
}

void write_state(const Node& object, const ContainerSpec& spec, Writer& writer) {
  const Node& state = object["State"];
  const auto* status = scalar(state, "Status");
  const auto* exit = scalar(state, "ExitCode");
  if (!status && !exit) return;
  facts::Event event;
  event.kind = "container.state";
  event.place.container = spec.name;
  const bool running = status && status->value.scalar == "running";
  if (exit && !running) event.code = text::integer(exit->value.scalar);
  for (const auto& [key, as] :
       {std::pair{"Status", "status"}, std::pair{"OOMKilled", "oom_killed"}, std::pair{"Error", "error"}})
    if (const auto value = state.text(key); !value.empty()) event.attributes[as] = value;
  if (const auto* count = scalar(object, "RestartCount")) event.attributes["restarts"] = count->value.scalar;
  if (const auto time = rfc3339_ns(state.text(running ? "StartedAt" : "FinishedAt"))) {
    event.time.utc_ns = *time;
    event.time.from = facts::TimeFrom::stated;
  }
  // The line that says most: the error, the OOM kill, the exit code, the status.
  const auto* oom = scalar(state, "OOMKilled");
  Mark at = status ? status->at : exit->at;
  if (exit && !running) at = exit->at;
  if (oom && oom->value.scalar == "true") at = oom->at;
  if (!state.text("Error").empty()) at = state.find("Error")->at;
  writer.event(std::move(event), at);
}

bool read_container(const Node& object, std::string_view name, Writer& writer) {
  const bool bare = !object.find("HostConfig") && (object.find("IpcMode") || object.find("ShmSize"));
  const bool whole = object.find("HostConfig") || (object.find("State") && (object.find("Config") || object.find("Id")));
  if (!object.is_mapping() || (!bare && !whole)) return false;
  ContainerSpec spec;
  spec.at = object.at;
  if (const auto* entry = scalar(object, "Name")) {
    std::string_view written = entry->value.scalar;
    if (written.starts_with('/')) written.remove_prefix(1);
    spec.name = written;
    spec.at = entry->at;
  }
  if (spec.name.empty()) spec.name = name;
  if (spec.name.empty()) spec.name = object.text("Id").substr(0, 12);
  const Node& config = object["Config"];
  if (const auto* image = scalar(config, "Image")) {
    spec.state("image", image->value.scalar, image->at);
  } else if (const auto* named = scalar(object, "ImageName")) {  // podman
    spec.state("image", named->value.scalar, named->at);
  } else if (const auto* digest = scalar(object, "Image")) {
    spec.state("image", digest->value.scalar, digest->at);
  }
  read_host_config(bare ? object : object["HostConfig"], spec);
  read_command(object, spec);
  for (const auto& variable : config["Env"].items)
    if (variable.is_scalar()) state_environment(spec, variable.scalar, variable.at);
  write_engine(spec, !spec.name.empty(), writer);
  write_state(object, spec, writer);
  return true;
}

}  // namespace

bool read_inspect(const Node& root, std::string_view name, Writer& writer) {
  if (root.is_mapping()) return read_container(root, name, writer);
  bool found = false;
  for (const auto& item : root.items) found |= read_container(item, root.items.size() == 1 ? name : "", writer);
  return found;
}

bool read_docker_daemon(const Node& root, Writer& writer) {
  if (!root.is_mapping()) return false;
  bool found = false;
  const auto put = [&](std::string_view key, std::string_view value, Mark at) {
    writer.setting("host", "", {std::string(key), std::string(value), at}, {});
    found = true;
  };
  for (const auto& [key, as] :
       {std::pair{"default-runtime", "docker_default_runtime"}, std::pair{"default-shm-size", "docker_default_shm_size"},
        std::pair{"default-ipc-mode", "docker_default_ipc_mode"}, std::pair{"cgroup-parent", "docker_cgroup_parent"}})
    if (const auto* entry = scalar(root, key)) put(as, entry->value.scalar, entry->at);
  for (const auto& runtime : root["runtimes"].entries)
    if (runtime.value.is_mapping()) put("docker_runtime", runtime.key, runtime.at);
  for (const auto& option : root["exec-opts"].items)
    if (option.scalar.starts_with("native.cgroupdriver="))
      put("docker_cgroup_driver", std::string_view(option.scalar).substr(20), option.at);
  return found;
}

}  // namespace gpm::container
