// SPDX-License-Identifier: Apache-2.0
//
// A Kubernetes object, of whatever kind, down to its containers:
//
//   kind: Deployment                    context of all below: kind, metadata.name
//   spec:
//     replicas: 2                       the nearest one above a pod spec counts (RayCluster groups, PyTorchJob roles)
//     template:
//       spec:                           <- a pod spec: a mapping with a list `containers`
//         hostIPC: true
//         containers:
//         - name: engine
//           resources: {limits: {nvidia.com/gpu: "2"}}
//           volumeMounts: [{name: dshm, mountPath: /dev/shm}]
//         volumes: [{name: dshm, emptyDir: {medium: Memory, sizeLimit: 32Gi}}]
//   status:                             of a Pod: states of its containers
#include <algorithm>

#include "parsers/container/documents.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

struct Context {
  std::string_view kind;
  std::string_view name;
  const Entry* replicas = nullptr;
};

// Settings from an entry if it is a scalar.
void state_if(const Node& node, std::string_view key, std::string_view as, std::vector<Stated>& settings) {
  if (const auto* entry = node.find(key); entry && entry->value.is_scalar())
    settings.push_back({std::string(as), entry->value.scalar, entry->at});
}

void state_bool(const Node& node, std::string_view key, std::string_view as, std::vector<Stated>& settings) {
  if (const auto* entry = node.find(key); entry && entry->value.is_scalar())
    settings.push_back({std::string(as), truthy(entry->value.scalar) ? "true" : "false", entry->at});
}

std::vector<Word> argv_of(const Node& list) {
  std::vector<Word> words;
  if (list.is_scalar()) return shell_words(list.scalar, list.at);
  for (const auto& item : list.items)
    if (item.is_scalar() && words.size() < 2000) words.push_back({item.scalar, item.at});
  return words;
}

void read_command(const Node& container, ContainerSpec& spec) {
  for (std::string_view key : {"command", "args"}) {
    const auto* entry = container.find(key);
    if (!entry) continue;
    const auto words = argv_of(entry->value);
    if (words.empty()) continue;
    spec.state(key, joined(words), entry->at);
    add_arguments(words, spec.settings);
  }
}

void read_resources(const Node& resources, ContainerSpec& spec) {
  const Node& limits = resources["limits"];
  const Node& requests = resources["requests"];
  for (const auto* amounts : {&limits, &requests}) {
    for (const auto& entry : amounts->entries) {
      if (!entry.value.is_scalar()) continue;
      const bool gpu = entry.key == "nvidia.com/gpu";
      if (!gpu && !entry.key.starts_with("nvidia.com/") && !entry.key.starts_with("rdma/")) continue;
      const std::string key = gpu ? "gpu_request" : entry.key;
      if (!spec.states(key)) spec.state(key, entry.value.scalar, entry.at);
    }
  }
  if (const auto* memory = limits.find("memory"); memory && memory->value.is_scalar())
    state_memory_limit(spec, kubernetes_bytes(memory->value.scalar), memory->value.scalar, memory->at);
}

void read_security(const Node& security, ContainerSpec& spec) {
  state_bool(security, "privileged", "privileged", spec.settings);
  for (const auto& added : security["capabilities"]["add"].items)
    if (added.is_scalar()) spec.state("capability", added.scalar, added.at);
}

void read_environment(const Node& list, ContainerSpec& spec) {
  for (const auto& item : list.items) {
    const auto* name = item.find("name");
    const auto* value = item.find("value");
    if (!name || !name->value.is_scalar()) continue;
    // valueFrom: the value is elsewhere, and nothing is stated here.
    if (!value || (!value->value.is_scalar() && value->value.kind != Node::Kind::null)) continue;
    spec.environment.push_back({name->value.scalar, value->value.scalar, name->at});
  }
}

ContainerSpec read_container(const Node& node, bool init) {
  ContainerSpec spec;
  spec.init = init;
  spec.at = node.at;
  if (const auto* name = node.find("name"); name && name->value.is_scalar()) {
    spec.name = name->value.scalar;
    spec.at = name->at;
  }
  state_if(node, "image", "image", spec.settings);
  read_command(node, spec);
  read_resources(node["resources"], spec);
  read_security(node["securityContext"], spec);
  read_environment(node["env"], spec);
  for (const auto& mount : node["volumeMounts"].items) {
    const auto* path = mount.find("mountPath");
    if (path && path->value.is_scalar())
      spec.mounts.push_back({std::string(mount.text("name")), path->value.scalar, path->at});
  }
  return spec;
}

Volume read_volume(const Node& node) {
  Volume volume{std::string(node.text("name")), "other", node.at};
  if (const auto* empty = node.find("emptyDir")) {
    volume.at = empty->at;
    if (empty->value.text("medium") == "Memory") {
      const auto size = empty->value.text("sizeLimit");
      volume.backing = size.empty() ? "memory" : "memory:" + std::string(size);
    } else {
      volume.backing = "emptydir";
    }
  } else if (const auto* host = node.find("hostPath")) {
    volume.at = host->at;
    volume.backing = "hostpath:" + std::string(host->value.text("path"));
  }
  return volume;
}

PodSpec read_pod_spec(const Node& node, const Context& context) {
  PodSpec pod;
  pod.kind = context.kind;
  pod.name = context.name;
  pod.node = node.text("nodeName");
  state_bool(node, "hostIPC", "host_ipc", pod.settings);
  state_bool(node, "hostPID", "host_pid", pod.settings);
  state_bool(node, "hostNetwork", "host_network", pod.settings);
  state_bool(node, "shareProcessNamespace", "share_process_namespace", pod.settings);
  state_if(node, "runtimeClassName", "runtime_class", pod.settings);
  state_if(node, "nodeName", "node_name", pod.settings);
  for (const auto& entry : node["nodeSelector"].entries)
    if (entry.value.is_scalar()) pod.settings.push_back({"node_selector:" + entry.key, entry.value.scalar, entry.at});
  if (context.replicas) pod.settings.push_back({"replicas", context.replicas->value.scalar, context.replicas->at});
  for (const auto& volume : node["volumes"].items) pod.volumes.push_back(read_volume(volume));
  for (const auto& container : node["initContainers"].items)
    if (container.is_mapping()) pod.containers.push_back(read_container(container, true));
  for (const auto& container : node["containers"].items)
    if (container.is_mapping()) pod.containers.push_back(read_container(container, false));
  return pod;
}

void set_time(facts::Event& event, std::string_view written) {
  if (const auto time = rfc3339_ns(written)) {
    event.time.utc_ns = *time;
    event.time.from = facts::TimeFrom::stated;
    if (written.find('.') == std::string_view::npos) event.time.precision_ms = 1000;
  }
}

void copy_attribute(const Node& from, std::string_view key, std::string_view as, facts::Event& event) {
  if (const auto value = from.text(key); !value.empty()) event.attributes[std::string(as)] = value;
}

// One `state:` or `lastState:` of a container.
void read_state(const Node& status, std::string_view which, const facts::Place& place, Writer& writer) {
  const Node& state = status[which];
  for (std::string_view what : {"terminated", "waiting"}) {
    const auto* entry = state.find(what);
    if (!entry || !entry->value.is_mapping()) continue;
    facts::Event event;
    event.kind = "container." + std::string(what);
    event.place = place;
    event.attributes["state"] = which == "lastState" ? "last" : "current";
    copy_attribute(entry->value, "reason", "reason", event);
    copy_attribute(entry->value, "message", "message", event);
    copy_attribute(entry->value, "signal", "signal", event);
    copy_attribute(status, "restartCount", "restarts", event);
    Mark at = entry->at;
    if (const auto* reason = entry->value.find("reason")) at = reason->at;
    if (what == "terminated") {
      event.code = text::integer(entry->value.text("exitCode"));
      set_time(event, entry->value.text("finishedAt"));
    }
    writer.event(std::move(event), at);
  }
}

void read_pod_status(const Node& object, const Context& context, Writer& writer) {
  PodSpec pod;
  pod.kind = "Pod";
  pod.name = context.name;
  pod.node = object["spec"].text("nodeName");
  const Node& status = object["status"];
  for (std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const auto& container : status[list].items) {
      auto place = place_of(pod);
      place.container = container.text("name");
      read_state(container, "state", place, writer);
      read_state(container, "lastState", place, writer);
    }
  }
  if (const auto* phase = status.find("phase"); phase && phase->value.is_scalar()) {
    facts::Event event;
    event.kind = "kubernetes.pod_status";
    event.place = place_of(pod);
    const auto reason = status.text("reason");
    event.attributes["status"] = reason.empty() ? phase->value.scalar : std::string(reason);
    copy_attribute(status, "message", "message", event);
    copy_attribute(object["metadata"], "namespace", "namespace", event);
    std::int64_t restarts = 0;
    for (const auto& container : status["containerStatuses"].items)
      restarts = std::max(restarts, text::integer(container.text("restartCount")).value_or(0));
    event.attributes["restarts"] = std::to_string(restarts);
    writer.event(std::move(event), phase->at);
  }
}

void read_event(const Node& object, Writer& writer) {
  const Node& involved = object.find("involvedObject") ? object["involvedObject"] : object["regarding"];
  facts::Event event;
  event.kind = "kubernetes.event";
  if (involved.text("kind") == "Pod") event.place.pod = involved.text("name");
  if (const auto host = object["source"].text("host"); !host.empty()) event.place.host = text::short_host(host);
  if (involved.text("kind") == "Node") event.place.host = text::short_host(involved.text("name"));
  event.attributes["object"] = text::lower(involved.text("kind")) + "/" + std::string(involved.text("name"));
  for (std::string_view key : {"reason", "type", "count"}) copy_attribute(object, key, key, event);
  copy_attribute(object, object.find("message") ? "message" : "note", "message", event);
  for (std::string_view key : {"eventTime", "firstTimestamp", "lastTimestamp"}) set_time(event, object.text(key));
  const auto* message = object.find("message");
  const auto* reason = object.find("reason");
  writer.event(std::move(event), message ? message->at : reason ? reason->at : object.at);
}

void read_node(const Node& object, Writer& writer) {
  const std::string name(object["metadata"].text("name"));
  facts::Place place;
  place.host = text::short_host(name);
  const auto put = [&](std::string key, const Entry& entry) {
    if (entry.value.is_scalar()) writer.setting("node", name, {std::move(key), entry.value.scalar, entry.at}, place);
  };
  const Node& status = object["status"];
  for (std::string_view amounts : {"capacity", "allocatable"})
    for (const auto& entry : status[amounts].entries)
      if (entry.key == "memory" || entry.key == "cpu" || entry.key.find('/') != std::string::npos)
        put(std::string(amounts) + ":" + entry.key, entry);
  for (const auto& condition : status["conditions"].items) {
    if (const auto* value = condition.find("status")) put("condition:" + std::string(condition.text("type")), *value);
  }
  for (const auto& entry : object["metadata"]["labels"].entries)
    if (entry.key.starts_with("nvidia.com/")) put("label:" + entry.key, entry);
  if (const auto* unschedulable = object["spec"].find("unschedulable")) put("unschedulable", *unschedulable);
  for (const auto& [key, as] : {std::pair{"kernelVersion", "kernel"}, std::pair{"osImage", "os"},
                                std::pair{"containerRuntimeVersion", "container_runtime"},
                                std::pair{"kubeletVersion", "kubelet"}})
    if (const auto* entry = status["nodeInfo"].find(key)) put(as, *entry);
}

// How far a job's controller says it has come: PyTorchJob, Job, JobSet, RayJob, LeaderWorkerSet ...
bool read_job_conditions(const Node& object, std::string_view kind, Writer& writer) {
  const std::string name = text::lower(kind) + "/" + std::string(object["metadata"].text("name"));
  bool any = false;
  for (const auto& condition : object["status"]["conditions"].items) {
    const auto* type = condition.find("type");
    if (!type || !type->value.is_scalar()) continue;
    facts::Event event;
    event.kind = "kubernetes.job_condition";
    event.attributes["object"] = name;
    for (std::string_view key : {"type", "status", "reason", "message"}) copy_attribute(condition, key, key, event);
    for (std::string_view key : {"lastTransitionTime", "lastUpdateTime"}) set_time(event, condition.text(key));
    writer.event(std::move(event), type->at);
    any = true;
  }
  return any;
}

bool is_job(std::string_view kind) {
  return kind.ends_with("Job") || kind == "JobSet" || kind == "LeaderWorkerSet" || kind == "RayCluster" || kind == "RayService";
}

class Walk {
 public:
  explicit Walk(Writer& writer) : writer_(writer) {}
  bool found = false;

  // The tree's depth is bounded, and so is this recursion.
  void visit(const Node& node, Context context) {
    for (const auto& item : node.items) visit(item, context);
    if (!node.is_mapping()) return;
    const Node& metadata = node["metadata"];
    const bool is_object = node.find("spec") || node.find("status") || node.find("kind") || node.find("involvedObject");
    if (metadata.is_mapping() && is_object) object(node, context);
    if (const auto* replicas = node.find("replicas"); replicas && replicas->value.is_scalar()) context.replicas = replicas;
    if (node["containers"].is_sequence() && has_container(node["containers"])) {
      write(read_pod_spec(node, context), writer_);
      found = true;
      return;
    }
    for (const auto& entry : node.entries)
      if (entry.key != "status" && entry.key != "metadata") visit(entry.value, context);
  }

 private:
  static bool has_container(const Node& list) {
    return std::any_of(list.items.begin(), list.items.end(), [](const Node& item) {
      return item.is_mapping() && (item.find("image") || item.find("name"));
    });
  }

  // An object with metadata: remembers its name, or is read by itself.
  void object(const Node& node, Context& context) {
    const auto kind = node.text("kind");
    const Node& metadata = node["metadata"];
    const bool template_of_pod = kind.empty() && !node.find("apiVersion") && !node.find("status") && !context.name.empty();
    if (template_of_pod) return;  // spec.template: its metadata seldom has a name, and that is not the object's
    context.name = metadata.text(metadata.find("name") ? "name" : "generateName");
    context.replicas = nullptr;
    if (!kind.empty()) context.kind = kind;
    if (context.kind.ends_with("List")) context.kind = context.kind.substr(0, context.kind.size() - 4);
    const Node& status = node["status"];
    if (node.find("involvedObject") || node.find("regarding")) {
      read_event(node, writer_);
    } else if (context.kind == "Node" || (context.kind.empty() && status.find("allocatable"))) {
      read_node(node, writer_);
    } else if (status.find("containerStatuses") || status.find("initContainerStatuses") ||
               (context.kind == "Pod" && status.find("phase"))) {
      if (context.kind.empty()) context.kind = "Pod";
      read_pod_status(node, context, writer_);
    } else if (is_job(context.kind) && read_job_conditions(node, context.kind, writer_)) {
      found = true;
    } else {
      return;
    }
    found = true;
  }

  Writer& writer_;
};

}  // namespace

bool read_kubernetes(const Node& root, Writer& writer) {
  Walk walk(writer);
  Context context;
  context.kind = root.text("kind");
  if (context.kind.ends_with("List")) context.kind = context.kind.substr(0, context.kind.size() - 4);
  walk.visit(root, context);
  return walk.found;
}

bool indentation_lost(const Node& root) {
  // A pod spec has none of a container's keys; where they stand beside `containers:`, the levels ran together.
  if (root.find("containers") && !root.find("containers")->value.is_mapping())
    for (std::string_view key : {"image", "volumeMounts", "limits", "mountPath"})
      if (root.find(key)) return true;
  if (root.find("kind") && root.find("apiVersion")) {
    const bool empty_spec = root["spec"].kind == Node::Kind::null;
    if (root.find("containers") || (empty_spec && (root.find("template") || root.find("image")))) return true;
  }
  const auto lost = [](const Node& node) { return indentation_lost(node); };
  return std::any_of(root.items.begin(), root.items.end(), lost) ||
         std::any_of(root.entries.begin(), root.entries.end(), [&](const Entry& entry) { return lost(entry.value); });
}

}  // namespace gpm::container
