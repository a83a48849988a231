# SPDX-License-Identifier: Apache-2.0
"""How a job's lines come to lie in files: launchers' prefixes, one file or many, interleaved or not, files that nobody collected."""
import heapq
import os

from job import TEMPLATES


def prefix(job, rank, t):
    w = job.wrapper
    if w == "torchrun":
        return "[default%d]:" % rank.l
    if w == "slurm":
        return "%*d: " % (len(str(job.n - 1)), rank.r)
    if w == "mpirun":
        return "[1,%d]<stdout>:" % rank.r
    if w == "kubectl":
        return "[pod/%s/pytorch] " % rank.host
    if w == "stamped":
        return job.clock(rank.h, t).strftime("%Y-%m-%dT%H:%M:%S.%f000Z ")
    return ""


# The documents: path -> (ranks that write to it, host or None).
def layout(job):
    rng = job.rng
    how = {"plain": ["rank", "one"], "torchrun": ["host"], "slurm": ["one", "host"], "mpirun": ["one"], "kubectl": ["one"], "stamped": ["rank", "host"]}[job.wrapper]
    how = rng.choice(how)
    if how == "one":
        return how, {"job.log": job.ranks}
    if how == "host":
        return how, {"logs/%s.log" % job.hosts[h]: job.host_ranks(h) for h in range(job.nodes)}
    return how, {"logs/rank%d.log" % rank.r: [rank] for rank in job.ranks}


def agent_lines(job, rank, h):
    out = []
    for name, values in getattr(rank, "after", []):
        now = job.clock(h, rank.t + 2)
        out.append((rank.t + 2, TEMPLATES[name].format(c10ms=now.strftime("%m%d %H:%M:%S.%f")[:-3], **values)))
    return out


def lines_of(job, rank):
    for k, (t, text, _) in enumerate(rank.lines):
        yield (t, rank.r, k, prefix(job, rank, t) + text + "\n")
    for t, text in agent_lines(job, rank, rank.h):
        pod = "[pod/%s/pytorch] " % rank.host if job.wrapper == "kubectl" else ""
        yield (t, rank.r, 10 ** 9, pod + text + "\n")


# Writes the bundle; gives the ranks and the documents of hosts that are there.
def write(job, folder, lose=None):
    rng = job.rng
    how, files = layout(job)
    lost = set()
    if (rng.random() < 0.25 if lose is None else lose) and len(files) > 2:
        share = rng.uniform(0, 0.3)
        lost = {path for path in files if rng.random() < share}
    there = set()
    os.makedirs(folder, exist_ok=True)
    for path, ranks in files.items():
        if path in lost:
            continue
        if not any(r.lines for r in ranks):
            continue
        there.update(r.r for r in ranks)
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out:
            if len(ranks) == 1:
                out.writelines(line for _, _, _, line in lines_of(job, ranks[0]))
            else:
                out.writelines(line for _, _, _, line in heapq.merge(*[lines_of(job, r) for r in ranks]))
    shown = [shows for r in there for _, _, shows in job.ranks[r].lines if shows]
    for path, (h, rows) in job.documents.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out:
            out.writelines(text + "\n" for text, _ in rows)
        shown += [shows for _, shows in rows if shows]
    return how, there, shown
