"""Writes unicode-14.0.bin, the character data of the template language.

Jinja2's semantics are those of Python's str, and the reference is Python 3.11, whose unicodedata is Unicode 14.0: run this with that version only.
Everything is asked of str's own methods, so that the tables are what Python does, not what a standard says it should do.

    python3.11 src/InstructKit.Primitives/Text/unicode_tables.py

Format, all numbers LEB128: 12 sets in the order of UnicodeData.cs (number of ranges, then for each the gap since the last range's end and its length - 1),
then the mappings upper, lower, title and fold (number of entries, then for each the gap since the last code point, the number of code points it becomes,
and for each of these the zigzag difference to the code point).
"""
import pathlib
import sys
import unicodedata

if unicodedata.unidata_version != "14.0.0":
    sys.exit(f"needs Unicode 14.0.0 (Python 3.11), this is {unicodedata.unidata_version}")

ALL = [c for c in map(chr, range(sys.maxunicode + 1)) if not 0xD800 <= ord(c) <= 0xDFFF]


def final_sigma(text):
    return text.lower().endswith("\u03c2")


SETS = [
    lambda c: not c.isprintable(),
    str.isalpha,
    str.isdigit,
    str.isdecimal,
    str.isnumeric,
    str.isidentifier,
    lambda c: ("a" + c).isidentifier(),
    str.islower,
    str.isupper,
    lambda c: c.istitle() and not c.isupper(),
    lambda c: final_sigma("1" + c + "\u03a3"),  # cased, as the rule for the final sigma sees it
    lambda c: final_sigma("A" + c + "\u03a3") and not final_sigma("1" + c + "\u03a3"),  # skipped by that rule
]
MAPS = [str.upper, str.lower, str.title, str.casefold]


def leb(number):
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def ranges(holds):
    found = []
    for code in (ord(c) for c in ALL if holds(c)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def main():
    out = bytearray()
    for holds in SETS:
        found = ranges(holds)
        out += leb(len(found))
        last = 0
        for first, end in found:
            out += leb(first - last) + leb(end - first)
            last = end
    for mapping in MAPS:
        entries = [(ord(c), mapping(c)) for c in ALL if ord(c) >= 128 and mapping(c) != c]
        out += leb(len(entries))
        last = 0
        for code, text in entries:
            out += leb(code - last) + leb(len(text))
            for target in map(ord, text):
                out += leb((target - code) << 1 if target >= code else (code - target << 1) - 1)
            last = code
    pathlib.Path(__file__).with_name("unicode-14.0.bin").write_bytes(out)


main()
