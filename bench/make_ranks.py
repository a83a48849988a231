#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the logs of a simulated job that stands still, so many bytes for each rank: make_ranks.py FOLDER RANKS BYTES [files|one]

The lines are those of tests/simulate: NCCL's INFO lines of the set-up (24 channels, a communicator of all ranks and one of each host), training
steps, and at the end the watchdog of every rank but one, which evaluates. The rest of a rank's bytes is a third "Channel ... via" lines, as
the set-up of further communicators prints them again and again, and two thirds training steps. files: logs/rankN.log; one: all in job.log.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "simulate"))
sys.dont_write_bytecode = True

from faults import straggler  # noqa: E402
from job import Job  # noqa: E402


def filling(rank, wanted):
    """Lines between set-up and end, `wanted` bytes of them."""
    via = [text for _, text, _ in rank.lines if " via " in text]
    via = ("\n".join(via) + "\n") if via else ""
    parts, size = [], 0
    while via and size < wanted // 3:
        parts.append(via)
        size += len(via)
    step = 10
    while size < wanted:
        line = "2026-11-01 %02d:%02d:%02d,%03d INFO trainer: step %d loss %.4f lr 0.0003 grad_norm %.3f tokens/s %d\n" % (
            step // 36000 % 24, step // 600 % 60, step // 10 % 60, (step * 37 + rank.r) % 1000, step, 3.2 - step * 1e-5, 0.7 + (step % 97) / 300, 51000 + step % 613)
        parts.append(line)
        size += len(line)
        step += 10
    return "".join(parts)


def main():
    folder, ranks, each, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), (sys.argv[4:] or ["files"])[0]
    job = Job(7, ranks=ranks, hosts_min=2, channels=24, version=(2, 27, 5), level="INFO", wrapper="plain", subgroups=1)
    straggler(job)
    os.makedirs(os.path.join(folder, "logs"), exist_ok=True)
    one = open(os.path.join(folder, "job.log"), "w", encoding="utf-8") if how == "one" else None
    for rank in job.ranks:
        lines = [text for _, text, _ in rank.lines]
        last = next((k for k, text in enumerate(lines) if "step 0 " in text), len(lines))
        head, tail = "\n".join(lines[:last]) + "\n", "\n".join(lines[last:]) + "\n"
        out = one or open(os.path.join(folder, "logs", "rank%d.log" % rank.r), "w", encoding="utf-8")
        out.write(head + filling(rank, max(0, each - len(head) - len(tail))) + tail)
        if not one:
            out.close()
    if one:
        one.close()


main()
