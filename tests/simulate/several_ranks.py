#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Labelled incidents in which several ranks take part, and what the analyzer says of them: several_ranks.py BINARY FOLDER [FOLDER...]

FOLDER holds cases as DIR/case.json with DIR/files (root_cause, optional where). A case counts where the report lists a communicator of two
ranks or more, or names two ranks. Prints a table: the case, its cause and whether it came first, the place that the label names and whether
the answer names it.
"""
import json
import os
import subprocess
import sys


def flat(value):
    if isinstance(value, dict):
        return [x for v in value.values() for x in flat(v)]
    if isinstance(value, list):
        return [x for v in value for x in flat(v)]
    return [str(value)]


def main():
    binary, rows = sys.argv[1], []
    for top in sys.argv[2:]:
        for name in sorted(os.listdir(top)):
            label_path = os.path.join(top, name, "case.json")
            if not os.path.exists(label_path):
                continue
            with open(label_path, encoding="utf-8") as file:
                label = json.load(file)
            run = subprocess.run([binary, "analyze", os.path.join(top, name, "files"), "--json", "-", "--quiet"], capture_output=True, check=False)
            report = json.loads(run.stdout)
            ranks = {r for c in report["causes"] for r in c["where"]["ranks"]}
            sizes = [c.get("nranks") or 0 for c in report["communicators"]]
            if max(sizes, default=0) < 2 and len(ranks) < 2:
                continue
            top_cause = report["causes"][0] if report["causes"] else None
            accepted = [label["root_cause"], *label.get("also_acceptable", [])]
            healthy = label["root_cause"] == "no-fault-found"
            first = report["verdict"]["status"] != "fault-found" if healthy else top_cause is not None and top_cause["id"] in accepted
            wanted = flat({k: v for k, v in label.get("where", {}).items() if k in ("hosts", "ranks", "gpus", "pods")})
            said = flat({k: v for k, v in top_cause["where"].items() if v}) if top_cause else []
            named = "-" if not wanted else "yes" if all(w in said for w in wanted) else "no: " + ", ".join(w for w in wanted if w not in said)[:60]
            rows.append((name, label["root_cause"], "yes" if first else "no", ", ".join(wanted)[:50] or "-", named))
    print("| case | cause | first | place | named |\n|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print("\n%d cases, cause first in %d" % (len(rows), sum(r[2] == "yes" for r in rows)))


main()
