"""Functions of the shapes that tasks of lm-evaluation-harness have, in words of our own."""

import ast
import re
import string
from functools import partial
from itertools import zip_longest

from shared.words import BERTHS, polish

LETTERS = ["A", "B", "C", "D", "E"]
HEADS = {
    "north": ["Log of the north quay:", "Notes:"],
    "south": ["Log of the south quay:", "Remarks:"],
}
PROMPT = "{berth} at {hour}\n{lines}\nWhich boat is it?"


def clean(text):
    if text is None:
        return "-"
    text = text.strip()
    text = text.replace(" [bell]", ". ")
    text = re.sub(r"\(.*?\)", "", text)
    return text


def process_log(dataset):
    def _row(doc):
        head = doc["berth"] + " " + doc["note"].capitalize()
        made = {
            "query": clean(head + ": " + doc["weather"]),
            "boats": [clean(boat) for boat in doc["boats"]],
            "gold": int(doc["label"]),
            "letter": chr(ord("A") + int(doc["label"])),
        }
        return made

    return dataset.map(_row)


def lettered(doc):
    """A docstring says nothing."""
    return [f"{chr(ord('A') + i)}. {boat}" for i, boat in enumerate(doc["boats"])]


def prompt_of(doc, quay, with_hour=True):
    head = HEADS[quay]
    text = f"{head[0]}\n"
    text += doc["note"] + "\n"
    if with_hour:
        text += f"{head[1]} {doc['hour']:02d} h\n"
    for i, boat in enumerate(doc["boats"], start=1):
        text += "{}) {}\n".format(i, boat)
    return text


prompt_north = partial(prompt_of, quay="north")
prompt_south = partial(prompt_of, with_hour=False, quay="south")


def keep_berth(dataset, berth):
    return dataset.filter(lambda doc: doc["berth"] == berth and doc["note"] not in [None, ""])


globals().update({f"keep_{name.lower().replace(' ', '_')}": partial(keep_berth, berth=name) for name in BERTHS})


def listed(doc):
    lines = []
    for i, column in enumerate(["Boat 1", "Boat 2", "Boat 3"]):
        if not doc[column]:
            break
        lines.append(f"{LETTERS[i]}. {doc[column]}")
    return PROMPT.format(berth=doc["berth"], hour=doc["hour"], lines="\n".join(lines))


def listed_choices(doc):
    return [LETTERS[i] for i in range(3) if doc[f"Boat {i + 1}"]]


def from_text(doc):
    return ast.literal_eval(doc["boats_text"])


def told(doc):
    first, *rest = doc["note"].split("; ")
    text = first + "\n"
    for part in rest:
        if part.startswith("#"):
            continue
        if part == "end":
            break
        if len(part) > 3:
            text += f" - {part}.\n"
        else:
            text += " ~ " + part.upper() + "\n"
    return "Told: %s (%d boats)" % (text.strip(), len(doc["boats"]))


def first_long(doc):
    for i, boat in enumerate(doc["boats"]):
        if len(boat) > 4:
            return i
    return 0


def spoken(doc):
    names = "".join(list(map(lambda boat: f"\n- {boat}", doc["boats"])))
    last = ", or {one}".format(one=doc["boats"][-1])
    ends = ", ".join(doc["boats"][:-1]) + last
    if len(doc["boats"]) == 2:
        ends = ends.replace(", or", " or")
    pairs = {"a": doc["berth"], "b": doc["weather"]}
    signs = " ".join(f"{key}={value}" for key, value in pairs.items())
    return polish(f"{names} / {ends} / {signs} / {string.ascii_uppercase[len(doc['boats'])]}")


def answer_of(doc):
    named = doc["boats"][0] if doc["label"] == 0 else doc["boats"][1]
    return " " + named[0].lower() + named[1:]


def process_in_place(dataset):
    def wash(doc):
        doc["note"] = doc["note"].replace("  ", " ")
        doc["boats"][0] = named(doc, doc["boats"][0])
        if doc["note"].endswith((".", ";")):
            doc["note"] = doc["note"][:-1]
        doc["mark"] = "wet" if any(word in doc["weather"] for word in ["rain", "fog"]) else "dry"
        return doc

    return dataset.filter(lambda doc: doc["note"] is not None).map(wash)


def named(doc, boat):
    if doc["berth"].lower() in {"quay one", "quay two"}:
        boat += "'s"
    if not doc["note"].isupper() and boat.split()[0] in LETTERS:
        return boat.replace("A", "a")
    return boat


def found(doc):
    seen = None
    count = 0
    for boat in doc["boats"]:
        count += 1
        if doc["note"] and boat[0] == doc["note"][0]:
            seen = boat
            break
    return f"{seen} after {count}"


def paired(doc):
    rows = [f"{letter}: {boat}" for letter, boat in zip(LETTERS, doc["boats"]) if boat != "none"]
    many = [letter + str(number) for letter in "xy" for number in range(2)]
    return "\n".join(rows) + "\n" + " ".join(many) + f"\n{doc.get('colour', 'grey')} {-3 + 2 * 5} {not doc['boats']}"


def sure(doc):
    assert doc["hour"] >= 0
    if not doc["boats"]:
        raise ValueError(f"no boats at {doc['berth']}")
    letters = [boat[0] for boat in doc["boats"]]
    return f"{letters[-1]} of {letters.count('B')}"


BLANKS = re.compile(r"\s+")


def process_listed(dataset):
    def _convert(letter):
        numbers = {"1": "A", "2": "B"}
        return numbers[letter] if letter in numbers else letter

    def _row(doc):
        doc["boats"] = {"label": ["A", "B", "C"], "text": ast.literal_eval(doc["boats_text"].replace("\n", ""))}
        if len(doc["boats"]["text"]) != 3:
            doc["boats"]["label"] = LETTERS[: len(doc["boats"]["text"])]
        doc["right"] = _convert(doc["Right Letter"]) if doc["Right Letter"] != "C" else "A"
        doc["question"] = BLANKS.sub(" ", doc.pop("weather")) + "|".join(sorted(["b", "B", "a"]))
        doc.pop("Boat 1", None)
        return doc

    return dataset.map(_row)


def minus(doc):
    head = doc["berth"].title()
    text = ""
    for boat in doc["boats"]:
        if head.startswith(("Q", "Z")) if boat else doc["hour"] > 3:
            for letter in boat.split("a"):
                text += letter[:1] + str(-len(letter))
        head = head
    return text + head


def turns(doc):
    text = ""
    for word, boat in zip_longest(doc["note"].split(), doc["boats"][:-1]):
        text += f"{word} " + (f"({boat})" if boat is not None else "-") + "\n"
    return text + ", ".join(map(str.lower, doc["boats"])) + " " + ", ".join(map(str, [doc["hour"], doc["label"]]))


def turned(doc):
    words = sorted(list(set(doc["note"].split())))
    return f"{len(tuple(set(words)))}: {words[-1]}"


# What follows is not translated.
def reckoned(doc):
    initials = {name[0]: name for name in ("Ada", "Bo", "Anna")}
    lengths = [len(boat) for boat in doc["boats"]]
    longest = doc["boats"][lengths.index(max(lengths))]
    words = ", ".join(sorted(set(doc["note"].split())))
    hours = f"{round(doc['hour'] / 3, 2)} {round(doc['hour'] / 2)} {abs(doc['hour'] - 9)}"
    return f"{longest} ({min(lengths)}), {hours}, {len(set(doc['note']))} signs of {words}; last {max(doc['boats'])}; {max(doc['berth'], 'pier')} {initials.get('A')}"


def shuffled(doc):
    import random

    random.shuffle(doc["boats"])
    return doc["boats"][0]


def counted(doc):
    i = 0
    while i < len(doc["boats"]):
        i += 1
    return str(i)


def exploded(dataset):
    return [dict(doc, boat=boat) for doc in dataset for boat in doc["boats"]]


class Filter:
    def apply(self, docs):
        return docs


def classy(doc):
    return Filter().apply([doc["note"]])[0]


def searched(doc):
    return re.search(r"\d+", doc["note"]).group(0)


def changed(doc):
    boats = doc["boats"]
    boats.append("none")
    return boats


@partial
def decorated(doc):
    return doc["note"]


try:
    import absent
except ImportError:
    absent = None


def tried(doc):
    return absent


def rounded(doc):
    return str(round(doc["hour"] / 3, ndigits=1))


def flagged(doc):
    return re.compile("FOG", flags=re.IGNORECASE).sub("mist", doc["note"])


def longest(doc):
    return max(doc["berth"], doc["note"], key=len)


def numbered(doc):
    return ", ".join(f"{i}: {boat}" for i, boat in enumerate(doc["boats"], start=doc["label"]))


def unvalued(dataset):
    return dataset.map(lambda doc: {**doc, "how": str.lower})
