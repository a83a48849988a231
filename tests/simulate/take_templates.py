#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the lines that the simulator writes from captured logs: take_templates.py CAPTURES > templates.json

CAPTURES is a folder with cases/ and reference/. Each entry names a file, a text that the wanted line holds, and what in it varies; what
comes out is the line with {fields} and the file and line it stands on. Lines of h100-* and h200-* cases are of real GPUs; what those
machines cannot show (InfiniBand, several hosts, old versions) comes from public incidents and from the list of NCCL's warnings.
"""
import json
import os
import re
import sys

H = "cases/h100-580-healthy/files/rank0.log"
T = "cases/h100-torchrun-exception/files/torchrun.log"
S = "cases/h100-torchrun-straggler/files/torchrun.log"
SHM = "cases/h100-580-shm-too-small/files/rank1.log"
W = "reference/nccl-warnings.tsv"
K = "reference/kernel-log-formats.md"
HEAD = (r"^(?:\[\w+\]:)?\S+?:\d+:\d+ \[\d+\] ", "{a} ")  # HOST:PID:TID [DEV]
STAMP = (r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \S+?:\d+:\d+ \[\d+\] ", "{ws}{a} ")
TSV = (r"\t.*", "")
COMM = [(r"comm 0x\w+", "comm {comm}"), (r"rank \d+", "rank {r}"), (r"n[rR]anks \d+", lambda m: m.group(0)[:7] + "{n}"),
        (r"cudaDev \d+", "cudaDev {dev}"), (r"nvmlDev \d+", "nvmlDev {gpu}"), (r"busId \w+", "busId {bus}"), (r"commId 0x\w+", "commId {id}")]
VIA = [(r"Channel (\d+)(/0)? : \d+\[\w+\] -> \d+\[\w+\]", lambda m: "Channel {c:02d}" + (m.group(2) or "") + " : {r}[{x}] -> {to}[{y}]")]
C10 = (r"^(?:\[default\d\]:)?\[rank\d+\]:\[(\w)\d{4} \d\d:\d\d:\d\d\.\d+ (\w+\.\w+):(\d+)\] ", r"[rank{r}]:[\1{c10} \2:\3] ")
PG = [C10, (r"Rank \d+\]", "Rank {r}]")]

WANTED = [  # name, file, text of the line, what varies
    ("driver", H, "cudaDriverVersion", [HEAD]),
    ("boot.new", H, "Bootstrap: Using", [HEAD, (r"eth0:[\d.]+", "{ifname}:{ip}")]),
    ("boot.old", "cases/gpud-482/files/all_reduce_perf_04_05.log", "Bootstrap : Using", [HEAD, (r"bond0:[\d.]+", "{ifname}:{ip}")]),
    ("version.info", H, "NCCL INFO NCCL version", [HEAD, (r"version .*", "version {version}")]),
    ("version.bare", "cases/nccl-426/files/horovod-worker.log", "NCCL version 2.8.3", [(r"^.*version .*", "NCCL version {version}")]),
    ("plugin.new", H, "NET/Plugin: Could not find", [HEAD]),
    ("plugin.old", "cases/nccl-945/files/nccl-tests.log", "No plugin found", [HEAD]),
    ("noib", H, "NET/IB : No device", [HEAD]),
    ("ib", "cases/gpud-482/files/all_reduce_perf_04_05.log", "NET/IB : Using", [HEAD, (r"Using .*", "Using {hcas} [RO]; OOB {ifname}:{ip}<0>")]),
    ("socket", H, "NET/Socket : Using", [HEAD, (r"eth0:[\d.]+", "{ifname}:{ip}")]),
    ("net", H, "Using network", [HEAD, (r"network \w+", "network {net}")]),
    ("env", H, "NCCL_NVLS_ENABLE set by", [HEAD]),
    ("start.new", H, "Init START", [HEAD, (r"ncclCommInitRankConfig", "{func}")] + COMM),
    ("start.2.18", "cases/nccl-945/files/nccl-tests.log", "Init START", [HEAD] + COMM),
    ("complete.new", H, "Init COMPLETE", [HEAD, (r"ncclCommInitRankConfig", "{func}")] + COMM),
    ("complete.2.18", "cases/nccl-945/files/nccl-tests.log", "Init COMPLETE", [HEAD] + COMM),
    ("complete.2.10", "cases/pytorch-79299/files/train.log", "Init COMPLETE", [HEAD] + COMM),
    ("boot.timings", H, "Bootstrap timings", [HEAD, (r"total [\d.]+", "total {total:.6f}"), (r"recv [\d.]+", "recv {recv:.6f}")]),
    ("affinity.old", "cases/nccl-1781/files/nccl-prefill-0.log", "Setting affinity for GPU", [HEAD, (r"GPU \d+", "GPU {gpu}")]),
    ("affinity.new", H, "ncclTopoGetCpuAffinity", [HEAD, (r"GPU \d+ is", "GPU {gpu} is")]),
    ("exchanged", H, "nRanks 2 nNodes", [HEAD] + COMM + [(r"nNodes \d+ localRanks \d+ localRank \d+", "nNodes {nodes} localRanks {lr} localRank {l}")]),
    ("plan", H, "Channel 00/24 : 0 1", [HEAD, (r"00/24 : .*", "{c:02d}/{channels:02d} : {order}")]),
    ("trees", H, "Trees [0]", [HEAD, (r"Trees .*", "Trees {trees}")]),
    ("chunk", H, "P2P Chunksize", [HEAD]),
    ("proxy", H, "[Proxy Service]", [HEAD, (r"Device \d+", "Device {gpu}")]),
    ("thresholds", H, "threadThresholds", [HEAD]),
    ("channels", H, "coll channels", [HEAD, (r"\b24\b", "{channels}")]),
    ("init.timings", H, "Init timings", [HEAD, (r"ncclCommInitRankConfig", "{func}")] + COMM[1:3] +
     [(r"total [\d.]+", "total {total:.2f}"), (r"bootstrap [\d.]+", "bootstrap {boot:.2f}")]),
    ("via.p2p", H, "via P2P/CUMEM", [HEAD] + VIA + [(r"P2P/CUMEM", "{p2p}")]),
    ("via.shm", "cases/nccl-tests-287/files/nccl-tests.log", "via SHM", [HEAD] + VIA),
    ("via.ib.send", "cases/gpud-482/files/all_reduce_perf_04_05.log", "[send] via NET/IB", [HEAD] + VIA + [(r"NET/IB/\d+", "NET/IB/{hca}")]),
    ("via.ib.recv", "cases/gpud-482/files/all_reduce_perf_04_05.log", "[receive] via NET/IB", [HEAD] + VIA + [(r"NET/IB/\d+", "NET/IB/{hca}")]),
    ("via.socket.send", "cases/dstack-2712/files/train-node0.log", "[send] via NET/Socket", [HEAD] + VIA),
    ("via.socket.recv", "cases/dstack-2712/files/train-node0.log", "[receive] via NET/Socket", [HEAD] + VIA),
    ("rings", H, "Connected all rings", [HEAD]),
    ("rings.old", "cases/nccl-945/files/nccl-tests.log", "Connected all rings", [HEAD]),
    ("trees.up", "cases/nccl-945/files/nccl-tests.log", "Connected all trees", [HEAD]),
    ("destroy", H, "Destroy COMPLETE", [HEAD] + COMM),
    ("abort", SHM, "Abort COMPLETE", [HEAD] + COMM),
    ("step", T, "step 10 loss", [(r"^\[default\d\]:", ""), (r"^\S+ \S+", "{log}"), (r"step \d+ loss [\d.]+", "step {step} loss {loss:.4f}")]),
    ("loading", "cases/h100-580-rank-never-joins/files/rank1.log", "loading checkpoint", [(r"rank \d+", "rank {r}")]),
    ("joined", "cases/h100-580-rank-never-joins/files/rank0.log", "clients joined", [(r"\d+/\d+ clients", "{seen}/{n} clients")]),
    ("evaluating", S, "evaluating 4000", [(r"^\[default\d\]:", "")]),
    ("watchdog", S, "Watchdog caught", PG + [(r"SeqNum=\d+, OpType=\w+, NumelIn=\d+, NumelOut=\d+", "SeqNum={seq}, OpType={op}, NumelIn={numel}, NumelOut={numel}")]),
    ("watchdog.status", S, "failure detected by watchdog", PG + [(r"id: \d+", "id: {seq}"), (r"enqueued work: \d+, last completed work: \d+", "enqueued work: {seq}, last completed work: {done}")]),
    ("observed", S, "Observed flight recorder dump signal", PG),
    ("dump", S, "due to a collective timeout from  rank", PG + [(r"from  rank \d+", "from  rank {other}"), (r"work: \d+, last completed NCCL work: \d+", "work: {done}, last completed NCCL work: {done}")]),
    ("raise", T, "KeyError: 'labels'", [(r"^\[default\d\]:", ""), (r"\[rank\d+\]", "[rank{r}]")]),
    ("traceback", T, "Traceback (most recent", [(r"^\[default\d\]:", ""), (r"\[rank\d+\]", "[rank{r}]")]),
    ("traceback.frame", T, 'File "/opt/train/ranks3.py", line 16', [(r"^\[default\d\]:", ""), (r"\[rank\d+\]", "[rank{r}]")]),
    ("agent.failed", T, "failed (exitcode: 1)", [(r"^E\d{4} \S+", "E{c10ms}"), (r"exitcode: 1\) local_rank: \d+ \(pid: \d+\)", "exitcode: {code}) local_rank: {l} (pid: {pid})")]),
    ("agent.term", T, "closing signal SIGTERM", [(r"^W\d{4} \S+", "W{c10ms}"), (r"process \d+", "process {pid}")]),
    ("allreduce.frame", SHM, "dist.all_reduce(x)", [(r"\[rank\d+\]", "[rank{r}]")]),
    ("allreduce.file", SHM, 'ranks.py", line 16', [(r"\[rank\d+\]", "[rank{r}]")]),
    ("mismatch", "cases/h200-580-shape-mismatch/files/rank1.log", "Detected mismatch", [(r"\[rank\d+\]", "[rank{r}]"), (r"ranks. Rank \d+ is", "ranks. Rank {r} is"),
     (r"but Rank \d+ is", "but Rank {other} is"), (r"TensorShape=\[1049600\]", "TensorShape=[{mine}]"), (r"TensorShape=\[1048576\]", "TensorShape=[{theirs}]"),
     (r"shapes: \d+vs \d+", "shapes: {mine}vs {theirs}")]),
    ("backend.error", SHM, "DistBackendError", [(r"\[rank\d+\]", "[rank{r}]"), (r"version [\d.]+", "version {short}")]),
    ("system.error", SHM, "ncclSystemError", [(r"\[rank\d+\]", "[rank{r}]")]),
    ("last.error", SHM, "Last error:", [(r"\[rank\d+\]", "[rank{r}]")]),
    ("w.shm.extend", SHM, "failed to extend", [STAMP, (r"nccl-\w+", "nccl-{tmp}")]),
    ("w.shm", SHM, "Error while creating", [STAMP, (r"nccl-\w+", "nccl-{tmp}")]),
    ("w.shm.old", W, "Call to posix_fallocate failed", [TSV, (r"^", "{ws}{a} include/shm.h:48 NCCL WARN "), (r"%s", "No space left on device")]),
    ("w.duplicate", "cases/h100-580-duplicate-gpu/files/rank1.log", "NCCL WARN Duplicate", [STAMP, (r"rank \d+ and rank \d+", "rank {r} and rank {other}"), (r"device \w+", "device {bus}")]),
    ("w.memlock.new", "cases/vllm-19613/files/vllm.log", "ibv_reg_dmabuf_mr failed", [(r"^\(.*?\) ", ""), STAMP]),
    ("w.memlock.old", "cases/nccl-tests-206/files/nccl-test.log", "ibv_reg_mr_iova2 failed", [HEAD]),
    ("w.connect.2.7", "cases/nccl-352/files/train_2gpu.log", "Connect to", [HEAD, (r"Connect to \S+ failed : .*", "Connect to {peer}<{port}> failed : {why}")]),
    ("w.connect.2.10", W, "Net : Connect to", [TSV, (r"^", "{ws}{a} misc/socket.cc:407 NCCL WARN "), (r"Connect to %s failed : %s", "Connect to {peer}<{port}> failed : {why}")]),
    ("w.connect.2.18", W, "socketStartConnect: Connect to", [TSV, (r"^", "{ws}{a} misc/socket.cc:484 NCCL WARN "), (r"Connect to %s failed : %s", "Connect to {peer}<{port}> failed : {why}")]),
    ("w.connect.2.24", W, "%s: connect returned %s, exceeded", [TSV, (r"^%s", "{ws}{a} misc/socket.cc:571 NCCL WARN socketPollConnect"), (r"connect returned %s", "connect returned {why}"), (r"%d", "34")]),
    ("w.connect.2.27", W, "%s: connect to %s returned %s, exceeded", [TSV, (r"^%s", "{ws}{a} misc/socket.cc:676 NCCL WARN socketPollConnect"), (r"connect to %s returned %s", "connect to {peer}<{port}> returned {why}"), (r"%d", "35")]),
    ("i.retry.2.24", W, "%s: connect returned %s, retrying", [TSV, (r"^%s", "{a} NCCL INFO socketPollConnect"), (r"returned %s", "returned {why}"), (r"\(%d/%ld\)", "({try_}/34)"), (r"%u", "{ms}")]),
    ("i.retry.2.27", W, "%s: connect to %s returned %s, retrying", [TSV, (r"^%s", "{a} NCCL INFO socketPollConnect"), (r"to %s returned %s", "to {peer}<{port}> returned {why}"), (r"\(%d/%ld\)", "({try_}/34)"), (r"%u", "{ms}")]),
    ("i.retry.old", W, "Call to connect returned", [TSV, (r"^", "{a} NCCL INFO "), (r"%s", "{why}")]),
    ("w.closed.old", W, "Net : Connection closed by remote peer %s", [TSV, (r"^", "{ws}{a} misc/socket.cc:523 NCCL WARN "), (r"%s", "{peer}<{port}>")]),
    ("w.closed", W, "socketProgress: Connection closed", [TSV, (r"^", "{ws}{a} misc/socket.cc:49 NCCL WARN "), (r"%s", "{peer}<{port}>")]),
    ("w.truncated", W, "Message truncated : received %d bytes", [TSV, (r"^", "{ws}{a} bootstrap.cc:112 NCCL WARN "), (r"received %d", "received {got}"), (r"of %d", "of {want}")]),
    ("w.versions", W, "Mismatched NCCL version", [TSV, (r"^", "{ws}{a} init.cc:1036 NCCL WARN "), (r"rank %d version %d rank %d version %d", "rank {r1} version {v1} rank {r2} version {v2}")]),
    ("w.port", W, "NET/IB : Got async event", [TSV, (r"^", "{ws}{a} transport/net_ib.cc:94 NCCL WARN "), (r"%s", "port error")]),
    ("w.port.2.20", W, "NET/IB : %s:%d Got async event", [TSV, (r"^", "{ws}{a} transport/net_ib.cc:134 NCCL WARN "), (r"%s:%d", "{mlx}:1"), (r": %s", ": port error")]),
    ("w.port.2.28", W, "Got non-fatal async event: %s", [TSV, (r"^", "{ws}{a} transport/net_ib.cc:134 NCCL WARN "), (r"%s:%d", "{mlx}:1"), (r"%s\(%d\)", "port error(10)")]),
    ("w.completion", W, "Got completion from peer %s with error %d, opcode %d, len %d, vendor err %d\t", [TSV, (r"^", "{ws}{a} transport/net_ib.cc:1251 NCCL WARN "), (r"peer %s", "peer {peer}<{port}>"), (r"error %d", "error 12"), (r"err %d", "err 129"), (r"%d", "0")]),
    ("w.completion.2.22", W, "hca %s\t2.22.3", [TSV, (r"^", "{ws}{a} transport/net_ib.cc:1799 NCCL WARN "), (r"peer %s", "peer {peer}<{port}>"), (r"status=%d", "status=12"), (r"err %d", "err 129"), (r"%d", "0"), (r"\(%s\)%s%s%s%s", "(Send)"), (r"hca %s", "hca {mlx}")]),
    ("w.cuda", W, "Cuda failure 'unknown error'", [TSV, (r"^", "{ws}{a} init.cc:1944 NCCL WARN ")]),
    ("xid79", "cases/machine-shop-80/files/dmesg-T.txt", "79, pid=", [(r"^\[[^\]]*\]", "[{boot}]"), (r"PCI:[\w:]+", "PCI:{pci}")]),
    ("xid79.lost", "cases/machine-shop-80/files/dmesg-T.txt", "has fallen off the bus.", [(r"^\[[^\]]*\]", "[{boot}]"), (r"GPU (at )?(PCI:)?[\da-f]{4}:[\w:.]+", lambda m: "GPU " + (m.group(1) or "") + (m.group(2) or "") + "{pci}.0:")]),
    ("oom.invoked", K, "invoked oom-killer", [(r"^\s*", "[{boot}] "), (r"order=0, oom_score_adj=999", "order=0, oom_score_adj=0")]),
    ("oom.kill", K, "oom-kill:constraint=CONSTRAINT_NONE", [(r"^\s*", "[{boot}] "), (r"task_memcg=/\.\.\.", "task_memcg=/system.slice/slurmstepd.scope"), (r"pid=\d+", "pid={pid}")]),
    ("oom.killed", K, "Out of memory: Killed process", [(r"^\s*", "[{boot}] "), (r"process \d+", "process {pid}"), (r"total-vm:\.\.\.", "total-vm:912345678kB, anon-rss:512345678kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1000kB oom_score_adj:0")]),
    ("nic.link", "cases/ogkm-1355/files/dmesg-T.txt", "Link ACTIVE", [(r"^\[[^\]]*\]", "[{boot}]"), (r"0000:5b:00.0: mlx5_0", "{nic}: {mlx}"), (r"ACTIVE", "{state}")]),
]


def main():
    root = sys.argv[1]
    taken = {}
    for name, path, text, varying in WANTED:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if text in line and not (name == "xid79.lost" and "Xid" in line):
                    break
            else:
                sys.exit(f"{name}: no line of {path} holds {text!r}")
        line = line.rstrip("\n").replace("{", "{{").replace("}", "}}")
        for pattern, new in varying:
            line, hits = re.subn(pattern, new, line)
            if not hits and pattern not in (TSV[0],) and (pattern, new) not in COMM:
                sys.exit(f"{name}: {path}:{number} has nothing like {pattern}: {line}")
        taken[name] = {"from": f"{path}:{number}", "text": line}
    json.dump(taken, sys.stdout, indent=1)
    print()


main()
