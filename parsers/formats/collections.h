// SPDX-License-Identifier: Apache-2.0
//
// Whom a document is about, by where a collector puts it. Only layouts that a collector always writes; what the document
// itself says goes first.
//
//   must-gather/nvidia-bug-report_NODE.log.gz, gpu_device_usage_NODE.log      GPU operator's must-gather.sh
//   must-gather/gpu_operand_pod_POD.log, .previous.log, .descr
//   ARTIFACTS/NODE/20261009-024734/nvidia-bug-report-NODE-20261009-024734.log.gz      NVSentinel's collector
//   sosreport-HOST[-label][-case]-2026-10-09-abcdefg/sos_commands/...         sos; HOST may hold '-', so the label stays in it
//   support-bundle-*/host-collectors/NODE/journald/kernel.txt                 Troubleshoot, one folder a node
//   cluster-resources/pods/logs/NAMESPACE/POD/CONTAINER.log, CONTAINER-previous.log   Troubleshoot
//   cluster-resources/pods/NAMESPACE.json, .../events/NAMESPACE.json
//   NAMESPACE/POD/logs.txt, NAMESPACE/pods.json                               kubectl cluster-info dump
//   /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log                           kubelet
//
// A link in an archive is a document of its own that says where it points; what it points to is read once, there.
#pragma once

#include <string>
#include <string_view>

namespace gpm::formats {

struct Collected {
  std::string host, name_space, pod, container;
};

Collected collected_from(std::string_view path);

}  // namespace gpm::formats
