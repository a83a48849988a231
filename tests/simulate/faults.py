# SPDX-License-Identifier: Apache-2.0
"""The faults: each function writes the lines of a job in which one thing goes wrong, and gives what an answer must say.

The answer: cause, others that are as right (`unseen`: where what shows the cause is lost), hosts, ranks and GPUs at fault; `hosts_any` where naming one of them is enough. `rule`, where the
fault shows in what is absent, is asked with the surviving ranks whether cause and place can be told.
"""
from job import PHASES


def at_host(job, h, **more):
    return dict(hosts=[job.hosts[h]], **more)


def start_all(job, until="collective", skip=(), waited=0.01):
    for rank in job.ranks:
        if rank.r in skip:
            continue
        job.init(rank, job.world, until, waited)
        if PHASES.index(until) >= 8:
            for group in job.groups:
                if rank.r in group.index:
                    job.init(rank, group, until)


def run(job, steps=3):
    start_all(job)
    for rank in job.ranks:
        job.steps(rank, 0, steps)


# What ranks print that only suffer: nothing, a closed connection, a watchdog that gives up.
def suffer(job, guilty, how=None, seq=31, lost=None):
    how = how or job.rng.choice(["silent", "closed", "watchdog"])
    for rank in job.ranks:
        if rank.r in guilty:
            continue
        if how == "closed" and (rank.r + 1) % job.n in guilty or how == "closed" and (rank.r - 1) % job.n in guilty:
            peer = job.ranks[lost if lost is not None else min(guilty)]
            rank.wait(1)
            rank.say("w.closed" if rank.version >= (2, 16) else "w.closed.old", peer=peer.ip, port=40000 + peer.r % 20000)
        elif how == "watchdog":
            rank.wait(30 + job.rng.random())
            rank.say("watchdog", seq=seq, op="ALLREDUCE", numel=4194304)
            rank.say("watchdog.status", seq=seq, done=seq - 1)
    return how


def clean(job):
    run(job)
    for rank in job.ranks:
        job.end(rank)
    return dict(cause="no-fault-found")


def never_joins(job):
    rng = job.rng
    whole_host = job.nodes > 1 and rng.random() < 0.3
    missing = [r.r for r in job.host_ranks(rng.randrange(job.nodes))] if whole_host else [rng.randrange(job.n)]
    if len(missing) >= job.n:
        missing = missing[:1]
    new, old = job.version >= (2, 23), job.version < (2, 18, 3)
    for rank in job.ranks:
        if rank.r not in missing:
            job.init(rank, job.world, "start" if new else "net")
        elif rng.random() < 0.5 and not whole_host:
            rank.say("loading")
    if rng.random() < 0.3 and 0 not in missing:
        root = job.ranks[0]
        root.wait(21)
        root.say("traceback")
        root.say("joined", "c", n=job.n, seen=job.n - len(missing))

    def rule(there):  # ranks whose logs are there
        told = any(shows == "c" for r in there for _, _, shows in job.ranks[r].lines)
        every = new and job.level == "INFO" and job.n - len(missing) >= 3 * len(missing) and all(r in there for r in range(job.n) if r not in missing)
        return told or every, every

    truth = dict(cause="nccl-rank-never-joined", also=["straggler-or-slow-rank"], ranks=missing, rule=rule)
    if whole_host:
        truth["hosts"] = [job.ranks[missing[0]].host]
        truth["hosts_optional"] = True
    return truth


def odd_host(job, not_first=True):
    return job.rng.randrange(1 if not_first else 0, job.nodes)


def connect_failed(rank, peer, why, shows):
    v = rank.version
    name = "2.27" if v >= (2, 27) else "2.24" if v >= (2, 24) else "2.18" if v >= (2, 16) else "2.10" if v >= (2, 10) else "2.7"
    port = 32768 + peer.r % 20000
    retry = "i.retry.2.27" if v >= (2, 27) else "i.retry.2.24" if v >= (2, 24) else "i.retry.old"
    for k in range(3):
        rank.say(retry, peer=peer.ip, port=port, why=why, try_=k + 1, ms=100 * (k + 1))
    rank.wait(20)
    rank.say("w.connect." + name, shows, peer=peer.ip, port=port, why=why)
    torch_error(rank)


def torch_error(rank):
    rank.say("traceback")
    rank.say("allreduce.file")
    rank.say("allreduce.frame")
    rank.say("backend.error", short="%d.%d.%d" % rank.version)
    rank.say("system.error")


def wrong_interface(job):
    h = odd_host(job)
    for rank in job.host_ranks(h):
        rank.ifname, rank.ip = job.rng.choice([("docker0", "172.17.0.1"), ("virbr0", "192.168.122.1")])[0], ""
        rank.ip = "172.17.0.1" if rank.ifname == "docker0" else "192.168.122.1"
    first = job.host_ranks(h)[0]
    for rank in job.host_ranks(h):
        rank.ifname, rank.ip = first.ifname, first.ip
    for rank in job.ranks:
        job.init(rank, job.world, "start" if rank.version >= (2, 23) else "net")
        rank.lines = [(t, text, "cp" if "Bootstrap" in text and rank.ip in text and rank.h == h and "Using" in text else s) for t, text, s in rank.lines]
    before = job.ranks[first.r - 1]
    why = job.rng.choice(["Connection refused", "Connection timed out", "No route to host"])
    told = job.version < (2, 24) or job.version >= (2, 27)  # between these the message lacks the address
    connect_failed(before, first, why, "c" if told else "")

    def rule(there):  # the interface alone shows it only beside others' interfaces
        shown = {s for r in there for _, _, s in job.ranks[r].lines}
        beside = "cp" in shown and any(job.ranks[r].h != h for r in there)
        return beside or "c" in shown, beside

    return dict(cause="nccl-wrong-network-interface", rule=rule, **at_host(job, h))


def firewall(job):
    h = odd_host(job)
    b = job.host_ranks(h)[0]
    a = job.ranks[b.r - 1]
    for rank in job.ranks:
        job.init(rank, job.world, "start" if rank.version >= (2, 23) else "net")
    connect_failed(a, b, "Connection timed out", "cp")
    return dict(cause="nccl-firewall-or-unreachable", hosts_any=[a.host, b.host], hosts=[a.host, b.host])


def version_mismatch(job):
    h = odd_host(job)
    other = (2, 26, 2) if job.version != (2, 26, 2) else (2, 25, 1)
    if job.version < (2, 23):
        other = job.rng.choice([v for v in ((2, 18, 3), (2, 19, 3), (2, 20, 5), (2, 21, 5)) if v != job.version])
    for rank in job.host_ranks(h):
        rank.version = other
    code = lambda v: "%d%02d%02d" % v if v >= (2, 9) else "%d%d%02d" % v
    first = job.host_ranks(h)[0].r
    for rank in job.ranks:
        new = rank.version >= (2, 23)
        job.init(rank, job.world, "joined" if job.version >= (2, 23) else "net")
        if job.version >= (2, 23) and new:
            r1 = 0 if rank.h == h else first
            rank.say("w.versions", "cp", r1=r1, v1=code(job.ranks[r1].version), r2=rank.r, v2=code(rank.version))
            torch_error(rank)
        elif rank.r == 0:
            rank.say("w.truncated", "c", got=job.rng.choice([2568, 44, 20]), want=2560)
            torch_error(rank)
        rank.lines = [(t, text, "p" if "NCCL version" in text and rank.h == h and job.version >= (2, 22) else s) for t, text, s in rank.lines]
    return dict(cause="nccl-version-mismatch", **at_host(job, h))


def shm_small(job):
    h = odd_host(job, False)
    job.shm = True
    if job.per_host == 1:
        return None
    guilty = {r.r for r in job.host_ranks(h)}
    if len(guilty) < 2:
        return None
    for rank in job.ranks:
        job.init(rank, job.world, "channels" if job.version < (2, 22) else "complete")
        if rank.r in guilty:
            new = rank.version >= (2, 22)
            for name in ("w.shm.extend", "w.shm") if new else ("w.shm.old",):
                rank.say(name, "cp", tmp="%06x" % job.rng.getrandbits(24))
            torch_error(rank)
    suffer(job, guilty, job.rng.choice(["silent", "closed"]))
    return dict(cause="shm-too-small", **at_host(job, h))


# A kernel log as dmesg prints it, named after its host, or as syslog keeps it; in Kubernetes the node has a name that no pod knows.
def kernel_log(job, h, lines, at):
    from job import TEMPLATES
    node = "ip-10-1-%d-%d" % (h // 250, h % 250 + 3) if job.wrapper == "kubectl" else job.hosts[h]
    syslog = job.wrapper == "kubectl" or job.rng.random() < 0.4
    boot = 150000 + job.rng.random() * 1000
    rows = [("[%.6f] nvidia-nvlink: Nvlink Core is being initialized, major device number 511" % 12.3, 12 - boot, ""),
            ("[%.6f] systemd[1]: Started Session 4 of User root." % (boot - 500), -500, "")]
    for k, (name, shows, values) in enumerate(lines):
        rows.append((TEMPLATES[name].format(boot="%.6f" % (boot + at + 0.0001 * k), **values), at, shows))
    rows.append(("[%.6f] systemd[1]: Stopped user session." % (boot + at + 900), at + 900, ""))
    stamp = lambda t: job.clock(h, t).strftime("%b %d %H:%M:%S ") + node + " kernel: "
    job.documents["%s/%s" % (("syslog", "kern%d.log" % h) if syslog else ("dmesg", node + ".dmesg.txt"))] = (h, [((stamp(t) if syslog else "") + text, shows) for text, t, shows in rows])
    return node


def gpu_lost(job):
    run(job)
    rank = job.rng.choice(job.ranks)
    node = rank.host
    if job.rng.random() < 0.75:
        node = kernel_log(job, rank.h, [("xid79", "cp", dict(pci=rank.pci)), ("xid79.lost", "", dict(pci=rank.pci))], rank.t)
    rank.wait(1)
    rank.say("w.cuda")
    suffer(job, {rank.r})
    return dict(cause="gpu-fell-off-bus", hosts=[node], ranks=[rank.r] if node == rank.host else [], gpus=[rank.pci])


def host_oom(job):
    run(job)
    rank = job.rng.choice(job.ranks)
    node = rank.host
    if job.rng.random() < 0.75:
        node = kernel_log(job, rank.h, [("oom.invoked", "", {}), ("oom.kill", "cp", dict(pid=rank.pid)), ("oom.killed", "cp", dict(pid=rank.pid))], rank.t)
    launcher(job, rank, -9)
    suffer(job, {rank.r})
    return dict(cause="host-out-of-memory", hosts=[node], ranks=[rank.r] if node == rank.host else [])


def launcher(job, rank, code):
    if job.wrapper not in ("torchrun", "kubectl"):
        return
    peers = [r for r in job.host_ranks(rank.h) if r is not rank][:1]
    for r in peers:
        r.agent = True
    rank.after = [("agent.term", dict(pid=p.pid)) for p in peers] + [("agent.failed", dict(code=code, l=rank.l, pid=rank.pid))]


def exception(job):
    run(job)
    rank = job.rng.choice(job.ranks)
    rank.say("traceback")
    rank.say("traceback.frame")
    rank.say("raise", "cp")
    launcher(job, rank, 1)
    suffer(job, {rank.r})
    return dict(cause="app-host-side-crash", also=["app-misconfigured"], hosts=[rank.host], ranks=[rank.r])


def straggler(job):
    run(job)
    rank = job.rng.choice(job.ranks)
    rank.say("evaluating", "cp")
    suffer(job, {rank.r}, "watchdog")
    rank.wait(33)
    rank.say("observed", "cp")
    rank.say("dump", "cp", other=(rank.r + 1) % job.n, done=30)
    return dict(cause="straggler-or-slow-rank", ranks=[rank.r])


def mismatch(job):
    if job.n < 3:
        return None
    run(job)
    rank = job.rng.choice(job.ranks[1:])
    for r in job.ranks:
        r.say("traceback")
        r.say("allreduce.file")
        other = rank if r is not rank else job.ranks[0]
        r.say("mismatch", "cp", other=other.r, mine=1049600 if r is rank else 1048576, theirs=1049600 if r is not rank else 1048576)
    return dict(cause="collective-mismatch", ranks=[rank.r])


def port_down(job):
    job.net = "ib"
    run(job)
    h = odd_host(job, False)
    mlx = "mlx5_%d" % job.rng.randrange(8)
    told = job.rng.random() < 0.8
    for rank in job.host_ranks(h)[:2]:
        rank.wait(1)
        if told:
            v = rank.version
            rank.say("w.port.2.28" if v >= (2, 28, 7) else "w.port.2.20" if v >= (2, 20) else "w.port", "cp", mlx=mlx)
    node = job.hosts[h]
    if job.rng.random() < 0.6:
        node = kernel_log(job, h, [("nic.link", "", dict(nic="0000:5b:00.0", mlx=mlx, state="ACTIVE")), ("nic.link", "cp", dict(nic="0000:5b:00.0", mlx=mlx, state="DOWN"))], 1000)
    last, after = job.host_ranks(h)[-1], job.ranks[(job.host_ranks(h)[-1].r + 1) % job.n]
    for rank, peer in ((after, last), (last, after)):
        rank.wait(5)
        rank.say("w.completion.2.22" if rank.version >= (2, 22) else "w.completion", peer=peer.ip, port=40211, mlx=mlx)
    # Where nothing that is left names the port, what is seen is a failed transfer, and that is what it is called then.
    return dict(cause="nic-or-ib-link-down", hosts=sorted({node, job.hosts[h]}), hosts_any=[node], unseen=["nccl-ib-transport-error"])


def memlock(job):
    job.net = "ib"
    h = odd_host(job, False)
    guilty = {r.r for r in job.host_ranks(h)}
    for rank in job.ranks:
        job.init(rank, job.world, "channels" if job.version < (2, 22) else "complete")
        if rank.r in guilty:
            rank.say("w.memlock.new" if rank.version >= (2, 20) else "w.memlock.old", "cp")
            torch_error(rank)
    suffer(job, guilty, job.rng.choice(["silent", "closed"]))
    return dict(cause="memlock-limit", **at_host(job, h))


def duplicate_gpu(job):
    hosts = [h for h in range(job.nodes) if len(job.host_ranks(h)) > 1]
    if not hosts or job.version < (2, 8):
        return None
    h = job.rng.choice(hosts)
    a, b = job.rng.sample(job.host_ranks(h), 2)
    b.bus, b.pci = a.bus, a.pci
    for rank in job.ranks:
        job.init(rank, job.world, "joined" if rank.version >= (2, 18, 3) else "net")
        if rank in (a, b):
            rank.say("w.duplicate", "cp", other=(b if rank is a else a).r, bus=rank.bus)
            torch_error(rank)
    return dict(cause="nccl-duplicate-gpu", ranks=sorted([a.r, b.r]), hosts=[a.host])


KINDS = {"clean": (clean, 1), "rank-never-joins": (never_joins, 1), "wrong-interface": (wrong_interface, 3), "firewall": (firewall, 3), "version-mismatch": (version_mismatch, 3), "shm-too-small": (shm_small, 1),
         "gpu-lost": (gpu_lost, 1), "host-oom": (host_oom, 1), "exception": (exception, 1), "straggler": (straggler, 1), "collective-mismatch": (mismatch, 1), "ib-port-down": (port_down, 2),
         "memlock": (memlock, 2), "duplicate-gpu": (duplicate_gpu, 1)}
