"""Compares outputs record by record. Its own process, so that the memory it needs is not counted for what is measured.

check.py build INPUT TEMPLATES.json FILE...     every line of our build is what str.format gives for its row and template
check.py same FILE[+FILE...] FILE[+FILE...]...  the same records in the same order (parsed; key order and spaces are free)
check.py share FILE[+FILE...] FILE[+FILE...]    prints the share of records that agree
check.py bytes FILE[+FILE...]...                the same bytes
check.py mixed FILE[+FILE...]...                the same lines in any order
"""

import hashlib
import json
import sys
from itertools import zip_longest

try:
    from orjson import loads
except ImportError:
    from json import loads


def lines(files):
    for name in files.split("+"):
        with open(name, "rb") as file:
            yield from file


def fail(text):
    print(text)
    sys.exit(1)


def check_build(source, templates, files):
    with open(templates, encoding="utf-8") as file:
        renderers = [text.replace("{{ ", "{").replace(" }}", "}").format_map for text in json.load(file)]
    row, last = None, -1
    rows = enumerate(lines(source))
    count = 0
    for line in lines(files):
        found = loads(line)
        while last < found["row"]:
            last, text = next(rows)
            row = loads(text)
        if last != found["row"] or found["input"] != renderers[int(found["template"][1:])](row) or found["target"] != row["label"]:
            fail(f"{files}: the line {count + 1} is not row {found['row']} under {found['template']}")
        count += 1
    if next(rows, None) is not None:
        fail(f"{files}: ends before the input")


def check_same(first, others):
    for other in others:
        for number, (a, b) in enumerate(zip_longest(lines(first), lines(other)), 1):
            if a != b and (a is None or b is None or loads(a) != loads(b)):
                fail(f"{other} differs from {first} in record {number}:\n{b}\n{a}")


def print_share(first, other):
    pairs = list(zip_longest(lines(first), lines(other)))
    print(sum(a == b or (a is not None and b is not None and loads(a) == loads(b)) for a, b in pairs) / len(pairs))


def digest(files):
    sha = hashlib.sha256()
    for name in files.split("+"):
        with open(name, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                sha.update(block)
    return sha.digest()


def main(how, *arguments):
    if how == "build":
        check_build(*arguments)
    elif how == "same":
        check_same(arguments[0], arguments[1:])
    elif how == "share":
        print_share(*arguments)
    elif how == "bytes" and len({digest(files) for files in arguments}) > 1:
        fail(f"not the same bytes: {' '.join(arguments)}")
    elif how == "mixed" and len({sum(map(hash, lines(files))) for files in arguments}) > 1:
        fail(f"not the same lines: {' '.join(arguments)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
