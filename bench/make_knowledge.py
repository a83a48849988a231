#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes so many made-up signals, each with a pattern and two gates, as a folder for --kb: make_knowledge.py FOLDER SIGNALS"""
import os
import random
import sys

SYLLABLES = "ker vol tan mip quo zan lir bex fod gra hup jin nor pyx rud sel tov wim xal yed cor dap ent ilt".split()
SIGNAL = """- id: generated.s{number}
  title: {{en: "{a} {b}", zh: "生成的信号 {number}"}}
  role: candidate
  pattern: '{a} {b}(?: of (?P<what>\\S+))? failed|{c}-{a}: error \\d+'
  gates: ["{a} {b}", "{c}-{a}: error "]
  examples: ["{a} {b} of x failed"]
  near_misses: ["{a}"]
  references: ["https://docs.kernel.org/"]
"""


def main():
    folder, signals = sys.argv[1], int(sys.argv[2])
    os.makedirs(os.path.join(folder, "signals"), exist_ok=True)
    rng = random.Random(1)
    word = lambda: "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))
    for begin in range(0, signals, 1000):
        with open(os.path.join(folder, "signals", "generated_%d.yaml" % begin), "w", encoding="utf-8") as out:
            for number in range(begin, min(begin + 1000, signals)):
                out.write(SIGNAL.format(number=number, a=word(), b=word(), c=word()))


if __name__ == "__main__":
    main()
