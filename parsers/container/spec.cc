// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/spec.h"

#include <algorithm>

#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::container {
namespace {

constexpr std::size_t long_line_quote = 512;  // of a line that is longer than 1 KiB, as in minified JSON
constexpr std::size_t argument_search_lines = 200;

std::string capped(std::string_view value) {
  if (value.size() <= text::max_evidence_bytes) return std::string(value);
  return text::valid_utf8(value.substr(0, text::max_evidence_bytes));
}

// Value of shm_volume for this container: what is mounted at /dev/shm.
Stated shm_volume(const PodSpec& pod, const ContainerSpec& container) {
  for (const auto& mount : container.mounts) {
    std::string_view path = mount.path;
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (path != "/dev/shm") continue;
    for (const auto& volume : pod.volumes)
      if (volume.name == mount.volume) return {"shm_volume", volume.backing, mount.at};
    return {"shm_volume", "other", mount.at};
  }
  return {"shm_volume", "none", container.at};
}

bool states(const std::vector<Stated>& settings, std::string_view key) {
  return std::any_of(settings.begin(), settings.end(), [&](const Stated& s) { return s.key == key; });
}

}  // namespace

Writer::Writer(std::string_view text, std::uint64_t first_line, facts::Sink& sink, std::size_t& facts_left)
    : text_(text), first_line_(first_line), sink_(sink), facts_left_(facts_left) {
  line_begins_.push_back(0);
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    line_begins_.push_back(at + 1);
}

std::string_view Writer::line(std::uint64_t number) const {
  if (number < first_line_ || number - first_line_ >= line_begins_.size()) return {};
  const auto index = static_cast<std::size_t>(number - first_line_);
  const auto begin = line_begins_[index];
  const auto end = index + 1 < line_begins_.size() ? line_begins_[index + 1] - 1 : text_.size();
  auto line = text_.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

facts::Origin Writer::origin(Mark at) const {
  auto quoted = line(at.line);
  if (quoted.size() > 1024) {
    const std::size_t begin = std::min<std::size_t>(at.column > long_line_quote / 4 ? at.column - long_line_quote / 4 : 0,
                                                    quoted.size() - long_line_quote);
    quoted = quoted.substr(begin, long_line_quote);
  }
  return {at.line, std::string(quoted)};
}

bool Writer::take() {
  if (facts_left_ == 0) return false;
  if (--facts_left_ == 0) {
    sink_.add(facts::Note{0, "the document states more than can be kept; the rest of its settings is left out"});
    return false;
  }
  ++written_;
  return true;
}

Mark Writer::line_of_argument(const Stated& stated) const {
  // Options within a block of text (`args: [|] ...`) carry the mark of the block; their own line is below it.
  std::string name = stated.key.substr(4);
  std::string underscored = name;
  std::replace(underscored.begin(), underscored.end(), '-', '_');
  std::vector<std::string> spellings = {"--" + name, "--" + underscored};
  if (name.ends_with("-parallel-size")) {
    const std::string initials{name[0], 'p'};
    spellings.push_back("-" + initials);
  }
  for (std::uint64_t number = stated.at.line; number < stated.at.line + argument_search_lines; ++number) {
    const auto text = line(number);
    if (text.data() == nullptr) break;
    for (const auto& spelling : spellings)
      if (const auto at = text.find(spelling); at != std::string_view::npos)
        return number == stated.at.line ? stated.at : Mark{number, static_cast<std::uint32_t>(at)};
  }
  return stated.at;
}

void Writer::setting(std::string_view scope, std::string_view subject, const Stated& stated, const facts::Place& place) {
  if (!take()) return;
  const Mark at = stated.key.starts_with("arg:") ? line_of_argument(stated) : stated.at;
  sink_.add(facts::Setting{std::string(scope), capped(subject), capped(stated.key), capped(stated.value), place, origin(at)});
}

void Writer::event(facts::Event event, Mark at) {
  if (!take()) return;
  event.at = origin(at);
  for (auto& [name, value] : event.attributes) value = capped(value);
  sink_.add(std::move(event));
}

void Writer::note(std::uint64_t line, std::string reason) {
  if (take()) sink_.add(facts::Note{line, std::move(reason)});
}

bool ContainerSpec::states(std::string_view key) const { return container::states(settings, key); }

std::string_view ContainerSpec::value(std::string_view key) const {
  for (auto stated = settings.rbegin(); stated != settings.rend(); ++stated)
    if (stated->key == key) return stated->value;
  return {};
}

facts::Place place_of(const PodSpec& pod) {
  facts::Place place;
  if (!pod.node.empty()) place.host = capped(text::short_host(pod.node));
  if (pod.kind == "Pod") place.pod = capped(pod.name);
  return place;
}

void write(const PodSpec& pod, Writer& writer) {
  for (const auto& container : pod.containers) {
    auto place = place_of(pod);
    place.container = capped(container.name);
    const std::string subject = container.name.empty() ? pod.name : container.name;
    const auto put = [&](const Stated& stated) { writer.setting("container", subject, stated, place); };
    const auto absent = [&](std::string_view key) { put({std::string(key), "false", container.at}); };
    if (!pod.kind.empty()) put({"workload", pod.kind + "/" + pod.name, container.at});
    if (container.init) put({"init_container", "true", container.at});
    for (const auto& stated : pod.settings) put(stated);
    for (const auto& stated : container.settings) put(stated);
    if (!container.init) {
      for (auto key : {"host_ipc", "host_pid", "share_process_namespace"})
        if (!states(pod.settings, key)) absent(key);
      if (!container.states("privileged")) absent("privileged");
      put(shm_volume(pod, container));
    }
    for (const auto& stated : container.environment) writer.setting("env", subject, stated, place);
  }
}

void write_engine(const ContainerSpec& spec, bool named, Writer& writer) {
  facts::Place place;
  if (named) place.container = capped(spec.name);
  for (const auto& stated : spec.settings) writer.setting("container", spec.name, stated, place);
  for (const auto& stated : spec.environment) writer.setting("env", spec.name, stated, place);
}

void state_ipc(ContainerSpec& spec, std::string_view mode, Mark at) {
  if (mode.empty()) return;
  spec.state("ipc_mode", std::string(mode), at);
  spec.state("host_ipc", mode == "host" ? "true" : "false", at);
}

void state_pid(ContainerSpec& spec, std::string_view mode, Mark at) {
  if (mode.empty()) return;
  spec.state("pid_mode", std::string(mode), at);
  spec.state("host_pid", mode == "host" ? "true" : "false", at);
}

void state_network(ContainerSpec& spec, std::string_view mode, Mark at) {
  if (mode.empty()) return;
  spec.state("network_mode", std::string(mode), at);
  spec.state("host_network", mode == "host" ? "true" : "false", at);
}

void state_shm_size(ContainerSpec& spec, std::string_view size, Mark at) {
  if (size.empty()) return;
  if (const auto bytes = docker_bytes(size)) {
    spec.state("shm_size_bytes", std::to_string(*bytes), at);
  } else {
    spec.state("shm_size", std::string(size), at);
  }
  spec.state("shm_size_source", "stated", at);
}

void state_memory_limit(ContainerSpec& spec, std::optional<std::int64_t> bytes, std::string_view written, Mark at) {
  if (bytes && *bytes > 0) {
    spec.state("memory_limit_bytes", std::to_string(*bytes), at);
  } else if (!bytes && !written.empty()) {
    spec.state("memory_limit", std::string(written), at);
  }
}

void state_environment(ContainerSpec& spec, std::string_view assignment, Mark at) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  spec.environment.push_back({std::string(assignment.substr(0, equals)), std::string(assignment.substr(equals + 1)), at});
}

void state_engine_defaults(ContainerSpec& spec) {
  for (auto key : {"privileged", "host_ipc", "host_pid"})
    if (!spec.states(key)) spec.state(key, "false", spec.at);
  const auto ipc = spec.value("ipc_mode");
  const bool own_shm = ipc.empty() || ipc == "private" || ipc == "shareable" || ipc == "default";
  if (own_shm && !spec.states("shm_size_bytes") && !spec.states("shm_size") && !spec.states("shm_volume")) {
    spec.state("shm_size_bytes", "67108864", spec.at);
    spec.state("shm_size_source", "default", spec.at);
  }
}

}  // namespace gpm::container
