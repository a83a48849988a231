// SPDX-License-Identifier: Apache-2.0
//
// Marks: patterns of single lines. A `title` decides where it stands within the first lines, a `row` where such rows make
// up most of the text, `anywhere` where nothing else has decided.

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "parsers/formats/formats.h"
#include "parsers/text/escapes.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/shortlist.h"
#include "parsers/text/wrapper.h"

namespace gpm::formats {
namespace {

enum class Kind { title, row, anywhere };

struct Mark {
  std::string_view format;
  Kind kind;
  const char* pattern;
};

using enum Kind;

constexpr Mark marks[] = {
    {"nvidia-bug-report", title, "^Start of NVIDIA bug report log file"},
    {"nvidia-smi-q", title, "^=+NVSMI LOG=+"},
    {"nvidia-smi-q", title, R"re(^GPU [0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.\d$)re"},
    {"nvidia-smi-xml", title, "^<(!DOCTYPE )?nvidia_smi_log"},
    {"nvidia-smi", title, R"re(^\| NVIDIA-SMI \d)re"},
    {"nvidia-smi", title, R"re(^\|\s+\d+\s+\S.*\|\s+[0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.\d )re"},
    {"nvidia-smi-error", title, "NVIDIA-SMI has failed because it couldn't|NVIDIA-SMI couldn't find libnvidia-ml|^Failed to initialize NVML:"},
    {"nvidia-smi-error", title, "^Unable to determine the device handle for [Gg][Pp][Uu]|^No devices were found|^WARNING: infoROM is corrupted at gpu"},
    {"nvidia-smi-error", title, "^NVML: Unable to retrieve NVLink information|nvidia-smi: (command )?not found|^timeout: .*nvidia-smi"},
    {"nvidia-smi-csv", title,
     R"re(^(timestamp|index|name|uuid|gpu_name|gpu_uuid|gpu_bus_id|gpu_serial|pid|process_name|pci\.bus_id|driver_version|count|memory\.[a-z]+( \[MiB\])?|utilization\.[a-z]+( \[%\])?|remapped_rows\.\w+), ?[a-z_]+)re"},
    {"nvidia-smi-list", row, R"re(^GPU \d+: .*\(UUID: (GPU|MIG)-)re"},
    {"nvidia-smi-list", row, R"re(^\s+MIG \d\S+\s+Device\s+\d+: \(UUID:)re"},
    {"nvidia-smi-topo", title, R"re(^\s*(GPU\d+\s+)+(\S.*)?(CPU Affinity|NIC\d|mlx5|GPU\d))re"},
    {"nvidia-smi-topo", title, R"re(^(GPU|NIC|mlx\S*_)\d+\t\s*(X|NV\d+|SYS|NODE|PHB|PXB|PIX|OK|NS|CNS|GNS|TNS)\s*\t)re"},
    {"nvidia-smi-nvlink", title, R"re(^\s*Link \d+(: (\d|<inactive>|Replay Errors|Malformed packet|Remote Device|Tx|Rx)|, P2P is supported))re"},
    {"nvidia-smi-mig", title, R"re(^No MIG-enabled devices found|^No (GPU|compute) instances found|^\| (GPU|Compute) instances?( profiles)?:)re"},
    {"nvidia-smi-dmon", title, R"re(^#\s*(Date\s+Time\s+)?gpu\s+(pwr|sm|mclk|fb|rxpci))re"},
    {"nvidia-smi-pmon", title, R"re(^#\s*(Date\s+Time\s+)?gpu\s+pid\s+type)re"},
    {"dcgm-diag", title, R"re(^\|\s*(Diagnostic\s+\|\s*Result|-----  (Metadata|Deployment|Integration|Hardware|Stress))|^Successfully ran diagnostic for group|"DCGM (GPU )?Diagnostic")re"},
    {"dcgm-health", title, R"re(^\| (Health Monitor Report|Overall Health)|^Health monitor systems report)re"},
    {"dcgm-metrics", title, R"re(^(# (HELP|TYPE) )?DCGM_FI_[A-Z0-9_]+[ {])re"},
    {"fabricmanager", title, R"re(^\[\w{3} \d\d \d{4} [\d:]+\] \[(INFO|ERROR|WARNING|CRITICAL|DEBUG)\] \[tid \d+\])re"},
    {"nvidia-imex", title, R"re(IMEX (version|daemon)|nvidia-imex)re"},
    {"proc-driver-nvidia-version", title, R"re(^NVRM version: NVIDIA)re"},
    {"proc-driver-nvidia-gpu", title, R"re(^(Model:\s+\S.*|GPU UUID:\s+GPU-\S+|Video BIOS:\s+\S+|Runtime D3 status:.*)$)re"},
    {"proc-driver-nvidia-params", title, R"re(^(ResmanDebugLevel|RmLogonRC|EnableGpuFirmware): \d)re"},
    {"nvcc", title, R"re(^nvcc: NVIDIA \(R\) Cuda compiler|^Cuda compilation tools, release)re"},
    {"nvidia-container-cli", title, R"re(\d nvc(_\w+)?\.c:\d+\]|^NVRM version:\s+\d)re"},
    {"mps-log", title, R"re(^\[\d{4}-\d\d-\d\d [\d:.]+\s+(Control|Server|Other)\s+\d+\])re"},
    {"nvidia-installer", title, R"re(^nvidia-installer log file|^DRIVER_ARCH is |^=+ NVIDIA Software (Installer|Updater) =+)re"},
    {"dkms-make", title, R"re(^DKMS make\.log for |^make(\[\d\])?: Entering directory '/usr/src/(linux|kernel|nvidia))re"},
    {"device-query", title, R"re(CUDA Device Query \(Runtime API\))re"},
    {"p2p-bandwidth", title, R"re(P2P \(Peer-to-Peer\) GPU Bandwidth Latency Test)re"},
    {"dmesg-json", title, R"re(^\s*"dmesg": \[)re"},
    {"dmesg", row, R"re(^[\[<][ \d<>\]]*\d+\.\d{6}[\]>])re"},
    {"dmesg", row, R"re(^\w+\s*:\w+\s*: [\[<][ \d<>\]]*\d+\.\d{6}[\]>])re"},
    {"dmesg", row, R"re(^\[\w{3} \w{3} +\d+ [\d:]{8} \d{4}\] )re"},
    {"dmesg", row, R"re(^\[( +\+\d+\.\d{6}|\w{3} ?\d+ [\d:]{5})\] )re"},
    {"dmesg", row, R"re(^\d{4}-\d\d-\d\dT[\d:]{8},\d{6}[+-]\d\d:?\d\d )re"},
    {"kmsg", row, R"re(^\d+,\d+,\d+,[-c][^;]*;)re"},
    {"syslog", row, R"re(^(<\d+>)?\w{3} [ \d]\d [\d:]{8}(\.\d+)? [\w.-]+ [^ :\[]+(\[\d+\])?: )re"},
    {"syslog", row, R"re(^\d{4}-\d\d-\d\dT[\d:.]+([+-]\d\d:?\d\d|Z) [\w.-]+ [A-Za-z][\w./@()-]*(\[\d+\])?: )re"},
    {"syslog", row, R"re(^-- (Logs begin|Journal begins|Boot |No entries))re"},
    {"journal-json", row, R"re(^\{.*"__REALTIME_TIMESTAMP")re"},
    {"ipmi-sel", row, R"re(^\s*[0-9a-f]+ \| [^|]+\| [^|]+\| [^|]+#0x[0-9a-f]+ ?\|)re"},
    {"ipmi-sel", row, R"re(^\s*[0-9a-f]+ \| (\d\d/\d\d/\d{2,4}|Pre-Init) ?\| [^|]+\| [^|]+\|)re"},
    {"lspci", row, R"re(^([0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] [A-Z])re"},
    {"lspci", row, R"re(^\s*([-+|\\ ]+)?-\[?[0-9a-f]{4}:)re"},
    {"lspci", row, R"re(^\t+(Capabilities|LnkCap|LnkSta|LnkCtl|Kernel (driver|modules)|Subsystem|DevCap|DevCtl|Control:|Status:|Region \d|Memory at|Flags:|UE(Sta|Msk|Svrt)|CE(Sta|Msk)))re"},
    {"lsmod", title, R"re(^Module\s+Size\s+Used by)re"},
    {"lsmod", row, R"re(^[a-z0-9_]+\s+\d{4,}\s+\d+( [a-z0-9_,]+)?$)re"},
    {"proc-modules", row, R"re(^\w+ \d+ (\d+|-) (-|[\w,]+) (Live|Loading|Unloading) 0x)re"},
    {"modinfo", title, R"re(^filename:\s+/lib/modules/)re"},
    {"modprobe-conf", row, R"re(^(blacklist|options|alias|install|softdep) [\w/*-]+)re"},
    {"uname", title, R"re(^Linux \S+ \d+\.\d+\S* #\d)re"},
    {"os-release", row, R"re(^(PRETTY_NAME|NAME|VERSION_ID|VERSION|VERSION_CODENAME|ID|ID_LIKE|DISTRIB_\w+|HOME_URL|SUPPORT_URL|BUG_REPORT_URL|UBUNTU_CODENAME)=)re"},
    {"os-release", row, R"re(^(Red Hat|CentOS|Rocky|AlmaLinux|Ubuntu|Debian|SUSE).*release|^(Ubuntu \d|Debian GNU))re"},
    {"hostnamectl", row, R"re(^\s*(Static hostname|Operating System|Kernel|Virtualization|Chassis|Machine ID|Boot ID|Architecture): )re"},
    {"cmdline", title, R"re(^BOOT_IMAGE=|^root=\S+ ro |^console=\S+ )re"},
    {"meminfo", title, R"re(^MemTotal:\s+\d+ kB)re"},
    {"free", title, R"re(^\s+total\s+used\s+free)re"},
    {"df", title, R"re(^Filesystem\s+.*Mounted on)re"},
    {"mount", row, R"re(^\S+ on /\S* type \w+)re"},
    {"mount", row, R"re(^\S+ /\S* (nfs4?|tmpfs|ext4|xfs|overlay|proc|sysfs|cgroup2?|lustre|fuse\S*|devtmpfs|devpts) \S+ \d \d)re"},
    {"numactl", title, R"re(^available: \d+ nodes? \()re"},
    {"lscpu", title, R"re(^Architecture:\s+(x86_64|aarch64|ppc64le)|^CPU op-mode)re"},
    {"cpuinfo", title, R"re(^processor\s+: \d+$)re"},
    {"interrupts", title, R"re(^\s+CPU0\s+CPU1)re"},
    {"dmidecode", title, R"re(^# dmidecode \d)re"},
    {"ulimit", row, R"re(^[a-z -]+\s+\(([a-z0-9 -]+, )?-[a-z]\) \S+$)re"},
    {"ulimit", title, R"re(^Limit\s+Soft Limit\s+Hard Limit)re"},
    {"limits-conf", row, R"re(^(\*|@?\w+)\s+(soft|hard)\s+\w+\s+\S+$)re"},
    {"limits-conf", row, R"re(^(\*|@?\w+)\s+-\s+\w+\s+\S+$)re"},
    {"uptime", title, R"re(^\s*[\d:]{8} up .*load average:)re"},
    {"top", title, R"re(^top - [\d:]{8} up )re"},
    {"chronyc", title, R"re(^Reference ID\s+: )re"},
    {"ip-addr", title, R"re(^\d+: \S+: <[A-Z_,0-9-]+> mtu \d+)re"},
    {"ip-addr", row, R"re(^\S+\s+(UP|DOWN|UNKNOWN)\s+(\d+\.\d+\.\d+\.\d+/\d+|[0-9a-f:]+/\d+|[0-9a-f]{2}:|$))re"},
    {"ip-route", title, R"re(^default via \S+ dev|^\d+\.\d+\.\d+\.\d+/\d+ dev \S+ (proto|scope|via))re"},
    {"ethtool", title, R"re(^Settings for \S+:|^NIC statistics:)re"},
    {"ibstat", title, R"re(^CA '\w+'|^Infiniband device ')re"},
    {"ibv-devinfo", title, R"re(^hca_id:\s)re"},
    {"rdma-link", title, R"re(^(\d+/\d+: |link )\w+/\d+[: ].*state [A-Z]+)re"},
    {"ibdev2netdev", row, R"re(^(\S+ )?mlx\S+ .*port \d+ .*==> \S+ \()re"},
    {"show-gids", title, R"re(^DEV\s+PORT\s+INDEX\s+GID)re"},
    {"ib-counters", row, R"re(/sys/class/infiniband/[^/]+/ports/\d+/(hw_)?counters/\w+: ?\d)re"},
    {"ofed-info", title, R"re(^(MLNX_OFED_LINUX|OFED-internal|DOCA-OFED)-)re"},
    {"perftest", title, R"re(^\s*#bytes\s+#iterations)re"},
    {"env", row, R"re(^(export |declare -x )?[A-Za-z_][A-Za-z0-9_]*=)re"},
    {"ps", title, R"re(^\s*(F\s+S\s+)?(USER|UID|PID|LWP|PPID)\s+(\S+\s+)*(PID|STAT|S|TTY|%CPU|RSS|ELAPSED|CMD|COMMAND)(\s|$))re"},
    {"ps", row, R"re(^\s*\d+\s+\d+ [RSDTZI]\S*\s+\S*\d+:\d\d)re"},
    {"ps", row, R"re(^\s*\d+ [RSDTZI]\S*\s+(Mon|Tue|Wed|Thu|Fri|Sat|Sun) )re"},
    {"ps", row, R"re(^\S+\s+\d+\s+[\d.]+\s+[\d.]+\s+\d+\s+\d+ \S+\s+[RSDTZI]\S*\s)re"},
    {"fuser", title, R"re(^\s+USER\s+PID ACCESS COMMAND|^COMMAND\s+PID\s+(TID\s+)?.*FD\s+TYPE\s+DEVICE)re"},
    {"ls-dev", row, R"re(^c[rwx-]{9}[.+]?\s+\d+ \S+\s+\S+\s+\d+, *\d+ )re"},
    {"ls-dev", row, R"re(^ls: cannot access '?/dev/)re"},
    {"systemctl", title, R"re(^\s*[●○×x*] \S+\.(service|socket|target|mount|timer)|^\s+(Loaded: (loaded|not-found|masked)|Active: (active|inactive|failed|activating))|^Unit \S+ could not be found)re"},
    {"dpkg-list", row, R"re(^(ii|rc|iU|iF|hi|un|iH|it|ri)[ RH] *\S+\s+\S+)re"},
    {"dpkg-list", title, R"re(^Desired=Unknown/Install/Remove)re"},
    {"rpm-list", row, R"re(^[\w+.]+(-[\w+.~]+)*-\d\S*\.(x86_64|noarch|aarch64|i686)$)re"},
    {"dpkg-log", row, R"re(^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (startup|status|install|upgrade|remove|purge|configure|trigproc|conffile) )re"},
    {"apt-history", row, R"re(^(Start-Date|Commandline|Requested-By|Install|Upgrade|Remove|Purge|End-Date): )re"},
    {"firewall", title, R"re(^Status: (active|inactive)$|^Chain (INPUT|FORWARD|OUTPUT) \(policy|^-P (INPUT|FORWARD|OUTPUT) )re"},
    {"sysctl", row, R"re(^(net|vm|kernel|fs)\.[\w.]+ = )re"},
    {"vmx", row, R"re(^[A-Za-z]\w*(\.\w+)* = ".*"$)re"},
    {"kubectl-describe", title, R"re(^Name:\s{4,}\S)re"},
    {"kubectl-get", title, R"re(^(NAMESPACE\s+)?NAME\s+(READY\s+STATUS\s+RESTARTS|STATUS\s+ROLES|DESIRED\s+CURRENT)|^(NAMESPACE\s+)?LAST SEEN\s+TYPE\s+REASON)re"},
    {"docker-ps", title, R"re(^CONTAINER ID\s+IMAGE|^NAMES\s+IMAGE)re"},
    {"docker-info", row, R"re(^\s*(Runtimes|Default Runtime|Cgroup Driver|Storage Driver|Server Version|Kernel Version|Docker Root Dir|Init Binary): )re"},
    {"docker-run", title, R"re(^\s*(sudo )?(docker|podman|nerdctl)( container)? run )re"},
    {"containerd-config", title, R"re(^\s*\[+(['"]?plugins|nvidia-container-(cli|runtime)|crio\.|debug|grpc|metrics|timeouts|cgroup|ttrpc))re"},
    {"cdi-spec", title, R"re(^"?\s*"?cdiVersion"?: )re"},
    {"compose", title, R"re(^services:\s*$)re"},
    {"nccl-tests", title, R"re(^# (nThread \d+ nGpus|nccl-tests version|Collective test starting)|nThread \d+ nGpus \d+ minBytes)re"},
    {"nccl", anywhere, R"re( NCCL (INFO|WARN|TRACE|CALL) |^NCCL version \d)re"},
    {"nccl-ras", title, R"re(^NCCL version [\d.]+ compiled with CUDA|^Group +Comms +Nodes +Ranks|^ +"secondary_hash": "0x)re"},
    {"nccl-topology", title, R"re(^<(graphs|system|topology) version=)re"},
    {"py-spy", title, R"re(^Process \d+: |^Thread (0x)?\d+ \((active|idle))re"},
    {"collect-env", title, R"re(^Collecting environment information)re"},
    {"numba-s", title, R"re(^__Time Stamp__$)re"},
    {"pip-list", title, R"re(^Package\s+Version\s*)re"},
    {"pip-list", row, R"re(^[A-Za-z][\w.-]*==[\w.+!-]+$)re"},
    {"pip-list", row, R"re(^[A-Za-z][\w-]*(\.\w+)*\s{2,}\d+(\.\w+)+([+]\S+)?(\s+\S+)*$)re"},
    {"pip-list", row, R"re(^[A-Za-z][\w-]*\s{1,}\d+\.\d+\.\d+\S*$)re"},
    {"sbatch", title, R"re(^#SBATCH )re"},
    {"shell-script", title, R"re(^#! ?/(usr/)?bin/(env )?(ba|z|da)?sh|^(python3?|torchrun|mpirun|srun|deepspeed|accelerate) .*\\$)re"},
    {"scontrol-job", title, R"re(^JobId=\d+ )re"},
    {"scontrol-node", title, R"re(^NodeName=\S+ |^\s+State=\w+\S* ThreadsPerCore=)re"},
    {"sacct", title, R"re(^\s*JobID(Raw)?[ |]+.*(State|ExitCode))re"},
    {"squeue", title, R"re(^\s*JOBID\s+(PARTITION|NAME|USER))re"},
    {"sinfo", title, R"re(^(NODELIST|PARTITION)\s+.*(STATE|AVAIL|NODES))re"},
    {"slurmctld", row, R"re(^\[\d{4}-\d\d-\d\dT[\d:.]+\] .*(JobId=\d|_slurm_rpc|sched|slurmctld|_job_complete|agent/|Node \S+ |node_did_resp|update_node|error: ))re"},
    {"slurmd-log", row, R"re(^\[\d{4}-\d\d-\d\dT[\d:.]+\] (\[\d+\.(\w+|\d+)\]|launch task|Launching batch job|task/|gres/|slurmd))re"},
    {"ansible", title, R"re(^(TASK|PLAY|PLAY RECAP) (\[.*\] )?\*{6,})re"},
    {"collector-note", title, R"re(^=+ Collectors summary =+|^null$|"insight": \{|^kind: SupportBundle|^\{"(command|nodes)": |"gitVersion":|\d\d nvidia-bug-report.sh |nvidia-bug-report\.sh (rc=|timed out))re"},
    {"gpu-burn", anywhere, R"re(^\d+\.\d% +proc'd: )re"},
    {"app-log", row, R"re(^(\[?\w[\w ./-]*\]? ?)?[\[(]?(\d{4}[-/]\d\d[-/]\d\d|\d\d[-/]\d\d|\d\d/\w{3}/\d{4})[T _-]+\d\d:\d\d)re"},
    {"app-log", row, R"re(^\W*(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|NOTE)\b)re"},
    {"app-log", row, R"re(^[IWEFD]\d{4} \d\d:\d\d:\d\d|^[IWEF] \w+/)re"},
    {"app-log", row, R"re(^\[[^\]]+:\d+\] )re"},
    {"app-log", row, R"re(^\[(titan|Rank|rank|vLLM|INFO|ERROR|WARNING)\b)re"},
    {"yaml", row, R"re(^\s*(- )?[A-Za-z][\w./-]*:( \S.*)?$)re"},
    {"yaml", anywhere, R"re(^[ -]*[A-Za-z][\w./-]*:$)re"},
    {"app-log", row, R"re(^(time|ts|level)=)re"},
    {"app-log", row, R"re(^\w{3} \d+, \d{4} )re"},
    {"app-log", row, R"re(^\[?\d\d:\d\d:\d\d)re"},
    {"app-log", row, R"re(^[IWE]\d{4} )re"},
    {"app-log", row, R"re(^(\[?rank ?\d+|\[\d+,\d+\]|Rank \d+|epoch|Epoch|step|iter|Traceback|\s+File "))re"},
    {"app-log", row, R"re(^\w*Error\b)re"},
    {"app-log", anywhere, R"re(^Traceback \(most recent call last\)|CUDA error|cudaError|CUDA out of memory|^\s+File "[^"]+", line \d+)re"},
};

// Whether the text is JSON or YAML of a kind, by its keys: these stand anywhere in the first lines, in any order.
std::string_view structured(std::string_view text) {
  const auto head = text.substr(0, 16 * 1024);
  const auto has = [&](const char* pattern) { return text::Regex::PartialMatch(text::piece(head), text::Regex(pattern)); };
  static const text::Regex json(R"re(^\s*(\{\s*(["}]|$)|\[\s*([\[{"\]]|$)))re");
  static const text::Regex yaml(R"re((?m)^\s*(- )?(apiVersion|kind): \S)re");
  const bool is_json = text::Regex::PartialMatch(text::piece(head), json);
  if (!is_json && !text::Regex::PartialMatch(text::piece(head), yaml)) return {};
  if (has(R"re("cdiVersion")re")) return "cdi-spec";
  if (has(R"re("DCGM (GPU )?Diagnostic"|"test_categories")re")) return "dcgm-diag";
  if (has(R"re("dmesg"\s*:)re")) return "dmesg-json";
  if (has(R"re("__REALTIME_TIMESTAMP")re")) return "journal-json";
  if (has(R"re((?m)^\s*"?kind"?:\s*"?(SupportBundle|Preflight))re")) return "collector-note";
  if (has(R"re("?(HostConfig|IpcMode|ShmSize)"?\s*:)re")) return "docker-inspect";
  if (has(R"re("(default-runtime|log-driver|storage-driver|runtimes|registry-mirrors|exec-opts|data-root)"\s*:)re")) return "daemon-json";
  const bool list = has(R"re("?items"?\s*:|^\s*\[)re");
  if (has(R"re("?(involvedObject|reportingComponent)"?\s*:)re")) return "kubernetes-event";
  if (has(R"re("?(allocatable|nodeInfo)"?\s*:)re")) return "kubernetes-node";
  if (has(R"re("?(containers|containerStatuses|initContainers|podSpec|template)"?\s*:)re")) return "kubernetes-pod";
  if (has(R"re((?m)^\s*(- )?"?kind"?\s*:\s*"?(\w*Job|Pod|RayCluster|LeaderWorkerSet|JobSet|Deployment|StatefulSet|DaemonSet)"?\s*(,|$))re")) return "kubernetes-pod";
  if (has(R"re("?(apiVersion|kind)"?\s*:)re") || (list && has(R"re("metadata"\s*:)re"))) return "kubernetes-list";
  if (has(R"re("(insight|gitVersion|command|nodes)"\s*:)re")) return "collector-note";
  return is_json ? "json" : "kubernetes-list";
}

class Marks {
 public:
  // Adds the indices of the marks that a line has, in their order.
  void find(std::string_view line, std::vector<std::size_t>& found) const {
    for (const auto i : shortlist_.of(line))
      if (matches(i, line)) found.push_back(i);
  }

 private:
  static std::vector<std::unique_ptr<text::Regex>> patterns_of_marks() {
    std::vector<std::unique_ptr<text::Regex>> patterns;
    for (const auto& mark : marks) patterns.push_back(std::make_unique<text::Regex>(mark.pattern, RE2::Quiet));
    return patterns;
  }

  // A '^' at a pattern's start holds for all its alternatives.
  bool matches(std::size_t mark, std::string_view line) const {
    const auto* const pattern = patterns_[mark]->needed_for(line);
    const auto anchor = marks[mark].pattern[0] == '^' ? RE2::ANCHOR_START : RE2::UNANCHORED;
    return pattern != nullptr && pattern->Match(text::piece(line), 0, line.size(), anchor, nullptr, 0);
  }

  std::vector<std::unique_ptr<text::Regex>> patterns_ = patterns_of_marks();
  text::Shortlist shortlist_{patterns_};
};

constexpr std::size_t max_lines = 200;
constexpr std::size_t title_lines = 14;  // a title stands within so many lines that are not blank
constexpr std::size_t max_line_bytes = 1000;

struct Tally {
  std::size_t rows = 0, first_title = max_lines, first_seen = max_lines, anywhere = 0;
};

// What many kinds of text look like.
bool is_vague(std::string_view format) { return format == "app-log" || format == "env" || format == "pip-list" || format == "yaml"; }
bool is_fence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

}  // namespace

std::string_view recognise(std::string_view text) {
  static const Marks known;
  text = text.substr(0, recognised_bytes);
  if (text.starts_with('\x80') && text.find("pg_config") != std::string_view::npos) return "flight-recorder";
  std::map<std::string_view, Tally> tallies;
  std::size_t lines = 0;
  std::vector<std::size_t> hits;
  std::string scratch;
  for (auto raw : text::split(text, '\n')) {
    raw = raw.substr(0, max_line_bytes);
    if (text::trim(raw).empty() || is_fence(raw)) continue;
    if (++lines > max_lines) break;
    const std::string plain = raw.find('\x1b') == std::string_view::npos ? std::string(raw) : text::without_ansi(raw);
    std::string_view line = plain;
    if (line.ends_with('\r')) line.remove_suffix(1);
    hits.clear();
    known.find(line, hits);
    const auto message = text::unwrap(1, line, scratch).message;
    const auto own = hits.size();
    if (message.size() != line.size()) known.find(message, hits);
    std::vector<std::string_view> counted;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const auto& mark = marks[hits[i]];
      auto& tally = tallies[mark.format];
      tally.first_seen = std::min(tally.first_seen, lines);
      if (mark.kind == title && (i < own || lines < 40)) tally.first_title = std::min(tally.first_title, lines);
      if (mark.kind == anywhere) ++tally.anywhere;
      if (mark.kind == anywhere || std::find(counted.begin(), counted.end(), mark.format) != counted.end()) continue;
      ++tally.rows;
      counted.push_back(mark.format);
    }
  }
  if (lines == 0) return {};
  lines = std::min(lines, max_lines);
  const auto of = [&](std::string_view format) { return tallies.find(format) == tallies.end() ? Tally{} : tallies[format]; };
  // Titles that a log of another program may quote do not count against rows of that log.
  std::string_view best;
  const auto logs = std::max({of("syslog").rows, of("dmesg").rows, of("kmsg").rows});
  if (logs * 2 > lines) best = of("dmesg").rows == logs ? "dmesg" : of("syslog").rows == logs ? "syslog" : "kmsg";
  if (!best.empty()) return best;
  std::size_t first = title_lines + 1;
  for (const auto& [format, tally] : tallies)
    if (tally.first_title < first) {
      first = tally.first_title;
      best = format;
    }
  // The script below "#!/bin/bash" may say what it is for; nvidia-smi's own words may follow a warning.
  if (best == "shell-script" && of("sbatch").first_title < max_lines) return "sbatch";
  if (best == "shell-script" && of("docker-run").first_title < max_lines) return "docker-run";
  if (best == "nvidia-smi-error")
    for (std::string_view whole : {"nvidia-smi-list", "nvidia-smi", "nvidia-smi-q", "nvidia-smi-nvlink", "nvidia-smi-topo", "nccl"})
      if (of(whole).first_title < max_lines || of(whole).anywhere > 1 || (whole == "nvidia-smi-list" && of(whole).rows > 0)) best = whole;
  if (best == "app-log") best = {};
  const bool is_nccl = of("nccl").anywhere > 1 || (of("nccl").anywhere == 1 && lines < 12 && best.empty());
  if (!best.empty() && !(is_nccl && best != "nccl-tests" && best != "nccl-ras")) return best;
  if (is_nccl) return "nccl";
  if (const auto kind = structured(text); !kind.empty()) return kind;
  std::size_t rows = 0;
  for (const auto& [format, tally] : tallies)
    if (tally.rows * 2 >= lines && (format != "yaml" || tally.anywhere > 1) && (best.empty() || (is_vague(best) && !is_vague(format)) || (tally.rows > rows && is_vague(best) == is_vague(format)))) {
      rows = tally.rows;
      best = format;
    }
  if (!best.empty()) return best;
  for (const auto& [format, tally] : tallies)
    if (tally.first_title < max_lines && format != "app-log" && of("app-log").rows * 4 < lines) return format;
  if (of("gpu-burn").anywhere > 0) return "gpu-burn";
  if (of("app-log").rows > 0 || of("app-log").anywhere > 0) return "app-log";
  return {};
}

}  // namespace gpm::formats
