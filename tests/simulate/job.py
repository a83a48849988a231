# SPDX-License-Identifier: Apache-2.0
"""A simulated job: its ranks, hosts, communicators and the lines that each rank writes while nothing goes wrong.

Everything comes from one seed. A line is (seconds since the start, text, what it shows): "" nothing, "c" the cause, "p" the place at fault,
"cp" both. What it shows decides later whether the logs that remain allow an answer.
"""
import datetime
import json
import os
import random

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates.json"), encoding="utf-8") as file:
    TEMPLATES = {name: entry["text"] for name, entry in json.load(file).items()}

VERSIONS = [(2, 7, 8), (2, 10, 3), (2, 14, 3), (2, 18, 3), (2, 19, 3), (2, 20, 5), (2, 21, 5), (2, 22, 3), (2, 23, 4), (2, 25, 1), (2, 26, 2), (2, 27, 5),
            (2, 28, 9)]
WRAPPERS = ["plain", "plain", "torchrun", "slurm", "mpirun", "kubectl", "stamped"]
PHASES = ["boot", "net", "start", "joined", "topology", "channels", "connecting", "connected", "complete", "collective"]


class Rank:
    def __init__(self, job, r):
        self.r, self.job = r, job
        self.h, self.l = divmod(r, job.per_host)
        self.host, self.pid = job.hosts[self.h], 20000 + job.rng.randrange(900) + 7 * self.l
        self.tid = self.pid + 100 + self.l
        self.bus = "%x" % ((0x18 + 0x11 * self.l) << 12)
        self.pci = "0000:%02x:00" % (0x18 + 0x11 * self.l)
        self.ifname, self.version = "eth0", job.version
        self.ip = "10.%d.%d.%d" % (20 + self.h // 62500, self.h // 250 % 250, self.h % 250 + 4)
        self.lines, self.t = [], 0.0
        self.told_process = False

    def say(self, name, shows="", **values):
        job = self.job
        text = TEMPLATES[name]
        info = "NCCL INFO" in text or text.startswith("NCCL version")
        if info and job.level == "WARN" and not text.startswith("NCCL version"):
            return
        self.t += job.rng.random() * 0.004
        if text.startswith("{ws}") and self.version >= (2, 26):
            self.lines.append((self.t, "", ""))
        now = job.clock(self.h, self.t)
        values.setdefault("r", self.r)
        values.setdefault("l", self.l)
        values.setdefault("pid", self.pid)
        self.lines.append((self.t, text.format(a="%s:%d:%d [%d]" % (self.host, self.pid, self.tid, self.l), ws=now.strftime("[%Y-%m-%d %H:%M:%S] ") if self.version >= (2, 26) else "",
                                               c10=now.strftime("%m%d %H:%M:%S.%f") + "123", c10ms=now.strftime("%m%d %H:%M:%S.%f")[:-3], log=now.strftime("%Y-%m-%d %H:%M:%S,%f"), **values), shows))

    def wait(self, seconds):
        self.t += seconds


class Communicator:
    def __init__(self, job, name, ranks, parent=None, color=0):
        self.name, self.ranks, self.parent, self.color = name, ranks, parent, color
        self.id = "0x%x" % job.rng.getrandbits(63)
        self.index = {r: i for i, r in enumerate(ranks)}

    def pointer(self, rank):
        return "0x%x" % (0x55d000000000 + (hash_of(self.id) ^ rank.r * 4096) % (1 << 30) * 64)


def hash_of(text):
    value = 0
    for c in text:
        value = (value * 131 + ord(c)) & 0x3FFFFFFF
    return value


class Job:
    def __init__(self, seed, ranks=None, ranks_max=4096, hosts_min=1, channels=None, version=None, level=None, wrapper=None, subgroups=None):
        self.seed = seed
        rng = self.rng = random.Random(seed)
        n = ranks or max(2, int(round(2 ** rng.uniform(1, ranks_max.bit_length() - 1))))
        n = max(n, 2 * hosts_min if hosts_min > 1 else 2)
        per_host = 8 if n >= 16 else rng.choice([d for d in (1, 2, 4, 8) if d * hosts_min <= n] or [1])
        self.n, self.per_host = n, per_host
        self.nodes = (n + per_host - 1) // per_host
        self.version = version or rng.choice(VERSIONS)
        self.level = level or rng.choice(["INFO", "INFO", "INFO", "WARN"])
        self.wrapper = wrapper or rng.choice(WRAPPERS)
        self.net = rng.choice(["ib", "socket"])
        self.shm = False
        self.channels = channels or (rng.choice([2, 4, 8, 16, 24]) if n <= 64 else 2)
        prefix = "train-worker-" if self.wrapper == "kubectl" else rng.choice(["gpu", "node-", "dgx-a", "cn"])
        self.hosts = [prefix + (str(h) if self.wrapper == "kubectl" else "%03d" % (h + 1)) for h in range(self.nodes)]
        self.start = datetime.datetime(2026, 11, 1, 8, 0, 0) + datetime.timedelta(seconds=rng.randrange(10 ** 6))
        self.skew = [rng.uniform(-2, 2) if rng.random() < 0.5 else 0.0 for _ in range(self.nodes)]
        self.ranks = [Rank(self, r) for r in range(n)]
        self.documents = {}  # path -> lines of hosts: kernel logs, ibstat, launchers
        world = Communicator(self, "world", list(range(n)))
        self.world = world
        self.groups = []
        if subgroups if subgroups is not None else (n >= 4 and rng.random() < 0.3):
            for h in range(self.nodes):
                members = [r for r in range(h * per_host, min(n, (h + 1) * per_host))]
                if len(members) > 1:
                    self.groups.append(Communicator(self, "tp%d" % h, members, world, h))

    def clock(self, h, t):
        return self.start + datetime.timedelta(seconds=t + self.skew[h])

    def host_ranks(self, h):
        return self.ranks[h * self.per_host:(h + 1) * self.per_host]

    # The lines of one rank in one communicator up to and with phase `until`.
    def init(self, rank, comm, until="complete", waited=0.01):
        v, say = rank.version, rank.say
        stop = PHASES.index(until)
        lazy = v >= (2, 22)
        c = dict(comm=comm.pointer(rank), n=len(comm.ranks), dev=rank.l, gpu=rank.l, bus=rank.bus, id=comm.id, func="ncclCommInitRankConfig", r=comm.index[rank.r])
        if not rank.told_process:
            rank.told_process = True
            if v >= (2, 13):
                say("driver")
            say("boot.new" if v >= (2, 24) else "boot.old", ifname=rank.ifname, ip=rank.ip)
            if v >= (2, 22):
                say("version.info", version="%d.%d.%d+cuda12.4" % v)
            elif rank.r == 0:
                say("version.bare", version="%d.%d.%d+cuda12.4" % v)
            if stop < 1:
                return
            say("plugin.new" if v >= (2, 24) else "plugin.old")
            if self.net == "ib":
                say("ib", hcas=" ".join("[%d]mlx5_%d:1/IB" % (i, i) for i in range(rank_hcas(rank))), ifname=rank.ifname, ip=rank.ip)
            else:
                say("noib")
                say("socket", ifname=rank.ifname, ip=rank.ip)
        if stop < 1:
            return
        say("net", net="IB" if self.net == "ib" else "Socket")
        if stop < 2:
            return
        start_first = v >= (2, 23)
        if start_first:
            say_start(rank, comm, c, "start")
            if stop < 3:
                return
        rank.wait(waited)
        if start_first:
            say("boot.timings", total=waited + 0.0007, recv=waited)
        elif v >= (2, 18, 3):
            if stop < 3:
                return
            say_start(rank, comm, c, "start")
        if stop < 4:
            return
        say("affinity.new" if v >= (2, 28) else "affinity.old", **c)
        local = [r for r in comm.ranks if r // self.per_host == rank.h]
        if v >= (2, 20):
            say("exchanged", nodes=len({r // self.per_host for r in comm.ranks}), lr=len(local), **c)
        if stop < 5:
            return
        if comm.index[rank.r] == 0:
            order = " ".join(str(i) for i in range(len(comm.ranks)))[:850]
            for i in range(min(self.channels, 4)):
                say("plan", c=i, channels=self.channels, order=order)
        i, n = c["r"], c["n"]
        say("trees", trees=" ".join("[%d] %d/-1/-1->%d->%d" % (k, i + 1 if i + 1 < n else -1, i, i - 1) for k in range(min(self.channels, 6))))
        if v >= (2, 16):
            say("chunk")
        say("proxy", gpu=rank.l)
        if stop < 6:
            return
        if not lazy:
            self.connect(rank, comm, stop)
        if stop < 8:
            return
        say("thresholds")
        say("channels", channels=self.channels)
        say_start(rank, comm, c, "complete")
        if start_first:
            say("init.timings", total=waited + 0.6, boot=waited, **c)
        if lazy and stop > 8:
            self.connect(rank, comm, stop)

    def connect(self, rank, comm, stop):
        v, i, n = rank.version, comm.index[rank.r], len(comm.ranks)
        after, before = comm.ranks[(i + 1) % n], comm.ranks[(i - 1) % n]
        inside = lambda r: rank.bus if v < (2, 18, 2) else str(r % self.per_host)
        for c in range(self.channels):
            if before // self.per_host != rank.h:
                rank.say("via.ib.recv" if self.net == "ib" else "via.socket.recv", c=c, r=(i - 1) % n, to=i, x=inside(before), y=inside(rank.r), hca=c % 8)
            if after // self.per_host != rank.h:
                rank.say("via.ib.send" if self.net == "ib" else "via.socket.send", c=c, r=i, to=(i + 1) % n, x=inside(rank.r), y=inside(after), hca=c % 8)
            else:
                rank.say("via.shm" if self.shm else "via.p2p", c=c, r=i, to=(i + 1) % n, x=inside(rank.r), y=inside(after), p2p="P2P/CUMEM" if v >= (2, 19) else "P2P/IPC")
        if stop < 7:
            return
        rank.say("rings" if v >= (2, 24) else "rings.old")
        rank.say("trees.up")

    def steps(self, rank, first, last):
        for step in range(first, last):
            rank.wait(1.0 + self.rng.random() * 0.001)
            rank.say("step", step=10 * step, loss=3.2 - 0.01 * step)

    def end(self, rank):
        if self.rng.random() < 0.7:
            c = dict(comm=self.world.pointer(rank), n=self.n, dev=rank.l, bus=rank.bus)
            rank.say("destroy", **c)


def rank_hcas(rank):
    return getattr(rank, "hcas", 8)


def say_start(rank, comm, c, stage):
    v = rank.version
    if v < (2, 18, 3):
        if stage == "complete":
            rank.say("complete.2.10", **c)
        return
    name = stage + (".2.18" if v < (2, 21) else ".new")
    rank.say(name, **c)
    if comm.parent is not None and v >= (2, 24) and rank.lines and rank.job.level == "INFO":  # a split: no commId, but the parent, count and color
        t, text, shows = rank.lines[-1]
        tail = "parent %s splitCount 1 color %d key %d%s" % (comm.parent.pointer(rank), comm.color, c["r"], "- Init START" if stage == "start" else " - Init COMPLETE")
        rank.lines[-1] = (t, text.replace("ncclCommInitRankConfig", "ncclCommSplit").split("commId ")[0] + tail, shows)
