// SPDX-License-Identifier: Apache-2.0
//
// Tables of `kubectl get pods`, `get events` and `get nodes`, also with -A and -o wide:
//
//   NAME                          READY   STATUS                  RESTARTS       AGE
//   nvidia-cuda-validator-7l5zv   0/1     Init:CrashLoopBackOff   7 (2m1s ago)   13m
//
//   LAST SEEN   TYPE      REASON    OBJECT          MESSAGE
//   2m (x3)     Warning   BackOff   pod/trainer-0   Back-off restarting failed container
//
//   NAME         STATUS     ROLES    AGE   VERSION
//   gpu-node-1   NotReady   <none>   12d   v1.33.5
//
// Facts: events kubernetes.pod_status, kubernetes.event, kubernetes.node_status.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/container/spec.h"
#include "parsers/facts/facts.h"
#include "parsers/parser.h"

namespace gpm::container {

// A row of the Events table of `kubectl describe` ("Warning  BackOff  2m (x10 over 5m)  kubelet  Back-off ..."), without
// place and origin; nothing if the line is no such row.
std::optional<facts::Event> described_event(std::string_view row, std::string_view object);

class KubectlTables final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "kubectl-get"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  enum class Table { none, pods, events, nodes };

  bool header(std::string_view raw);
  std::optional<facts::Event> row(std::string_view raw) const;

  Table table_ = Table::none;
  std::vector<std::string> columns_;
  std::size_t facts_left_ = max_facts;
};

}  // namespace gpm::container
