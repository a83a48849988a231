#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tar of so many files of two lines, a thousand in each folder, to standard output: make_tiny_files.py FILES"""
import io
import sys
import tarfile


def main():
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
        for i in range(int(sys.argv[1])):
            text = b"host%07d: all is well at %d\nanother line of this small file\n" % (i, i)
            entry = tarfile.TarInfo("d%04d/f%07d.txt" % (i // 1000, i))
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))


if __name__ == "__main__":
    main()
