// SPDX-License-Identifier: Apache-2.0
#include "parsers/formats/collections.h"

#include <re2/re2.h>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::formats {
namespace {

std::string without(std::string name, std::string_view end) {
  if (name.ends_with(end)) name.resize(name.size() - end.size());
  return name;
}

}  // namespace

Collected collected_from(std::string_view path) {
  static const RE2 operator_node(R"((?:^|/)(?:nvidia-bug-report|gpu_device_usage)_([A-Za-z0-9][\w.-]*?)\.log(?:\.gz)?$)");
  static const RE2 operator_pod(R"((?:^|/)gpu_op(?:erand|erator)_pod_([a-z0-9][a-z0-9.-]*?)(?:\.previous)?\.(?:log|descr)$)");
  static const RE2 sentinel(R"((?:^|/)nvidia-bug-report-([A-Za-z0-9][\w.-]*?)-\d{8}[-\d]*\.log(?:\.gz)?$)");
  static const RE2 sos(R"((?:^|/)(?:secured-)?sosreport-([A-Za-z0-9][\w.-]*?)-\d{4}-\d\d-\d\d-[a-z]{5,8}(?:\.tar[.\w]*)?/)");
  static const RE2 collector(R"((?:^|/)host-collectors/([A-Za-z0-9][\w.-]*)/[\w.-]+/[^/]+$)");
  static const RE2 troubleshoot(R"((?:^|/)pods/logs/([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*)/([\w.-]+?)\.log$)");
  static const RE2 resources(R"((?:^|/)cluster-resources/[a-z-]+/([a-z0-9][a-z0-9-]*?)(?:-errors)?\.json$)");
  static const RE2 dump(R"((?:^|/)([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*)/logs\.txt$)");
  static const RE2 dump_list(R"((?:^|/)([a-z0-9][a-z0-9-]*)/(?:pods|events|daemonsets|deployments|replicasets|services|replication-controllers)\.(?:json|yaml)$)");
  static const RE2 kubelet(R"((?:^|/)pods/([a-z0-9-]+)_([a-z0-9.-]+)_[0-9a-f-]{8,}/([\w.-]+)/\d+\.log)");
  Collected found;
  const auto in = text::piece(path);
  std::string name;
  if (RE2::PartialMatch(in, troubleshoot, &found.name_space, &found.pod, &name)) {
    found.container = without(name, "-previous");
  } else if (RE2::PartialMatch(in, kubelet, &found.name_space, &found.pod, &found.container) ||
             RE2::PartialMatch(in, dump, &found.name_space, &found.pod) || RE2::PartialMatch(in, operator_pod, &found.pod)) {
  } else if (RE2::PartialMatch(in, resources, &found.name_space) || RE2::PartialMatch(in, dump_list, &found.name_space)) {
  } else if (RE2::PartialMatch(in, operator_node, &name) || RE2::PartialMatch(in, sentinel, &name) || RE2::PartialMatch(in, sos, &name) ||
             RE2::PartialMatch(in, collector, &name)) {
    found.host = text::short_host(name);
  }
  return found;
}

}  // namespace gpm::formats
