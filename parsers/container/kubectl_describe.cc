// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/kubectl_describe.h"

#include <algorithm>
#include <array>

#include "parsers/container/kubectl_tables.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

constexpr std::size_t max_kept = 2000;
// A quoted node may have lost its "Roles"; its labels stand before its resources.
constexpr int max_undecided = 60;

// Values such as "<none>" and "<set to the key ...>" are not values.
bool is_placeholder(std::string_view value) { return value.empty() || value.starts_with("<"); }

}  // namespace

std::span<const std::string_view> KubectlDescribe::gates() const {
  static constexpr std::array<std::string_view, 2> gates = {"Name: ", "Capacity:"};
  return gates;
}

parsers::Want KubectlDescribe::line(const text::Line& line, facts::Sink& sink) {
  const auto raw = line.raw.substr(0, 16'384);
  const auto trimmed = text::trim(raw);
  const auto first = raw.find_first_not_of(" \t");
  const std::size_t indent = first == std::string_view::npos ? 0 : first;
  Row row;
  row.number = line.number;
  row.text = text::quote(raw);
  const auto colon = trimmed.find(':');
  // "nvidia.com/gpu:  8", "Node:  x"; the colon of "image:tag" or a time is followed by no blank.
  if (colon != std::string_view::npos && (colon + 1 == trimmed.size() || trimmed[colon + 1] == ' ')) {
    row.key = trimmed.substr(0, colon);
    row.value = text::trim(trimmed.substr(colon + 1));
  } else {
    row.value = trimmed;
  }
  if (indent == 0 && row.key == "Name" && !row.value.empty()) {
    finish(sink);
    begin(row);
    return parsers::Want::next;
  }
  // A node quoted from its resources on, without a name.
  const bool resources = indent == 0 && row.key == "Capacity" && row.value.empty();
  if (object_ == Object::none && resources) {
    begin(Row{});
    object_ = Object::node;
  }
  if (object_ == Object::none) return parsers::Want::gated;
  if (trimmed.empty()) return parsers::Want::next;
  if (object_ == Object::unsure) {
    if (row.key == "Namespace") object_ = Object::pod;
    // Somebody cut the lines between the name and what matters.
    const bool cut = resources || (indent == 0 && (row.key == "Allocatable" || row.key == "Conditions"));
    if (row.key == "Roles" || cut) object_ = Object::node;
    if (object_ == Object::unsure && ++undecided_lines_ > max_undecided) object_ = Object::none;
    if (!cut) return object_ == Object::none ? parsers::Want::gated : parsers::Want::next;
  }
  // Every line of the object at column 0 is a field; anything else is the next command's.
  if (indent == 0 && row.key.empty()) {
    finish(sink);
    return parsers::Want::gated;
  }
  object_ == Object::pod ? pod_line(indent, row, sink) : node_line(indent, row, sink);
  return parsers::Want::next;
}

void KubectlDescribe::end(facts::Sink& sink) { finish(sink); }

void KubectlDescribe::begin(const Row& row) {
  name_ = row;
  object_ = Object::unsure;
  undecided_lines_ = 0;
}

facts::Place KubectlDescribe::place() const {
  facts::Place place;
  if (object_ == Object::node) {
    place.host = text::short_host(name_.value);
    return place;
  }
  if (is_pod_) place.pod = name_.value;
  if (!node_.empty()) place.host = text::short_host(node_);
  place.container = container_;
  return place;
}

void KubectlDescribe::put(std::string_view scope, std::string_view subject, std::string_view key, std::string_view value,
                          const Row& row, facts::Sink& sink) {
  if (facts_left_ == 0) return;
  --facts_left_;
  sink.add(facts::Setting{std::string(scope), std::string(subject), std::string(key), std::string(value), place(),
                          {row.number, row.text}});
}

void KubectlDescribe::pod_line(std::size_t indent, const Row& row, facts::Sink& sink) {
  if (indent == 0) {
    close_container(sink);
    section_ = row.key;
    if (row.key == "Node" || row.key == "Priority" || row.key == "Containers" || row.key == "QoS Class") is_pod_ = true;
    if (row.key == "Node" && !is_placeholder(row.value)) node_ = row.value.substr(0, row.value.find('/'));
    if (row.key == "Runtime Class Name" && !is_placeholder(row.value))
      put("container", name_.value, "runtime_class", row.value, row, sink);
    return;
  }
  if (section_ == "Containers" || section_ == "Init Containers") {
    container_line(indent, row, sink);
  } else if (section_ == "Volumes") {
    if (row.value.empty() && !row.key.empty() && indent <= 3) {
      if (volumes_.size() < max_kept) volumes_.push_back({row.key, "other", {}});
    } else if (!volumes_.empty()) {
      auto& backing = volumes_.back().backing;
      if (row.key == "Type" && row.value.starts_with("EmptyDir")) backing = "emptydir";
      if (row.key == "Type" && row.value.starts_with("HostPath")) backing = "hostpath:";
      if (row.key == "Path" && backing == "hostpath:") backing += row.value;
      if (row.key == "Medium" && row.value == "Memory") backing = "memory";
      if (row.key == "SizeLimit" && backing == "memory" && !is_placeholder(row.value)) backing += ":" + row.value;
    }
  } else if (section_ == "Events" && facts_left_ > 0) {
    if (auto event = described_event(row.text, (is_pod_ ? "pod/" : "") + name_.value)) {
      --facts_left_;
      event->place = place();
      event->at = {row.number, row.text};
      sink.add(std::move(*event));
    }
  }
}

void KubectlDescribe::container_line(std::size_t indent, const Row& row, facts::Sink& sink) {
  if (container_.empty() || indent <= container_indent_) {
    close_container(sink);
    if (row.key.empty() || !row.value.empty()) return;
    container_ = row.key;
    container_indent_ = indent;
    if (section_ == "Containers" && containers_.size() < max_kept) containers_.emplace_back(container_, row);
    return;
  }
  if (!subsection_.empty() && indent <= subsection_indent_) {
    close_state(sink);
    subsection_.clear();
  }
  if (subsection_.empty()) {
    subsection_ = row.key;
    subsection_indent_ = indent;
    if (row.key == "Image") put("container", container_, "image", row.value, row, sink);
    if (row.key == "State" || row.key == "Last State")
      state_ = State{row.key == "State" ? "current" : "last", row.value, row, {}, {}, {}, {}, {}};
    words_at_ = row;
    return;
  }
  if (subsection_ == "State" || subsection_ == "Last State") {
    state_line(row);
  } else if (subsection_ == "Limits" || subsection_ == "Requests") {
    const bool gpu = row.key == "nvidia.com/gpu";
    if (gpu && !has_gpu_request_) put("container", container_, "gpu_request", row.value, row, sink);
    if (gpu) has_gpu_request_ = true;
    if (!gpu && row.key.starts_with("nvidia.com/") && subsection_ == "Limits")
      put("container", container_, row.key, row.value, row, sink);
    if (row.key == "memory" && subsection_ == "Limits")
      if (const auto bytes = kubernetes_bytes(row.value))
        put("container", container_, "memory_limit_bytes", std::to_string(*bytes), row, sink);
  } else if (subsection_ == "Environment") {
    if (!row.key.empty() && !row.value.starts_with("<set to") && row.value.find("(v1:") == std::string::npos)
      put("env", container_, row.key, row.value, row, sink);
  } else if (subsection_ == "Mounts") {
    if (row.value.starts_with("/dev/shm from ") && shm_mounts_.size() < max_kept)
      shm_mounts_.push_back({container_, std::string(text::words(row.value)[2]), row});
  } else if ((subsection_ == "Command" || subsection_ == "Args") && words_.size() < max_kept) {
    words_.push_back(row.key.empty() ? row.value : row.key + ": " + row.value);
  }
}

void KubectlDescribe::state_line(const Row& row) {
  if (!state_) return;
  if (row.key == "Reason") {
    state_->reason = row.value;
    state_->at = row;  // the line that says most
  } else if (row.key == "Exit Code") {
    state_->exit_code = text::integer(row.value);
  } else if (row.key == "Message") {
    state_->message = row.value;
  } else if (row.key == "Signal") {
    state_->signal = row.value;
  } else if (row.key == "Finished") {
    state_->finished = row.value;
  }
}

// Ends a State, Command or Args.
void KubectlDescribe::close_state(facts::Sink& sink) {
  if (!words_.empty() && (subsection_ == "Command" || subsection_ == "Args")) {
    std::vector<Word> words;
    for (auto& word : words_) words.push_back({std::move(word), {}});
    put("container", container_, text::lower(subsection_), joined(words), words_at_, sink);
    std::vector<Stated> arguments;
    add_arguments(words, arguments);
    for (const auto& argument : arguments) put("container", container_, argument.key, argument.value, words_at_, sink);
  }
  words_.clear();
  if (!state_) return;
  const auto state = std::move(*state_);
  state_.reset();
  if ((state.what != "Terminated" && state.what != "Waiting") || facts_left_ == 0) return;
  --facts_left_;
  facts::Event event;
  event.kind = state.what == "Terminated" ? "container.terminated" : "container.waiting";
  event.code = state.exit_code;
  event.place = place();
  event.at = {state.at.number, state.at.text};
  event.attributes["state"] = state.which;
  for (const auto& [name, value] : {std::pair{"reason", &state.reason}, std::pair{"message", &state.message},
                                    std::pair{"signal", &state.signal}, std::pair{"finished", &state.finished}})
    if (!value->empty()) event.attributes[name] = *value;
  sink.add(std::move(event));
}

void KubectlDescribe::close_container(facts::Sink& sink) {
  close_state(sink);
  container_.clear();
  subsection_.clear();
  has_gpu_request_ = false;
}

// One label (`key=value`) or taint (`key=value:Effect`, `key:Effect`) of a node. Labels only where they tell of GPUs.
void KubectlDescribe::node_mark(std::string_view mark, const Row& row, facts::Sink& sink) {
  static constexpr std::array<std::string_view, 7> of_gpus = {
      "feature.node.kubernetes.io/pci-10de", "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
      "cloud.google.com/gke-accelerator",    "k8s.amazonaws.com/accelerator",    "kubernetes.azure.com/accelerator",
      "accelerator"};
  const auto equals = mark.find('=');
  if (section_ == "Labels") {
    if (equals == std::string_view::npos) return;
    const auto key = mark.substr(0, equals);
    if (key.starts_with("nvidia.com/") || std::any_of(of_gpus.begin(), of_gpus.end(), [&](auto name) { return key.starts_with(name); }))
      put("node", name_.value, "label:" + std::string(key), mark.substr(equals + 1), row, sink);
    return;
  }
  const auto colon = mark.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return;  // <none>
  const auto key = mark.substr(0, std::min(equals, colon));
  put("node", name_.value, "taint:" + std::string(key), mark.substr(colon + 1), row, sink);
}

void KubectlDescribe::node_line(std::size_t indent, const Row& row, facts::Sink& sink) {
  if (indent == 0) {
    section_ = row.key;
    if (row.key == "Unschedulable") put("node", name_.value, "unschedulable", row.value, row, sink);
    if (row.key == "Labels" || row.key == "Taints") node_mark(row.value, row, sink);
    return;
  }
  if (section_ == "Capacity" || section_ == "Allocatable") {
    if (row.key == "cpu" || row.key == "memory" || row.key.find('/') != std::string::npos)
      put("node", name_.value, text::lower(section_) + ":" + row.key, row.value, row, sink);
  } else if (section_ == "Conditions") {
    const auto words = text::words(row.text);
    if (words.size() >= 2 && (words[1] == "True" || words[1] == "False" || words[1] == "Unknown"))
      put("node", name_.value, "condition:" + std::string(words[0]), words[1], row, sink);
  } else if (section_ == "System Info") {
    for (const auto& [key, as] : {std::pair{"Kernel Version", "kernel"}, std::pair{"OS Image", "os"},
                                  std::pair{"Container Runtime Version", "container_runtime"},
                                  std::pair{"Kubelet Version", "kubelet"}})
      if (row.key == key) put("node", name_.value, as, row.value, row, sink);
  } else if (section_ == "Labels" || section_ == "Taints") {
    node_mark(text::trim(row.text), row, sink);
  } else if (section_ == "Events" && facts_left_ > 0) {
    if (auto event = described_event(row.text, "node/" + name_.value)) {
      --facts_left_;
      event->place = place();
      event->at = {row.number, row.text};
      sink.add(std::move(*event));
    }
  }
}

void KubectlDescribe::finish(facts::Sink& sink) {
  if (object_ == Object::pod) {
    close_container(sink);
    for (const auto& [name, row] : containers_) {
      const auto mount = std::find_if(shm_mounts_.begin(), shm_mounts_.end(),
                                      [&, container = std::string_view(name)](const auto& m) { return m.container == container; });
      container_ = name;
      if (!node_.empty()) put("container", name, "node_name", node_, name_, sink);
      if (mount == shm_mounts_.end()) {
        put("container", name, "shm_volume", "none", row, sink);
        continue;
      }
      const auto volume = std::find_if(volumes_.begin(), volumes_.end(), [&](const auto& v) { return v.name == mount->volume; });
      put("container", name, "shm_volume", volume == volumes_.end() ? "other" : volume->backing, mount->at, sink);
    }
  }
  object_ = Object::none;
  is_pod_ = false;
  node_.clear();
  section_.clear();
  container_.clear();
  subsection_.clear();
  shm_mounts_.clear();
  containers_.clear();
  volumes_.clear();
  words_.clear();
  state_.reset();
}

}  // namespace gpm::container
