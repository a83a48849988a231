// SPDX-License-Identifier: Apache-2.0
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

// The language decides which of two texts a field holds, as the knowledge base would.
struct In {
  bool zh;
  std::string operator()(const char* en, const char* chinese) const { return zh ? chinese : en; }
};

Fix reset_fix(In in) {
  Fix fix;
  fix.act = in("Drain the node and reset the GPU; if it does not come back, power-cycle the node.",
               "排空该节点并重置 GPU；若 GPU 仍未恢复，则对节点断电重启。");
  fix.where = "bare-metal";
  fix.kind = "cure";
  fix.risk = "restarts-node";
  fix.risk_note = in("Ends every job on the node.", "会终止该节点上的所有作业。");
  fix.commands = {"scontrol update nodename=dgx-a12 state=drain reason=gpu", "nvidia-smi --gpu-reset -i 6"};
  fix.verify = {{in("All eight GPUs are listed", "列出全部八块 GPU"), "nvidia-smi -L"},
                {in("No new Xid in the kernel log", "内核日志中没有新的 Xid"), "dmesg -T | grep -i xid"}};
  fix.references = {"https://docs.nvidia.com/deploy/xid-errors/"};
  return fix;
}

Cause fell_off_bus(In in) {
  Cause cause;
  cause.id = "gpu-fell-off-bus";
  cause.confidence = 0.931;
  cause.title = in("The GPU has fallen off the PCIe bus", "GPU 已从 PCIe 总线上掉线");
  cause.explanation =
      in("The driver can no longer reach GPU 6 over PCIe. Rank 38 hung inside the driver, and ten minutes later the "
         "watchdogs of "
         "all other ranks gave up: the timeouts are the consequence, not the cause.",
         "驱动程序无法再通过 PCIe 访问 GPU 6。rank 38 卡在驱动内部，十分钟后其余所有 rank "
         "的看门狗相继超时：这些超时是结果，而不是原因。");
  cause.where.hosts = {"dgx-a12"};
  cause.where.gpus = {{"dgx-a12", 6, "0000:d1:00.0", "GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11", "1650924004321",
                       "NVIDIA H100 80GB HBM3"}};
  cause.where.ranks = {38};
  cause.where.processes = {"python3"};
  cause.evidence = {
      {"kernel.xid.79", in("Xid 79: the GPU has fallen off the bus", "Xid 79：GPU 已从总线上掉线"), false,
       "bundle.tar.gz/dgx-a12/dmesg.txt", 1834,
       "[155044.078590] NVRM: Xid (PCI:0000:d1:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
       "2026-03-14T02:17:09.078Z", 1000, "anchored-boot", 3},
      {"nvidia_smi.gpu_lost", in("nvidia-smi cannot reach a GPU", "nvidia-smi 无法访问某块 GPU"), false,
       "bundle.tar.gz/dgx-a12/nvidia-smi.txt", 1,
       "Unable to determine the device handle for GPU6: 0000:D1:00.0: Unknown Error", "", 0, "none", 1},
      {"host.module_unloaded", in("An operator unloaded the driver", "有操作员卸载了驱动"), true,
       "bundle.tar.gz/dgx-a12/syslog", 20991,
       "Mar 14 01:02:11 dgx-a12 sudo: ops : COMMAND=/usr/sbin/rmmod nvidia_peermem", "2026-03-14T01:02:11Z", 1000,
       "yearless", 1},
  };
  cause.evidence[0].match = "Xid (PCI:0000:d1:00): 79";
  cause.evidence[0].context = {{1831, "[155040.511903] pcieport 0000:d0:01.0: AER: Uncorrected (Fatal) error received: 0000:d1:00.0"},
                               {1835, "[155044.078612] NVRM: GPU 0000:d1:00.0: GPU has fallen off the bus."}};
  cause.explains = {"kernel.xid.45", "torch.watchdog_timeout"};
  Fix shrink;
  shrink.act = in("Restart the job without this node.", "剔除该节点后重启作业。");
  shrink.where = "slurm";
  shrink.kind = "workaround";
  shrink.risk = "restarts-job";
  shrink.risk_note = in("The job starts again from its last checkpoint.", "作业将从最近的检查点重新开始。");
  shrink.commands = {"sbatch --exclude=dgx-a12 train.sbatch"};
  cause.fixes = {reset_fix(in), shrink};
  cause.references = {"https://docs.nvidia.com/deploy/xid-errors/",
                      "https://docs.nvidia.com/deploy/gpu-debug-guidelines/"};
  cause.sum = {"prior usual                    -1.1", "kernel.xid.79 decisive         +4.0",
               "host.module_unloaded against   -0.3"};
  return cause;
}

Cause straggler(In in) {
  Cause cause;
  cause.id = "straggler-or-slow-rank";
  cause.rank = 3;
  cause.confidence = 0.042;
  cause.title = in("One rank arrived late at a collective", "某个 rank 迟到，未及时参与集合通信");
  cause.why_not = in("\"The GPU has fallen off the PCIe bus\" has more for it: Xid 79. What would speak for this one follows from it: A watchdog timed out.",
                     "“GPU 已从 PCIe 总线上掉线”的证据更强：Xid 79。本可支持此项的现象是其后果：看门狗超时。");
  cause.where.ranks = {0, 1, 2, 3, 7};
  cause.evidence = {
      {"torch.watchdog_timeout", in("A watchdog timed out", "看门狗超时"), false, "bundle.tar.gz/logs/rank0.log", 90211,
       "[rank0]:[E314 02:27:11.832146912 ProcessGroupNCCL.cpp:607] Watchdog caught collective operation timeout",
       "2026-03-14T02:27:11.832Z", 0, "assumed-utc", 63}};
  Fix fix;
  fix.act = in("Compare the ranks' stacks.", "对比各 rank 的调用栈。");
  fix.where = "any";
  fix.kind = "cure";
  fix.risk = "safe";
  fix.commands = {"py-spy dump --pid <pid>"};
  cause.fixes = {fix};
  cause.references = {"https://docs.pytorch.org/docs/stable/distributed.html"};
  return cause;
}

Cause small_shm(In in) {
  Cause cause;
  cause.id = "shm-too-small";
  cause.incident = 2;
  cause.rank = 2;
  cause.confidence = 0.71;
  cause.title = in("/dev/shm of the container is too small", "容器的 /dev/shm 过小");
  cause.where.pods = {"eval-0"};
  cause.where.containers = {"worker"};
  cause.evidence = {{"container.shm.small", in("The container has 64 MiB of /dev/shm", "容器的 /dev/shm 只有 64 MiB"),
                     false, "bundle.tar.gz/k8s/eval-0.yaml", 41, "    sizeLimit: 64Mi", "", 0, "", 1}};
  return cause;
}

void add_surroundings(Result& r, In in) {
  r.documents = {
      {"bundle.tar.gz/dgx-a12/dmesg.txt", "dmesg", "ok", "", 482133, 5120, 214, "dgx-a12"},
      {"bundle.tar.gz/dgx-a12/nvidia-smi.txt", "nvidia-smi", "ok", "", 96, 1, 1, "dgx-a12"},
      {"bundle.tar.gz/dgx-a12/syslog", "syslog", "truncated", "the gzip stream ends early", 2147483648, 30110422, 9,
       "dgx-a12"},
      {"bundle.tar.gz/k8s/eval-0.yaml", "kubernetes", "ok", "", 3011, 88, 14, ""},
      {"bundle.tar.gz/logs/rank0.log", "torch", "limit:ratio", "inflates to more than 500 times its size", 73400320,
       912331, 4051, ""},
  };
  r.documents_total = 412;
  r.documents_omitted = 407;
  r.bytes_total = 3221225472;
  r.lines_total = 31027962;
  r.notes = {{"bundle.tar.gz/dgx-a12/dmesg.txt", 5120, "last line is cut off"}};
  r.notes_omitted = 2;
  r.redacted = {{"token", 2}, {"user", 14}};
  r.timeline = {
      {"2026-03-14T02:17:09.078Z", "", "anchored-boot", 1000, "dgx-a12", "kernel.xid", "Xid 79",
       "bundle.tar.gz/dgx-a12/dmesg.txt",
       "[155044.078590] NVRM: Xid (PCI:0000:d1:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
       1834, 3},
      {"2026-03-14T02:27:11.832Z", "", "assumed-utc", 0, "", "torch.watchdog_timeout",
       in("Watchdog timeout", "看门狗超时"), "bundle.tar.gz/logs/rank0.log",
       "Watchdog caught collective operation timeout", 90211, 63},
      {"", "155999.000001", "since-boot", 0, "dgx-a13", "kernel.pcie_aer", in("PCIe error reported", "上报 PCIe 错误"),
       "bundle.tar.gz/dgx-a13/dmesg.txt", "pcieport 0000:d0:01.0: AER: Corrected error received: 0000:d1:00.0", 17, 1},
  };
  r.timeline[0].source = "kernel";
  r.timeline[0].utc_ns = 1773454629078000000;
  r.timeline[0].last_utc_ns = 1773454631078000000;
  r.timeline[0].evidence_of = 1;
  r.timeline[0].first = true;
  r.timeline[1].source = "application";
  r.timeline[1].utc_ns = 1773455231832000000;
  r.timeline[1].evidence_of = 3;
  r.timeline[1].follows_from = 1;
  r.timeline[2].source = "kernel";
  r.timeline_omitted = 12;
  r.missing = {{in("Full bug report of the node", "该节点的完整 bug report"), "nvidia-bug-report.sh",
                in("Tells a dead card from a bad slot.", "可区分是显卡损坏还是插槽故障。")},
               {in("Console log of the BMC", "BMC 控制台日志"), "",
                in("Shows power and thermal events.", "可显示供电与过热事件。")}};
  r.unusual_lines = {{"bundle.tar.gz/dgx-a12/syslog", "nvidia-nvswitch3: weird state 0x5f", 77, 4}};
  r.hosts = {{"dgx-a12", {{"driver_version", "580.95.05"}, {"cuda_version", "13.0"}, {"kernel", "6.8.0-60-generic"}}},
             {"dgx-a13", {}}};
  r.gpus = {{"dgx-a12", 6, "0000:d1:00.0", "GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11", "1650924004321",
             "NVIDIA H100 80GB HBM3"},
            {"dgx-a13", std::nullopt, "0000:1b:00.0", "", "", ""}};
  const std::string smi = "bundle.tar.gz/dgx-a12/nvidia-smi-q.txt";
  r.gpus[0].readings = {{"gpu.vbios_version", "", "96.00.89.00.01", "", smi, 21},
                        {"gpu.ecc_uncorrectable_volatile", "dram", "2", "counted", smi, 77},
                        {"gpu.clock_event", "hw_slowdown", "Active", "state", smi, 90}};
  r.hosts[0].unusual = {"driver_version"};
  r.topologies = {{"dgx-a12",
                   "bundle.tar.gz/dgx-a12/topo.txt",
                   2,
                   {{"GPU5", "gpu", 5, "0000:ba:00.0", "", "1", "48-95"},
                    {"GPU6", "gpu", 6, "0000:d1:00.0", "", "1", "48-95"},
                    {"NIC0", "nic", std::nullopt, "", "mlx5_0", "1", "", "mlx5_0:1 down"}},
                   {{0, 1, "NV18"}, {0, 2, "NODE"}, {1, 2, "PIX"}}}};
  r.usage = {{"dgx-a12",
              "bundle.tar.gz/dgx-a12/nvidia-smi.txt",
              "2026-03-14T02:30:00Z",
              10,
              {{5, "0000:ba:00.0", 71234, 81559, 100, {{"python3", 4711, 70112}}}, {6, "0000:d1:00.0", std::nullopt, 81559, std::nullopt, {}}},
              true}};
  r.settings = {{"container", "worker", "shm_size_bytes", "67108864", "", "bundle.tar.gz/k8s/eval-0.yaml", 41, 1, "container.shm.small",
                 in("The container has 64 MiB of /dev/shm", "容器的 /dev/shm 只有 64 MiB"), true},
                {"env", "worker", "NCCL_DEBUG", "INFO", "", "bundle.tar.gz/k8s/eval-0.yaml", 52, 8, "", "", false}};
  r.settings_omitted = 3;
  r.communicators = {{"0x7f2a91c4",
                      64,
                      {{0, "dgx-a11", "complete", "bundle.tar.gz/logs/rank0.log", 0, "0000:1b:00.0", 311},
                       {38, "dgx-a12", "connecting", "bundle.tar.gz/logs/rank38.log", 6, "0000:d1:00.0", 207}},
                      "incomplete",
                      {{"1-37,39-63", 62, "never-seen", "", {"dgx-a11", "dgx-a12"}, 8, std::nullopt, "", "", "", 0},
                       {"38", 1, "stopped", "connecting", {"dgx-a12"}, 1, 6, "0000:d1:00.0", "bundle.tar.gz/logs/rank38.log",
                        "dgx-a12:81:93 [6] NCCL INFO Channel 00/0 : 38[6] -> 39[7] via P2P/CUMEM", 207},
                       {"0", 1, "done", "complete", {"dgx-a11"}, 1, 0, "0000:1b:00.0", "bundle.tar.gz/logs/rank0.log",
                        "dgx-a11:80:92 [0] NCCL INFO comm 0x1 rank 0 nranks 64 - Init COMPLETE", 311}}},
                     {"0x55aa", std::nullopt, {{0, "", "seen", "", std::nullopt, "", 0}}, "", {}}};
  for (int rank = 1; rank < 64; ++rank)
    if (rank != 38) r.communicators[0].absent.push_back({rank, "dgx-a1" + std::to_string(1 + rank / 32)});
}

}  // namespace

Result full_result(const std::string& language) {
  const In in{language == "zh"};
  Result r;
  r.tool_version = "0.1.0";
  r.knowledge_date = "2026-03-01";
  r.bundle_name = "bundle.tar.gz";
  r.language = language;
  r.verdict = {
      "fault-found",
      in("GPU 6 of dgx-a12 fell off the PCIe bus and took the job with it.",
         "dgx-a12 的 GPU 6 从 PCIe 总线上掉线，导致整个作业失败。"),
      "suspect",
      in("Xid 79 on one card, the same card in nvidia-smi.", "同一块卡出现 Xid 79，且 nvidia-smi 无法访问该卡。")};
  r.causes = {fell_off_bus(in), small_shm(in), straggler(in)};
  add_surroundings(r, in);
  return r;
}

Result healthy_result(const std::string& language) {
  const In in{language == "zh"};
  Result r;
  r.tool_version = "0.1.0";
  r.bundle_name = "healthy";
  r.language = language;
  r.verdict = {"no-fault-found", in("Nothing in 3 documents points to a fault.", "3 个文档中均未发现故障迹象。"),
               "cleared", in("A complete dmesg holds no Xid.", "完整的 dmesg 中没有 Xid。")};
  r.documents = {{"dmesg.txt", "dmesg", "ok", "", 4096, 60, 12, "node1"}};
  r.documents_total = 3;
  r.bytes_total = 5000;
  r.lines_total = 80;
  return r;
}

Result undecided_result(const std::string& language) {
  auto r = full_result(language);
  const In in{language == "zh"};
  r.verdict = {
      "undecided",
      in("A watchdog timed out; what held it up is not in the bundle.", "看门狗超时；资料中看不出是什么阻塞了它。"),
      "unknown", in("There is no kernel log.", "缺少内核日志。")};
  r.causes.erase(r.causes.begin(), r.causes.begin() + 2);
  r.causes.front().rank = 1;
  r.causes.front().confidence = 0.497;
  return r;
}

Result result_made_of(const std::string& x, const std::string& language) {
  Result r;
  r.tool_version = r.knowledge_date = r.bundle_name = x;
  r.language = language;
  r.verdict = {"fault-found", x, "unknown", x};
  const Gpu gpu{x, 1, x, x, x, x};
  Cause cause;
  cause.id = cause.title = cause.explanation = cause.why_not = x;
  cause.confidence = 0.6;
  cause.where = {{x, x}, {gpu}, {1, 2}, {x}, {x}, {x}};
  for (const bool against : {false, true}) cause.evidence.push_back({x, x, against, x, 7, x, x, 5, x, 2});
  cause.explains = cause.references = cause.sum = {x};
  for (const char* kind : {"cure", "workaround"}) cause.fixes.push_back({x, x, kind, x, x, {x}, {{x, x}}, {x}});
  r.causes = {cause, cause, cause, cause, cause, cause};
  r.documents = {{x, x, x, x, 1, 2, 3, x}};
  r.notes = {{x, 1, x}};
  r.timeline = {{x, x, x, 3, x, x, x, x, x, 1, 2}};
  r.missing = {{x, x, x}};
  r.unusual_lines = {{x, x, 1, 2}};
  r.hosts = {{x, {{x, x}}}};
  r.gpus = {gpu};
  r.communicators = {{x, 2, {{0, x, x, x, 1, x, 1}}, x, {{x, 1, x, x, {x}, 1, 1, x, x, x, 1}}, {{1, x}}}};
  r.causes[0].evidence[0].match = x;
  r.causes[0].evidence[0].context = {{3, x}, {9, x}};
  r.timeline[0].source = x;
  r.timeline[0].utc_ns = 1773454629078000000;
  r.timeline[0].first = true;
  r.timeline.push_back(r.timeline[0]);
  r.timeline[1].utc_ns = 1773454729078000000;
  r.timeline[1].first = false;
  r.timeline[1].follows_from = 1;
  r.gpus[0].readings = {{x, x, x, x, x, 1}};
  r.hosts[0].unusual = {x};
  r.topologies = {{x, x, 1, {{x, "gpu", 0, x, x, x, x, x}, {x, "gpu", 1, x, x, x, x}, {x, "nic", {}, x, x, x, x, x}}, {{0, 1, "NV4"}, {0, 2, x}, {1, 2, "PIX"}}}};
  r.usage = {{x, x, x, 1, {{1, x, 4096, 8192, 50, {{x, 7, 2048}}}}, true}};
  r.settings = {{x, x, x, x, x, x, 1, 2, x, x, true}};
  return r;
}

const std::string& everything_hostile() {
  using namespace std::string_literals;
  static const std::string text =
      "<script>alert(1)</script><img src=x onerror=alert(2)>\" onload='x' --> ]]> {{css}} {{{css}}} &lt; "
      "\x1b[2J\x1b]0;title\x07 \x9b"
      "31m \xc2\x9b"
      "31m \xe2\x80\xae"
      "evil\xe2\x81\xa6 \xe2\x80\x8b "
      "```\n````\n# heading\n~~~\n| a | b |\n@someone #12 [x](javascript:alert(3)) ![y](http://evil/) www.evil.example "
      "\r\n"
      "\0 \xff\xfe \xc3( \xed\xa0\x80 $(touch /tmp/x) `id` ; rm -rf / \xe4\xb8\xad\xe6\x96\x87 \xe4\xb8"s;
  return text;
}

}  // namespace gpm::report
