// SPDX-License-Identifier: Apache-2.0
//
// Kubernetes YAML whose indentation was lost on the way into a ticket or a web page, and YAML that yaml-cpp refuses:
//
//   spec:
//   hostIPC: true
//   containers:
//   - name: sglang-decode            (or without the dash)
//   image: lmsysorg/sglang:v0.4.8
//   env:
//   - name: UCX_TLS
//   value: cuda_ipc,cuda_copy,rc,tcp
//   resources:
//   limits:
//   nvidia.com/gpu: "2"
//   volumeMounts:
//   - name: shm
//   mountPath: /dev/shm
//   volumes:
//   - name: shm
//   emptyDir:
//   medium: Memory
//
// There is no tree to rebuild, but few keys of a pod spec are ambiguous: only `name` is. What it names is told by the key
// that follows it (value: a variable, mountPath: a mount, emptyDir: a volume, image: a container) and else by the section
// in which it stands.
#include <algorithm>
#include <array>

#include "parsers/container/documents.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

enum class Section { other, metadata, selector, containers, environment, limits, capabilities, mounts, volumes, ports, command, args };

struct FlatLine {
  std::uint64_t number = 0;
  bool dash = false;
  std::string key;    // empty if the line is no `key:`
  std::string value;  // unquoted; of a line without key the whole line
};

template <std::size_t N>
bool one_of(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

constexpr std::array<std::string_view, 12> container_keys = {
    "image", "imagePullPolicy", "command", "args", "env", "envFrom", "ports", "resources", "securityContext",
    "volumeMounts", "stdin", "workingDir"};
constexpr std::array<std::string_view, 8> volume_keys = {"emptyDir", "hostPath", "persistentVolumeClaim", "configMap",
                                                         "secret", "projected", "nfs", "downwardAPI"};
constexpr std::array<std::string_view, 2> variable_keys = {"value", "valueFrom"};
constexpr std::array<std::string_view, 4> mount_keys = {"mountPath", "subPath", "readOnly", "mountPropagation"};
constexpr std::array<std::string_view, 3> port_keys = {"containerPort", "hostPort", "protocol"};

std::string unquoted(std::string_view value) {
  value = text::trim(value);
  if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'')) {
    const auto close = value.find(value[0], 1);
    if (close != std::string_view::npos) return std::string(value.substr(1, close - 1));
  }
  if (const auto comment = value.find(" #"); comment != std::string_view::npos) value = value.substr(0, comment);
  return std::string(text::trim(value));
}

FlatLine flat_line(std::string_view raw, std::uint64_t number) {
  FlatLine line;
  line.number = number;
  raw = text::trim(raw);
  while (raw.starts_with("- ") || raw == "-") {
    line.dash = true;
    raw = text::trim(raw.substr(1));
  }
  const auto colon = raw.find(':');
  const auto key = raw.substr(0, colon);
  const bool is_key = colon != std::string_view::npos && !key.empty() && key[0] != '-' &&
                      key.find_first_of(" \t,{}[]$=(") == std::string_view::npos &&
                      (colon + 1 == raw.size() || raw[colon + 1] == ' ' || raw[colon + 1] == '\t');
  if (is_key) {
    line.key = unquoted(key);
    line.value = unquoted(raw.substr(colon + 1));
  } else {
    line.value = unquoted(raw);
  }
  return line;
}

// "[IPC_LOCK, SYS_ADMIN]" or one word.
std::vector<std::string> flow_items(std::string_view value) {
  value = text::trim(value);
  if (value.starts_with('[')) value.remove_prefix(1);
  if (value.ends_with(']')) value.remove_suffix(1);
  std::vector<std::string> items;
  for (auto item : text::split(value, ','))
    if (auto word = unquoted(item); !word.empty()) items.push_back(std::move(word));
  return items;
}

class FlatReader {
 public:
  FlatReader(Writer& writer) : writer_(writer) {}
  bool found = false;

  void read(const std::vector<FlatLine>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto& line = lines[i];
      std::string_view next;
      for (std::size_t j = i + 1; j < lines.size() && j < i + 4 && next.empty(); ++j) next = lines[j].key;
      if (line.value == "---" || begins_object(line, next)) finish();
      if (line.value == "---" || line.key == "apiVersion") continue;
      if (line.key == "status" && line.value.empty()) in_status_ = true;
      if (in_status_) continue;  // its `image:` and `name:` would pass for another container
      if (line.key.empty()) {
        item(line);
      } else {
        key(line, next);
      }
    }
    finish();
  }

 private:
  Mark at(const FlatLine& line) const { return {line.number, 0}; }
  ContainerSpec* current() { return pod_.containers.empty() ? nullptr : &pod_.containers.back(); }

  // Whether an `apiVersion:` is an object's, and not that of an owner reference or a fieldRef.
  bool begins_object(const FlatLine& line, std::string_view next) const {
    if (line.key != "apiVersion") return false;
    if (next != "kind" && next != "items" && next != "metadata" && next != "spec") return false;
    return !line.dash || !pod_.containers.empty() || kind_.empty() || kind_ == "List";
  }

  // A line that is no `key:`: an item of the list that is open.
  void item(const FlatLine& line) {
    auto* container = current();
    if (!container || line.value.empty()) return;
    if (section_ == Section::capabilities && adding_) {
      container->state("capability", line.value, at(line));
    } else if (section_ == Section::command || section_ == Section::args) {
      // Without a dash it is a line of a script that is itself an item.
      auto words = line.dash ? std::vector<Word>{{line.value, at(line)}} : shell_words(line.value, at(line));
      auto& list = section_ == Section::command ? command_ : args_;
      for (auto& word : words)
        if (list.size() < 2000 && word.text != "|" && word.text != ">" && word.text != "|-" && word.text != ">-")
          list.push_back(std::move(word));
    }
  }

  void key(const FlatLine& line, std::string_view next) {
    if (line.key == "name") {
      name(line, next);
    } else if (line.key == "kind" && kind_.empty()) {
      kind_ = line.value;
    } else if (!pod_key(line) && !open_section(line)) {
      container_key(line);
    }
  }

  void name(const FlatLine& line, std::string_view next) {
    auto section = section_;
    if (one_of(next, variable_keys)) section = Section::environment;
    if (one_of(next, mount_keys)) section = Section::mounts;
    if (one_of(next, volume_keys)) section = Section::volumes;
    if (one_of(next, port_keys)) return;
    // kubectl sorts keys: in `- containerPort: 80`, `name: http` and `- mountPath: /dev/shm`, `name: dshm` the name is last
    // and tells nothing by what follows.
    if (section_ == Section::ports && !line.dash && next != "image") return;
    const bool names_mount = section_ == Section::mounts && !line.dash && !mount_path_.empty();
    if (in_containers_ && !names_mount && one_of(next, container_keys) &&
        (line.dash || section_ == Section::containers || !current() || current()->states("image")))
      section = Section::containers;
    switch (section) {
      case Section::environment: variable_ = line.value; variable_at_ = at(line); break;
      case Section::mounts: pending_mount(line); break;
      case Section::volumes: name_volume(line); break;
      case Section::containers: begin_container(line); break;
      case Section::metadata:
        if (pod_.name.empty()) pod_.name = line.value;
        break;
      default:
        // `- image: x` ... `name: y`, as kubectl prints it: the container that is open and has no name yet.
        if (current() && current()->name.empty() && !line.dash) {
          current()->name = line.value;
          current()->at = at(line);
        }
    }
    if (section == Section::mounts || section == Section::volumes || section == Section::environment) section_ = section;
  }

  void name_volume(const FlatLine& line) {
    if (!line.dash && !pod_.volumes.empty() && pod_.volumes.back().name.empty()) {
      pod_.volumes.back().name = line.value;
    } else if (pod_.volumes.size() < 2000) {
      pod_.volumes.push_back({line.value, "other", at(line)});
    }
  }

  void begin_container(const FlatLine& line) {
    // The container may have begun with another key and only now be named.
    if (!line.dash && current() && current()->name.empty()) {
      current()->name = line.value;
      current()->at = at(line);
      return;
    }
    new_container(line);
    current()->name = line.value;
  }

  void new_container(const FlatLine& line) {
    end_container();
    if (pod_.containers.size() >= 2000) pod_.containers.pop_back();
    ContainerSpec spec;
    spec.at = at(line);
    spec.init = init_;
    pod_.containers.push_back(std::move(spec));
  }

  void pending_mount(const FlatLine& line) {
    mount_name_ = line.value;
    if (!mount_path_.empty()) add_mount();  // mountPath stood before name
    mount_at_ = at(line);
  }
  void add_mount() {
    if (auto* container = current()) container->mounts.push_back({mount_name_, mount_path_, mount_at_});
    mount_name_.clear();
    mount_path_.clear();
  }

  bool pod_key(const FlatLine& line) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> keys = {{
        {"hostIPC", "host_ipc"}, {"hostPID", "host_pid"}, {"hostNetwork", "host_network"},
        {"shareProcessNamespace", "share_process_namespace"}, {"runtimeClassName", "runtime_class"},
        {"nodeName", "node_name"}, {"replicas", "replicas"}}};
    for (const auto& [written, key] : keys) {
      if (line.key != written || line.value.empty()) continue;
      std::string value = line.value;
      if (written.starts_with("host") || written.starts_with("share")) value = truthy(value) ? "true" : "false";
      if (written == "nodeName") pod_.node = value;
      if (pod_.settings.size() < 100) pod_.settings.push_back({std::string(key), std::move(value), at(line)});
      return true;
    }
    return false;
  }

  // Keys that open a section; true if this is one.
  bool open_section(const FlatLine& line) {
    static constexpr std::array<std::pair<std::string_view, Section>, 22> sections = {{
        {"metadata", Section::metadata}, {"labels", Section::selector}, {"matchLabels", Section::selector},
        {"selector", Section::selector}, {"annotations", Section::selector}, {"nodeSelector", Section::selector},
        {"containers", Section::containers}, {"initContainers", Section::containers}, {"env", Section::environment},
        {"resources", Section::limits}, {"limits", Section::limits}, {"requests", Section::limits},
        {"securityContext", Section::other}, {"capabilities", Section::capabilities}, {"volumeMounts", Section::mounts},
        {"volumes", Section::volumes}, {"command", Section::command}, {"args", Section::args},
        {"ports", Section::ports}, {"livenessProbe", Section::other}, {"readinessProbe", Section::other},
        {"tolerations", Section::other}}};
    const auto found_section =
        std::find_if(sections.begin(), sections.end(), [&](const auto& pair) { return pair.first == line.key; });
    if (found_section == sections.end()) return false;
    if (line.key == "containers" || line.key == "initContainers") {
      end_container();
      in_containers_ = true;
      init_ = line.key == "initContainers";
      found = true;
    } else if (line.key == "volumes" || line.key == "nodeSelector") {
      end_container();
    } else if (in_containers_ && (line.key == "env" || line.key == "command" || line.key == "args") &&
               (line.dash || !current())) {
      new_container(line);
    }
    section_ = found_section->second;
    if (line.key == "requests") in_requests_ = true;
    if (line.key == "limits" || line.key == "resources") in_requests_ = false;
    if (section_ == Section::command) command_at_ = at(line);
    if (section_ == Section::args) args_at_ = at(line);
    if ((section_ == Section::command || section_ == Section::args) && line.value.starts_with('['))
      for (auto& word : flow_items(line.value)) (section_ == Section::command ? command_ : args_).push_back({word, at(line)});
    return true;
  }

  void container_key(const FlatLine& line) {
    if (line.key == "image") {
      if (in_containers_ && (line.dash || !current() || current()->states("image"))) new_container(line);
      if (current()) current()->state("image", line.value, at(line));
      section_ = Section::containers;
      return;
    }
    if (volume_key(line)) return;
    auto* container = current();
    if (!container) return;
    if (line.key == "privileged") {
      container->state("privileged", truthy(line.value) ? "true" : "false", at(line));
    } else if (line.key == "add" || line.key == "drop") {
      adding_ = line.key == "add";
      section_ = Section::capabilities;
      if (adding_ && !line.value.empty())
        for (auto& name : flow_items(line.value)) container->state("capability", name, at(line));
    } else if (line.key == "value" && !variable_.empty()) {
      container->environment.push_back({variable_, line.value, variable_at_});
      variable_.clear();
    } else if (line.key == "mountPath") {
      mount_path_ = line.value;
      mount_at_ = at(line);
      if (!mount_name_.empty()) add_mount();
    } else if (line.key.starts_with("nvidia.com/") || line.key.starts_with("rdma/")) {
      const std::string key = line.key == "nvidia.com/gpu" ? "gpu_request" : line.key;
      if (!container->states(key)) container->state(key, line.value, at(line));
    } else if (line.key == "memory" && section_ == Section::limits && !in_requests_) {
      state_memory_limit(*container, kubernetes_bytes(line.value), line.value, at(line));
    }
  }

  bool volume_key(const FlatLine& line) {
    if (section_ != Section::volumes) return false;
    if (line.dash && one_of(line.key, volume_keys) && pod_.volumes.size() < 2000)
      pod_.volumes.push_back({"", "other", at(line)});
    if (pod_.volumes.empty()) return false;
    auto& volume = pod_.volumes.back();
    if (line.key == "emptyDir") {
      volume.backing = contains_memory(line.value) ? "memory" : "emptydir";
    } else if (line.key == "medium" && line.value == "Memory") {
      const bool sized = volume.backing.starts_with("emptydir:");
      volume.backing = sized ? "memory:" + volume.backing.substr(9) : "memory";
    } else if (line.key == "sizeLimit") {
      volume.backing += ":" + line.value;
    } else if (line.key == "hostPath") {
      volume.backing = "hostpath:";
    } else if (line.key == "path" && volume.backing == "hostpath:") {
      volume.backing += line.value;
    } else {
      return false;
    }
    return true;
  }
  static bool contains_memory(std::string_view value) { return text::contains(value, "medium: Memory"); }

  void end_container() {
    if (auto* container = current()) {
      for (const auto& [key, words, where] :
           {std::tuple{"command", &command_, command_at_}, std::tuple{"args", &args_, args_at_}}) {
        if (words->empty()) continue;
        container->state(key, joined(*words), where);
        add_arguments(*words, container->settings);
      }
    }
    command_.clear();
    args_.clear();
    variable_.clear();
    mount_name_.clear();
    mount_path_.clear();
    adding_ = true;
  }

  void finish() {
    end_container();
    pod_.kind = kind_;
    if (!pod_.containers.empty()) write(pod_, writer_);
    pod_ = {};
    kind_.clear();
    section_ = Section::other;
    in_containers_ = init_ = in_requests_ = in_status_ = false;
  }

  Writer& writer_;
  PodSpec pod_;
  std::string kind_;
  Section section_ = Section::other;
  bool in_containers_ = false, init_ = false, adding_ = true, in_requests_ = false, in_status_ = false;
  std::string variable_, mount_name_, mount_path_;
  Mark variable_at_, mount_at_, command_at_, args_at_;
  std::vector<Word> command_, args_;
};

}  // namespace

bool read_flat_yaml(std::string_view text, std::uint64_t first_line, Writer& writer) {
  constexpr std::size_t max_lines = 200'000;
  std::vector<FlatLine> lines;
  for (std::uint64_t number = first_line; !text.empty() && lines.size() < max_lines; ++number) {
    const auto end = text.find('\n');
    const auto raw = text::trim(text.substr(0, end));
    if (!raw.empty() && raw[0] != '#') lines.push_back(flat_line(raw.substr(0, 16'384), number));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  FlatReader reader(writer);
  reader.read(lines);
  return reader.found;
}

}  // namespace gpm::container
