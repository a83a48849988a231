// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>

#include "parsers/formats/formats.h"
#include "parsers/text/regex.h"

namespace gpm::formats {
namespace {

struct Named {
  std::string_view format;
  const char* pattern;
};

// The first that matches counts: longer commands stand above those they contain.
constexpr Named commands[] = {
    {"nvidia-smi-topo", R"(\bnvidia-smi\b.*\btopo\b)"},
    {"nvidia-smi-nvlink", R"(\bnvidia-smi\b.*\bnvlink\b)"},
    {"nvidia-smi-mig", R"(\bnvidia-smi\b.*\bmig\b)"},
    {"nvidia-smi-dmon", R"(\bnvidia-smi\b.*\bdmon\b)"},
    {"nvidia-smi-pmon", R"(\bnvidia-smi\b.*\bpmon\b)"},
    {"nvidia-smi-csv", R"(\bnvidia-smi\b.*--query-)"},
    {"nvidia-smi-xml", R"(\bnvidia-smi\b.* (-x|-qx|-xq|--xml-format)\b)"},
    {"nvidia-smi-q", R"(\bnvidia-smi\b.* (-q|--query)\b)"},
    {"nvidia-smi-list", R"(\bnvidia-smi\b.* (-L|--list-gpus)\b)"},
    {"nvidia-smi", R"(\bnvidia-smi\b)"},
    {"dcgm-diag", R"(\bdcgmi diag\b)"},
    {"dcgm-health", R"(\bdcgmi health\b)"},
    {"nvcc", R"(\bnvcc\b)"},
    {"nvidia-container-cli", R"(\bnvidia-container-cli\b)"},
    {"syslog", R"(\bjournalctl\b)"},
    {"dmesg", R"(\bdmesg\b)"},
    {"kubectl-describe", R"(\b(kubectl|oc)\b.*\bdescribe\b)"},
    {"kubectl-get", R"(\b(kubectl|oc)\b.*\bget\b)"},
    {"app-log", R"(\b(kubectl|oc|docker|podman|nerdctl)( compose)?\b.* logs\b)"},
    {"docker-run", R"(\b(docker|podman|nerdctl)( container)? run\b)"},
    {"docker-inspect", R"(\b(docker|podman|nerdctl)\b.* inspect\b)"},
    {"docker-ps", R"(\b(docker|podman|nerdctl) ps\b)"},
    {"docker-info", R"(\b(docker|podman) info\b)"},
    {"ulimit", R"(\bulimit\b)"},
    {"ibv-devinfo", R"(\bibv_devinfo\b)"},
    {"ibstat", R"(\bibstat(us)?\b)"},
    {"ibdev2netdev", R"(\bibdev2netdev\b)"},
    {"show-gids", R"(\bshow_gids\b)"},
    {"rdma-link", R"(\brdma link\b)"},
    {"ofed-info", R"(\bofed_info\b)"},
    {"perftest", R"(\bib_(write|read|send)_(bw|lat)\b)"},
    {"limits-conf", R"(/etc/security/limits)"},
    {"modprobe-conf", R"(/etc/modprobe\.d/)"},
    {"proc-driver-nvidia-version", R"(/proc/driver/nvidia/(\./)?version)"},
    {"proc-driver-nvidia-params", R"(/proc/driver/nvidia/(\./)?(params|registry))"},
    {"proc-driver-nvidia-gpu", R"(/proc/driver/nvidia/(\./)?gpus/)"},
    {"os-release", R"(/etc/(os-release|lsb-release|redhat-release|issue|debian_version|system-release)|\blsb_release\b)"},
    {"cmdline", R"(/proc/cmdline)"},
    {"meminfo", R"(/proc/meminfo)"},
    {"cpuinfo", R"(/proc/cpuinfo)"},
    {"proc-modules", R"(/proc/modules)"},
    {"interrupts", R"(/proc/interrupts)"},
    {"nvidia-installer", R"(nvidia-(un)?installer\.log)"},
    {"dkms-make", R"(dkms.*make\.log)"},
    {"fabricmanager", R"(fabricmanager\.log)"},
    {"nvidia-imex", R"(nvidia-imex)"},
    {"syslog", R"(/var/log/(messages|syslog|kern(el)?\.log))"},
    {"uname", R"(\buname\b)"},
    {"hostnamectl", R"(\bhostnamectl\b)"},
    {"lspci", R"(\blspci\b)"},
    {"lsmod", R"(\blsmod\b)"},
    {"modinfo", R"(\bmodinfo\b)"},
    {"numactl", R"(\bnumactl (-H|--hardware|-s|--show)\b)"},
    {"sysctl", R"(\bsysctl (-a|\w+\.)|/etc/sysctl\.|/proc/sys/)"},
    {"lscpu", R"(\blscpu\b)"},
    {"dmidecode", R"(\bdmidecode\b)"},
    {"chronyc", R"(\bchronyc\b)"},
    {"uptime", R"(\buptime\b)"},
    {"free", R"(\bfree( -\w+)?\b)"},
    {"df", R"(\bdf( -\w+)?\b)"},
    {"mount", R"(^\S*(sudo )?(mount|findmnt)\b|/proc/mounts)"},
    {"ip-route", R"(\bip\b.* r(oute)?\b)"},
    {"ip-addr", R"(\bip\b.* (a|addr|address|link|l)\b|\bifconfig\b)"},
    {"ethtool", R"(\bethtool\b)"},
    {"env", R"(\b(env|printenv)\b( \||$| -)|\bexport\b$)"},
    {"ps", R"(\bps (-|a)|\bps\b$)"},
    {"top", R"(\btop -b)"},
    {"fuser", R"(\b(fuser|lsof)\b)"},
    {"ls-dev", R"(\bls\b.* /dev/)"},
    {"systemctl", R"(\bsystemctl\b|\bservice \S+ status\b)"},
    {"dpkg-list", R"(\bdpkg( -l|-query)|\bapt list\b)"},
    {"rpm-list", R"(\brpm -q)"},
    {"pip-list", R"(\b(pip3?|conda|uv pip)\b.* (list|freeze|show)\b)"},
    {"firewall", R"(\b(ufw status|iptables|nft list|firewall-cmd)\b)"},
    {"ipmi-sel", R"(\bipmi(tool|-sel)\b)"},
    {"sacct", R"(\bsacct\b)"},
    {"squeue", R"(\bsqueue\b)"},
    {"sinfo", R"(\bsinfo\b)"},
    {"scontrol-job", R"(\bscontrol show job\b)"},
    {"scontrol-node", R"(\bscontrol show node\b)"},
    {"py-spy", R"(\bpy-spy dump\b)"},
    {"numba-s", R"(\bnumba -s\b)"},
    {"collect-env", R"(\bcollect_env\b)"},
    {"device-query", R"(\bdeviceQuery\b)"},
    {"nccl-ras", R"(\bncclras\b)"},
    {"nccl-tests", R"(\b(all_reduce|all_gather|alltoall|reduce_scatter|sendrecv|broadcast|reduce)_perf\b)"},
    {"app-log", R"(\b(python3?|torchrun|mpirun|srun|deepspeed|accelerate|vllm)\b)"},
};

}  // namespace

std::string_view of_command(std::string_view command) {
  static const auto patterns = [] {
    std::array<std::unique_ptr<text::Regex>, std::size(commands)> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::make_unique<text::Regex>(commands[i].pattern);
    return all;
  }();
  command = command.substr(0, 400);
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (text::Regex::PartialMatch(text::piece(command), *patterns[i])) return commands[i].format;
  return {};
}

std::string_view of_path(std::string_view path) { return of_command(path); }

}  // namespace gpm::formats
