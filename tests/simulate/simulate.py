#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the logs of simulated jobs with one known fault each.

  simulate.py FOLDER --seed 7 [--kind K] [--ranks N] [--ranks-max M] [--version 2.21.5] [--channels C] [--level INFO|WARN] [--wrapper W]

The job goes to FOLDER/files, what an answer must say to FOLDER/case.json, in the form of the labelled incidents of corpus/.
"""
import argparse
import json
import os
import random

from faults import KINDS
from job import Job
from writing import write


def simulate(folder, seed, kind=None, lose=None, **options):
    rng = random.Random(seed * 7919 + 1)
    truth = None
    chosen = kind or sorted(KINDS)[seed % len(KINDS)]
    for attempt in range(50):  # a kind may not be possible in the job that came up
        make, hosts_min = KINDS[chosen]
        job = Job(seed * 1000 + attempt, hosts_min=hosts_min, **options)
        truth = make(job) if job.nodes >= hosts_min else None
        if truth is not None:
            break
    assert truth is not None, (chosen, options)
    how, there, shown = write(job, os.path.join(folder, "files"), lose)
    rule = truth.pop("rule", None)
    if truth["cause"] == "no-fault-found":
        answerable = (True, True)
    elif rule:
        answerable = rule(there)
    else:
        answerable = (any("c" in s for s in shown), any("p" in s for s in shown))
    label = dict(id="%s-%d" % (chosen, seed), kind=chosen, seed=seed, root_cause=truth["cause"], also_acceptable=truth.get("also", []) + ([] if answerable[0] else truth.get("unseen", [])),
                 where={k: truth.get(k, []) for k in ("hosts", "ranks", "gpus")}, any_host=bool(truth.get("hosts_any")), host_optional=truth.get("hosts_optional", False),
                 cause_answerable=answerable[0], place_answerable=answerable[0] and answerable[1],
                 ranks_of_hosts=sorted(r.r for r in job.ranks if r.host in truth.get("hosts", [])),
                 job=dict(ranks=job.n, hosts=job.nodes, version="%d.%d.%d" % job.version, level=job.level, wrapper=job.wrapper, layout=how, net=job.net, groups=len(job.groups), logs=len(there)))
    with open(os.path.join(folder, "case.json"), "w", encoding="utf-8") as out:
        json.dump(label, out, indent=1)
    return label


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=sorted(KINDS))
    parser.add_argument("--ranks", type=int)
    parser.add_argument("--ranks-max", type=int, default=4096)
    parser.add_argument("--channels", type=int)
    parser.add_argument("--version")
    parser.add_argument("--level")
    parser.add_argument("--wrapper")
    parser.add_argument("--subgroups", type=int)
    parser.add_argument("--lose", type=int)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    options = {k: v for k, v in vars(args).items() if k not in ("folder", "seed", "kind", "version") and v is not None}
    if args.version:
        options["version"] = tuple(int(x) for x in args.version.split("."))
    print(json.dumps(simulate(args.folder, args.seed, args.kind, **options)))


if __name__ == "__main__":
    main()
