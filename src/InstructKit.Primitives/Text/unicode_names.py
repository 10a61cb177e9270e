"""Writes unicode-names-14.0.bin, the names behind \\N{…} in text literals: all of Python 3.11's unicodedata but those of Hangul syllables and unified
ideographs, which UnicodeNames.cs computes. The aliases, which unicodedata knows but does not list, are read from NameAliases.txt of Debian's unicode-data.

    python3.11 src/InstructKit.Primitives/Text/unicode_names.py [/usr/share/unicode/NameAliases.txt]

Format: zlib; a line for each name, the code point as the hexadecimal difference to the line before, a blank, and the name.
"""
import pathlib
import sys
import unicodedata
import zlib

if unicodedata.unidata_version != "14.0.0":
    sys.exit(f"needs Unicode 14.0.0 (Python 3.11), this is {unicodedata.unidata_version}")


def aliases(path):
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, name, _ = line.split(";")
            try:
                if ord(unicodedata.lookup(name)) == int(code, 16):
                    yield int(code, 16), name
            except KeyError:
                pass  # newer than 14.0


def names():
    for code in range(sys.maxunicode + 1):
        name = unicodedata.name(chr(code), None)
        if name and not name.startswith(("CJK UNIFIED IDEOGRAPH-", "HANGUL SYLLABLE ")):
            yield code, name


def main():
    found = sorted(set(names()) | set(aliases(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode/NameAliases.txt")))
    lines, last = [], 0
    for code, name in found:
        lines.append(f"{code - last:x} {name}\n")
        last = code
    pathlib.Path(__file__).with_name("unicode-names-14.0.bin").write_bytes(zlib.compress("".join(lines).encode("ascii"), 9))


main()
