// SPDX-License-Identifier: Apache-2.0
#include "parsers/formats/collections.h"

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
  static const text::Regex operator_node(R"((?:^|/)(?:nvidia-bug-report|gpu_device_usage)_([A-Za-z0-9][\w.-]*?)\.log(?:\.gz)?$)");
  static const text::Regex operator_pod(R"((?:^|/)gpu_op(?:erand|erator)_pod_([a-z0-9][a-z0-9.-]*?)(?:\.previous)?\.(?:log|descr)$)");
  static const text::Regex sentinel(R"((?:^|/)nvidia-bug-report-([A-Za-z0-9][\w.-]*?)-\d{8}[-\d]*\.log(?:\.gz)?$)");
  static const text::Regex sos(R"((?:^|/)(?:secured-)?sosreport-([A-Za-z0-9][\w.-]*?)-\d{4}-\d\d-\d\d-[a-z]{5,8}(?:\.tar[.\w]*)?/)");
  static const text::Regex collector(R"((?:^|/)host-collectors/([A-Za-z0-9][\w.-]*)/[\w.-]+/[^/]+$)");
  static const text::Regex troubleshoot(R"((?:^|/)pods/logs/([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*)/([\w.-]+?)\.log$)");
  static const text::Regex resources(R"((?:^|/)cluster-resources/[a-z-]+/([a-z0-9][a-z0-9-]*?)(?:-errors)?\.json$)");
  static const text::Regex dump(R"((?:^|/)([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*)/logs\.txt$)");
  static const text::Regex dump_list(R"((?:^|/)([a-z0-9][a-z0-9-]*)/(?:pods|events|daemonsets|deployments|replicasets|services|replication-controllers)\.(?:json|yaml)$)");
  static const text::Regex kubelet(R"((?:^|/)pods/([a-z0-9-]+)_([a-z0-9.-]+)_[0-9a-f-]{8,}/([\w.-]+)/\d+\.log)");
  Collected found;
  const auto in = text::piece(path);
  std::string name;
  if (text::Regex::PartialMatch(in, troubleshoot, &found.name_space, &found.pod, &name)) {
    found.container = without(name, "-previous");
  } else if (text::Regex::PartialMatch(in, kubelet, &found.name_space, &found.pod, &found.container) ||
             text::Regex::PartialMatch(in, dump, &found.name_space, &found.pod) || text::Regex::PartialMatch(in, operator_pod, &found.pod)) {
  } else if (text::Regex::PartialMatch(in, resources, &found.name_space) || text::Regex::PartialMatch(in, dump_list, &found.name_space)) {
  } else if (text::Regex::PartialMatch(in, operator_node, &name) || text::Regex::PartialMatch(in, sentinel, &name) || text::Regex::PartialMatch(in, sos, &name) ||
             text::Regex::PartialMatch(in, collector, &name)) {
    found.host = text::short_host(name);
  }
  return found;
}

}  // namespace gpm::formats
