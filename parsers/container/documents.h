// SPDX-License-Identifier: Apache-2.0
//
// The documents that are understood once they are a tree. Each function says whether the tree was its kind of document.
#pragma once

#include <string_view>

#include "parsers/container/spec.h"
#include "parsers/container/tree.h"

namespace gpm::container {

// Kubernetes objects, from a file that someone applies or from `kubectl get -o yaml|json`, `cluster-info dump`, support
// bundles; lists and custom resources included: whatever has `containers:` below anything is a pod spec.
//   settings container.* and env.* of each container; settings node.* of nodes;
//   events container.terminated, container.waiting (status of pods), kubernetes.event (Event objects)
bool read_kubernetes(const Node& root, Writer& writer);

// docker compose: `services:` with ipc, shm_size, privileged, pid, runtime, deploy.resources, environment ...
bool read_compose(const Node& root, Writer& writer);

// `docker inspect`, `podman inspect`, `nerdctl inspect` of containers; also only their HostConfig, as printed by
// `docker inspect --format '{{json .HostConfig}}'`. `name` is the container's name where the text lacks it.
bool read_inspect(const Node& root, std::string_view name, Writer& writer);

// /etc/docker/daemon.json.
bool read_docker_daemon(const Node& root, Writer& writer);

// YAML whose indentation was lost on the way into a ticket; see flat_yaml.cc.
bool read_flat_yaml(std::string_view text, std::uint64_t first_line, Writer& writer);
// Whether the tree is a Kubernetes object that is not nested as one: `spec:` empty, `containers:` beside `kind:`.
bool indentation_lost(const Node& root);

}  // namespace gpm::container
