// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/kernel_parameters.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

std::span<const std::string_view> KernelParameters::gates() const {
  static constexpr std::array<std::string_view, 9> literals = {"kernel.", "vm.", "net.core.", "net.ipv4.", "net.ipv6.", "net.netfilter.", "fs.", "user.max_", "/proc/sys/"};
  return literals;
}

Want KernelParameters::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex parameter(R"(^([a-z][\w-]*(?:\.[\w*@/-]+)+)\s*=\s*(\S.*?)\s*$)");
  static const text::Regex file(R"(^/proc/sys/([\w/.-]+): ?(\S.*?)\s*$)");
  // In regular expressions of the whole name.
  static const text::Regex matters(
      R"(vm\.(overcommit_\w+|max_map_count|nr_hugepages|nr_overcommit_hugepages|swappiness|zone_reclaim_mode|panic_on_oom|oom_\w+|min_free_kbytes|dirty_(background_)?(ratio|bytes)|compaction_proactiveness|drop_caches)|)"
      R"(kernel\.(pid_max|threads-max|numa_balancing|shmmax|shmall|shmmni|sem|yama\.ptrace_scope|hung_task_timeout_secs|hung_task_panic|panic|panic_on_oops|softlockup_panic|hardlockup_panic|nmi_watchdog|watchdog_thresh|core_pattern|perf_event_paranoid|sched_rt_runtime_us|unprivileged_userns_clone|apparmor_restrict_unprivileged_userns|tainted|modules_disabled|hostname|keys\.maxkeys)|)"
      R"(fs\.(file-max|file-nr|nr_open|aio-max-nr|inotify\.\w+|pipe-user-pages-soft)|user\.max_(user|pid|ipc|mnt|net)_namespaces|)"
      R"(net\.core\.(somaxconn|netdev_max_backlog|[rw]mem_(max|default)|optmem_max|busy_\w+)|)"
      R"(net\.ipv4\.(ip_local_port_range|ip_local_reserved_ports|ip_forward|tcp_([rw]?mem|syn_retries|synack_retries|retries[12]|keepalive_\w+|user_timeout|fin_timeout|max_syn_backlog|tw_reuse|timestamps|sack|mtu_probing|congestion_control)|neigh\.default\.gc_thresh[123]|conf\.[\w.-]+\.(rp_filter|arp_ignore|arp_announce|arp_filter|forwarding))|)"
      R"(net\.ipv6\.conf\.(all|default)\.disable_ipv6|net\.netfilter\.nf_conntrack_(max|count))");
  std::string name, value;
  const auto text = text::piece(line.message.substr(0, 2048));
  if (text::Regex::PartialMatch(text, file, &name, &value)) {
    std::replace(name.begin(), name.end(), '/', '.');
  } else if (!text::Regex::PartialMatch(text, parameter, &name, &value)) {
    return Want::gated;
  }
  if (text::Regex::FullMatch(name, matters) && --facts_left_ >= 0) sink.add(setting_of(line, "sysctl", name, value.substr(0, 256)));
  return Want::gated;
}

}  // namespace gpm::parsers::host
