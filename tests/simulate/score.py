#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the analyzer over simulated jobs and says how often it was right: score.py BINARY --jobs N [--ranks-max M] [--first SEED] [--keep FOLDER]

By kind: jobs, of those that can be answered the share with the right cause first and the share with the right place named; of those that
cannot, the share that was honest (undecided, or right all the same); and answers that were sure (more than 0.8) and wrong, in cause or place.
Bars: --cause, --place, --honest are the least shares, --wrong the most answers that may be sure and wrong. Exit status 1 where one is missed.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from faults import KINDS
from simulate import simulate

SURE = 0.8
SYMPTOMS = ("nccl-peer-process-died", "nccl-collective-timeout-unexplained", "nccl-init-hang-unexplained")  # these say that the cause is not known


def place_right(label, where):
    wanted = label["where"]
    hosts, ranks = set(where["hosts"]) | set(where["pods"]), where["ranks"]
    if label["any_host"]:
        return bool(hosts) and hosts <= set(wanted["hosts"])
    if wanted["ranks"] and ranks:
        return set(wanted["ranks"][:64]) <= set(ranks) and len(ranks) <= len(wanted["ranks"]) + 2
    if wanted["hosts"]:
        return set(wanted["hosts"]) <= hosts and len(hosts) <= len(wanted["hosts"]) + 1
    return False


def place_wrong(label, where):
    wanted = label["where"]
    hosts, ranks = set(where["hosts"]) | set(where["pods"]), set(where["ranks"])
    guilty = set(wanted["ranks"]) | (set(label["ranks_of_hosts"]) if wanted["hosts"] else set())
    if ranks and guilty and not ranks & guilty:
        return True
    return bool(hosts and wanted["hosts"] and not label["host_optional"] and not hosts & set(wanted["hosts"]))


def judge(label, report):
    causes = [c for c in report["causes"]]
    ok = [label["root_cause"], *label["also_acceptable"]]
    top = causes[0] if causes else None
    fault = report["verdict"]["status"] == "fault-found"
    if label["root_cause"] == "no-fault-found":
        return dict(answerable=True, cause=not fault, place=None, honest=None, wrong=fault and top["confidence"] > SURE)
    right = top is not None and top["id"] in ok
    modest = top is not None and top["id"] in SYMPTOMS
    wrong = bool(fault and top["confidence"] > SURE and (not right or place_wrong(label, top["where"])))
    named = right and place_right(label, top["where"]) if label["place_answerable"] else None
    return dict(answerable=label["cause_answerable"], cause=right and fault, place=named, honest=None if label["cause_answerable"] else not fault or right or modest, wrong=wrong and not (modest and not label["cause_answerable"]))


def share(values):
    values = [v for v in values if v is not None]
    return (sum(values) / len(values), len(values)) if values else (None, 0)


def percent(values):
    value, count = share(values)
    return "%5.0f %% of %3d" % (100 * value, count) if count else "      -      "


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--ranks-max", type=int, default=4096)
    parser.add_argument("--kind", choices=sorted(KINDS))
    parser.add_argument("--keep", help="keep the jobs that were not answered well here")
    parser.add_argument("--verbose", action="store_true")
    for bar, default in (("cause", 0), ("place", 0), ("honest", 0), ("wrong", 10 ** 9)):
        parser.add_argument("--" + bar, type=float, default=default)
    args = parser.parse_args()
    results, began, spent = {}, time.time(), 0.0
    for seed in range(args.first, args.first + args.jobs):
        folder = tempfile.mkdtemp(prefix="gpm-simulate-")
        label = simulate(folder, seed, args.kind, ranks_max=args.ranks_max)
        t = time.time()
        run = subprocess.run([args.binary, "analyze", os.path.join(folder, "files"), "--json", "-"], capture_output=True, check=False)
        spent += time.time() - t
        if run.returncode == 3 and not os.listdir(os.path.join(folder, "files")):  # nothing remains that could be read
            shutil.rmtree(folder)
            continue
        if run.returncode != 0:
            sys.exit("%s: status %d: %s" % (folder, run.returncode, run.stderr.decode(errors="replace")[-500:]))
        report = json.loads(run.stdout)
        verdict = judge(label, report)
        results.setdefault(label["kind"], []).append(verdict)
        bad = verdict["wrong"] or (verdict["answerable"] and not verdict["cause"]) or verdict["place"] is False or verdict["honest"] is False
        if bad or args.verbose:
            top = [(c["id"], c["confidence"], {k: v[:6] for k, v in c["where"].items() if v and k != "gpus"}) for c in report["causes"][:2]]
            print("%-22s %s%s%s job %s\n   is %s %s\n   said %s %s" % (label["id"], "" if verdict["cause"] else "CAUSE ", "PLACE " if verdict["place"] is False else "", "WRONG " if verdict["wrong"] else "",
                  " ".join("%s=%s" % kv for kv in label["job"].items()), label["root_cause"], {k: v[:6] for k, v in label["where"].items() if v}, report["verdict"]["status"], top), flush=True)
        if bad and args.keep:
            shutil.copytree(folder, os.path.join(args.keep, label["id"]), dirs_exist_ok=True)
        shutil.rmtree(folder)
    print("%-20s %5s  %-15s %-15s %-15s %s" % ("kind", "jobs", "cause first", "place named", "honest", "sure and wrong"))
    everything = [v for rows in results.values() for v in rows]
    for kind, rows in sorted(results.items()) + [("all", everything)]:
        print("%-20s %5d  %-15s %-15s %-15s %d" % (kind, len(rows), percent([v["cause"] for v in rows if v["answerable"]]), percent([v["place"] for v in rows]),
                                                   percent([v["honest"] for v in rows]), sum(v["wrong"] for v in rows)))
    print("%.0f s, of which the analyzer %.0f s" % (time.time() - began, spent))
    missed = [bar for bar, values in (("cause", [v["cause"] for v in everything if v["answerable"]]), ("place", [v["place"] for v in everything]), ("honest", [v["honest"] for v in everything]))
              if share(values)[1] and share(values)[0] < getattr(args, bar)]
    if sum(v["wrong"] for v in everything) > args.wrong:
        missed.append("wrong")
    if missed:
        sys.exit("below the bar: " + ", ".join(missed))


if __name__ == "__main__":
    main()
