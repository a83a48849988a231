// SPDX-License-Identifier: Apache-2.0
//
// What a container spec states, whatever it was written in, and how that becomes facts. The readers (Kubernetes objects,
// flat YAML, compose, docker inspect, docker run) fill these structs; the keys are those of docs/facts.md.
//
// Absence is made visible here: a pod spec that says nothing of hostIPC gets a row host_ipc=false on the line of the
// container's name, because SQL cannot ask for rows that do not exist.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/container/tree.h"
#include "parsers/container/values.h"
#include "parsers/facts/facts.h"

namespace gpm::container {

// Facts that one document may give; an attack otherwise makes a gigabyte of rows out of one line.
inline constexpr std::size_t max_facts = 100'000;

// Gives facts their origin lines and counts them.
class Writer {
 public:
  // `text` begins on `first_line` of the document. `facts_left` is the document's and outlives the writer.
  Writer(std::string_view text, std::uint64_t first_line, facts::Sink& sink, std::size_t& facts_left);

  void setting(std::string_view scope, std::string_view subject, const Stated& stated, const facts::Place& place);
  void event(facts::Event event, Mark at);
  void note(std::uint64_t line, std::string reason);
  std::string_view line(std::uint64_t number) const;  // empty if it is not in the text
  std::size_t written() const { return written_; }

 private:
  bool take();
  facts::Origin origin(Mark at) const;
  Mark line_of_argument(const Stated& stated) const;

  std::string_view text_;
  std::uint64_t first_line_;
  std::vector<std::size_t> line_begins_;
  facts::Sink& sink_;
  std::size_t& facts_left_;
  std::size_t written_ = 0;
};

struct VolumeMount {
  std::string volume;
  std::string path;
  Mark at;
};

struct ContainerSpec {
  std::string name;
  Mark at;  // of the name's line, else of the first line
  bool init = false;
  std::vector<Stated> settings;
  std::vector<Stated> environment;
  std::vector<VolumeMount> mounts;

  void state(std::string_view key, std::string value, Mark at) { settings.push_back({std::string(key), std::move(value), at}); }
  bool states(std::string_view key) const;
  std::string_view value(std::string_view key) const;
};

struct Volume {
  std::string name;
  std::string backing;  // "memory", "memory:<size>", "hostpath:<path>", "emptydir", "other"
  Mark at;
};

// One pod spec with what stands around it.
struct PodSpec {
  std::string kind;  // Pod, Deployment, ...
  std::string name;  // metadata.name of that object
  std::string node;  // spec.nodeName
  std::vector<Stated> settings;  // of the whole pod; repeated for each of its containers
  std::vector<Volume> volumes;
  std::vector<ContainerSpec> containers;
};

// Place of the pod's facts: host and pod as far as known.
facts::Place place_of(const PodSpec& pod);
void write(const PodSpec& pod, Writer& writer);

// A container of an engine (docker run, compose, inspect). `named` says whether `spec.name` is the container's own name;
// else it is a stand-in (the image) and does not go to place.container.
void write_engine(const ContainerSpec& spec, bool named, Writer& writer);

// The engine's words for namespaces, and what they mean: ipc_mode=host is host_ipc=true.
void state_ipc(ContainerSpec& spec, std::string_view mode, Mark at);
void state_pid(ContainerSpec& spec, std::string_view mode, Mark at);
void state_network(ContainerSpec& spec, std::string_view mode, Mark at);
// `size` as docker reads it; text that is no size is kept under shm_size.
void state_shm_size(ContainerSpec& spec, std::string_view size, Mark at);
void state_memory_limit(ContainerSpec& spec, std::optional<std::int64_t> bytes, std::string_view written, Mark at);
// "FOO=bar"; "FOO" alone takes the value of the engine's caller, which nobody wrote down, and is left out.
void state_environment(ContainerSpec& spec, std::string_view assignment, Mark at);
// What docker does where nothing is said: not privileged, namespaces of its own, 64 MiB of /dev/shm.
void state_engine_defaults(ContainerSpec& spec);

}  // namespace gpm::container
