#!/usr/bin/env python3
"""Writes UnicodeForms.bin, the tables behind UnicodeForms.cs, from the Unicode Character Database.

usage: generate_unicode_forms.py [UCD_FOLDER] > UnicodeForms.bin

UCD_FOLDER holds UnicodeData.txt, DerivedNormalizationProps.txt and CaseFolding.txt; it defaults to /usr/share/unicode, where Debian's package
`unicode-data` puts them. The output depends on those files alone.

Format (little-endian):
  magic "IKUF", version as three bytes, 0, then five counts as uint32: blocks of the index, blocks of records, records, bytes of text, compositions
  index     uint16 for every 128 code points below 0x30000: the block of records
  blocks    128 uint16 each: the record of a code point (0: nothing special)
  records   14 bytes each: combining class, quick-check bits (1: NFC is not Yes, 2: NFKC is not Yes), then for canonical decomposition,
            compatibility decomposition and case folding: offset in the text as uint16 and length in bytes as uint16 (length 0: the code point itself)
  text      UTF-8
  compositions  three uint32: first, second, composite; sorted by the first two
Hangul syllables are left out: they follow from arithmetic.
"""
import struct
import sys

LIMIT = 0x30000
BLOCK = 128


def fields(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.split("#", 1)[0].strip()
            if line:
                yield [field.strip() for field in line.split(";")]


def code_points(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
    classes, mapping = {}, {}
    for row in fields(f"{folder}/UnicodeData.txt"):
        code = int(row[0], 16)
        if int(row[3]):
            classes[code] = int(row[3])
        if row[5]:
            parts = row[5].split()
            compatible = parts[0].startswith("<")
            mapping[code] = (compatible, [int(part, 16) for part in parts[compatible:]])

    quick, excluded = {}, set()
    for row in fields(f"{folder}/DerivedNormalizationProps.txt"):
        if row[1] in ("NFC_QC", "NFKC_QC"):
            for code in code_points(row[0]):
                quick[code] = quick.get(code, 0) | (1 if row[1] == "NFC_QC" else 2)
        elif row[1] == "Full_Composition_Exclusion":
            excluded.update(code_points(row[0]))

    folds = {int(row[0], 16): [int(part, 16) for part in row[2].split()] for row in fields(f"{folder}/CaseFolding.txt") if row[1] in "CF"}

    def decompose(code, compatible):
        if code not in mapping or (mapping[code][0] and not compatible):
            return [code]
        return [part for child in mapping[code][1] for part in decompose(child, compatible)]

    def ordered(codes):
        codes = list(codes)
        for end in range(len(codes) - 1, 0, -1):
            for i in range(end):
                if 0 < classes.get(codes[i + 1], 0) < classes.get(codes[i], 0):
                    codes[i], codes[i + 1] = codes[i + 1], codes[i]
        return codes

    pairs = sorted((row[1][0], row[1][1], code) for code, row in mapping.items() if not row[0] and len(row[1]) == 2 and code not in excluded)

    text, places = bytearray(), {}

    def place(codes, code):
        if codes == [code]:
            return 0, 0
        encoded = "".join(map(chr, codes)).encode()
        if encoded not in places:
            at = text.find(encoded)
            if at < 0:
                at = len(text)
                text.extend(encoded)
            places[encoded] = at
        return places[encoded], len(encoded)

    records = {bytes(14): 0}
    blocks, index = {}, []
    for start in range(0, LIMIT, BLOCK):
        block = []
        for code in range(start, start + BLOCK):
            hangul = 0xAC00 <= code < 0xD7A4
            record = struct.pack(
                "<BB6H", classes.get(code, 0), quick.get(code, 0),
                *(place(ordered(decompose(code, False)), code) if not hangul else (0, 0)),
                *(place(ordered(decompose(code, True)), code) if not hangul else (0, 0)),
                *place(folds.get(code, [code]), code))
            block.append(records.setdefault(record, len(records)))
        index.append(blocks.setdefault(struct.pack("<128H", *block), len(blocks)))

    beyond = [code for table in (classes, mapping, quick, folds) for code in table if code >= LIMIT]
    assert not beyond and len(records) < 65536 and len(text) < 65536, "the format is too small for this version of Unicode"
    with open(f"{folder}/DerivedNormalizationProps.txt", encoding="utf-8") as lines:
        version = bytes(map(int, lines.readline().split("-")[1].split(".txt")[0].split(".")))
    out = sys.stdout.buffer
    out.write(b"IKUF" + version + b"\0" + struct.pack("<5I", len(index), len(blocks), len(records), len(text), len(pairs)))
    out.write(struct.pack(f"<{len(index)}H", *index))
    out.write(b"".join(blocks) + b"".join(records) + bytes(text))
    out.write(b"".join(struct.pack("<3I", *pair) for pair in pairs))


main()
