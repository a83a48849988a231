// SPDX-License-Identifier: Apache-2.0
//
// `kubectl describe pod` and `kubectl describe node`.
//
//   Name:             trainer-0                        Name:               gpu-node-1
//   Namespace:        ml                               Roles:              <none>
//   Node:             gpu-node-1/10.0.0.5              Conditions:
//   Containers:                                          Type             Status  ...  Reason        Message
//     worker:                                            Ready            True    ...  KubeletReady  kubelet is ...
//       Image:          nvcr.io/nvidia/pytorch:24.05   Capacity:
//       Last State:     Terminated                       nvidia.com/gpu:     8
//         Reason:       OOMKilled                      Allocatable:
//         Exit Code:    137                              nvidia.com/gpu:     7
//       Limits:
//         nvidia.com/gpu:  8
//       Environment:
//         NCCL_DEBUG:  INFO
//       Mounts:
//         /dev/shm from dshm (rw)
//   Volumes:
//     dshm:
//       Medium:     Memory
//   Events:
//     Type     Reason   Age                From     Message
//     Warning  BackOff  2m (x10 over 5m)   kubelet  Back-off restarting failed container
//
// Facts: settings container.* (image, gpu_request, memory_limit_bytes, command, args, shm_volume, node_name,
// runtime_class), env.*, node.*; events container.terminated, container.waiting, kubernetes.event. describe does not show
// hostIPC, hostPID or privileged, so nothing is said of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/container/spec.h"
#include "parsers/parser.h"

namespace gpm::container {

class KubectlDescribe final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "kubectl-describe"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  enum class Object { none, unsure, pod, node };

  struct Row {
    std::string key, value;
    std::uint64_t number = 0;
    std::string text;
  };
  struct State {  // a State: or Last State: that is still being read
    std::string which, what;
    Row at;
    std::string reason, message, finished, signal;
    std::optional<std::int64_t> exit_code;
  };

  void begin(const Row& row);
  void pod_line(std::size_t indent, const Row& row, facts::Sink& sink);
  void container_line(std::size_t indent, const Row& row, facts::Sink& sink);
  void node_line(std::size_t indent, const Row& row, facts::Sink& sink);
  void node_mark(std::string_view mark, const Row& row, facts::Sink& sink);
  void state_line(const Row& row);
  void close_state(facts::Sink& sink);
  void close_container(facts::Sink& sink);
  void finish(facts::Sink& sink);
  void put(std::string_view scope, std::string_view subject, std::string_view key, std::string_view value, const Row& row,
           facts::Sink& sink);
  facts::Place place() const;

  Object object_ = Object::none;
  int undecided_lines_ = 0;
  Row name_;
  std::string node_, section_, container_, subsection_, volume_;
  std::size_t container_indent_ = 0, subsection_indent_ = 0;
  std::optional<State> state_;
  bool has_gpu_request_ = false;
  bool is_pod_ = false;  // Deployments and Services have a Namespace too
  std::vector<std::string> words_;  // of Command: or Args:
  Row words_at_;
  struct ShmMount {
    std::string container, volume;
    Row at;
  };
  std::vector<ShmMount> shm_mounts_;
  std::vector<std::pair<std::string, Row>> containers_;  // with their first lines
  std::vector<Volume> volumes_;
  std::size_t facts_left_ = max_facts;
};

}  // namespace gpm::container
