"""Deterministic inputs of the whole-process benchmark. Words are drawn with SplitMix64, so every machine gets the same bytes."""

import csv
import json
import os
import sys

MASK = (1 << 64) - 1
SYLLABLES = "ba be bo da de di do fa fe ga go ha he ka ke ki la le li lo ma me mi na ne no pa pe ra re ri ro sa se si so ta te ti to va ve wa we".split()
LABELS = ("entailment", "not_entailment")


def stream(seed):
    """SplitMix64 (Steele, Lea, Flood 2014)."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def fragments(seed, count, low, high, odd=()):
    """Sentences of made-up words, `low` to `high` words each; with `odd`, every third has one of these texts in it."""
    numbers = stream(seed)
    made = []
    for i in range(count):
        words = []
        for _ in range(low + next(numbers) % (high - low + 1)):
            draw = next(numbers)
            words.append("".join(SYLLABLES[(draw >> (8 * k)) % len(SYLLABLES)] for k in range(1 + draw % 4)))
        if odd and i % 3 == 0:
            words.insert(len(words) // 2, odd[next(numbers) % len(odd)])
        made.append(" ".join(words).capitalize() + ".")
    return made


def rte_rows(count, odd=()):
    """Premise, hypothesis, label, idx: about 440 bytes of JSON, as in RTE."""
    long = fragments(1, 4096, 12, 26, odd)
    short = fragments(2, 4096, 6, 12, odd)
    numbers = stream(3)
    for i in range(count):
        draw = next(numbers)
        premise = f"{long[draw & 4095]} {long[(draw >> 12) & 4095]} {long[(draw >> 24) & 4095]}"
        yield {"premise": premise, "hypothesis": short[(draw >> 36) & 4095], "label": LABELS[(draw >> 48) & 1], "idx": i}


def squad_rows(count):
    """SQuAD-like rows with choices: nested answers, a third of them without one."""
    long = fragments(4, 4096, 12, 26)
    short = fragments(5, 4096, 5, 10)
    numbers = stream(6)
    for i in range(count):
        draw = next(numbers)
        context = " ".join(long[(draw >> shift) & 4095] for shift in (0, 12, 24, 36))
        words = context.split(" ")
        answers = [" ".join(words[at : at + 3]) for at in range(4, 4 + (draw >> 48) % 3)]
        yield {
            "id": f"{draw & 0xFFFFFFFF:08x}{i:08x}",
            "title": short[(draw >> 20) & 4095][:-1].replace(" ", "_"),
            "context": context,
            "question": short[(draw >> 40) & 4095][:-1] + "?",
            "answers": {"text": answers, "answer_start": [context.find(answer) for answer in answers]},
            "choices": [" ".join(words[at : at + 2]).lower() for at in range(1, 9, 2)],
            "label": (draw >> 60) & 3,
        }


def write(path, lines):
    """Writes a file under its final name only when it is whole; an existing one is kept."""
    if os.path.exists(path):
        return
    print(f"generating {os.path.basename(path)}", flush=True)
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        buffer = []
        for line in lines:
            buffer.append(line)
            if len(buffer) == 4096:
                file.write("".join(buffer))
                buffer.clear()
        file.write("".join(buffer))
    os.replace(path + ".part", path)


def jsonl(rows, ascii_only=False):
    encode = json.JSONEncoder(ensure_ascii=ascii_only).encode
    return (encode(row) + "\n" for row in rows)


def with_template(rows, templates):
    """The row under `row`, one of the templates under `template`, in turn."""
    return ({"template": templates[i % len(templates)], "row": row} for i, row in enumerate(rows))


def head(source, target, count):
    """The first lines of a file, for peers that would take too long on all of it."""
    if not os.path.exists(target):
        with open(source, "rb") as reader, open(target + ".part", "wb") as writer:
            for _, line in zip(range(count), reader):
                writer.write(line)
        os.replace(target + ".part", target)


def make_csv(path, rows):
    if os.path.exists(path):
        return
    print(f"generating {os.path.basename(path)}", flush=True)
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("premise", "hypothesis", "label", "idx"))
        writer.writerows(tuple(row.values()) for row in rows)
    os.replace(path + ".part", path)


# Accents, scripts, an astral character, quotes, escapes of every kind: what a copy of bytes could get wrong.
ODD = ("naïve café", "“curly” quotes", "Жълтата дюля", "機械学習の例", "🙂 done 🙃", 'a "quoted" word', "back\\slash", "tab\there", "two\nlines", "a/b", "\x01control", "x\u2028y")


def paths(folder, rows, small):
    """Where the inputs are, by name, and how many rows each has."""
    counts = {
        "rte": rows, "rte_small": small, "rte_csv": rows, "mix": small, "plain": rows, "plain_small": small, "logic": small, "logic_small": max(1, small // 4)}
    return {name: (os.path.join(folder, f"{name}-{count}.{'csv' if name == 'rte_csv' else 'jsonl'}"), count) for name, count in counts.items()}


def make_all(folder, rows, small, plain_templates, logic_templates):
    """Makes what is not there yet."""
    at = {name: path for name, (path, _) in paths(folder, rows, small).items()}
    write(at["rte"], jsonl(rte_rows(rows)))
    head(at["rte"], at["rte_small"], small)
    make_csv(at["rte_csv"], rte_rows(rows))
    # Half of the files of the world have \uXXXX for everything that is not ASCII.
    write(at["mix"], (line for i, pair in enumerate(zip(jsonl(rte_rows(small, ODD)), jsonl(rte_rows(small, ODD), True))) for line in (pair[i & 1],)))
    write(at["plain"], jsonl(with_template(rte_rows(rows), plain_templates)))
    head(at["plain"], at["plain_small"], small)
    write(at["logic"], jsonl(with_template(squad_rows(small), logic_templates)))
    head(at["logic"], at["logic_small"], max(1, small // 4))


if __name__ == "__main__":
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
    with open(os.path.join(here, "plain.json"), encoding="utf-8") as plain, open(os.path.join(here, "logic.json"), encoding="utf-8") as logic:
        make_all(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.load(plain), json.load(logic))
