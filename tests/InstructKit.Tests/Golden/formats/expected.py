#!/usr/bin/env python3
"""Works out, from the rows and templates of this folder and without the tool, what each format must hold. Writes NAME.train and NAME.held_out; for people, no test runs it."""
import json
import pathlib

HERE = pathlib.Path(__file__).parent


def rows(name):
    return [json.loads(line) for line in (HERE / "data" / name).read_text().splitlines()]


def examples():
    options = ["bad", "good"]
    for number, row in enumerate(rows("mood/train.jsonl")):
        answer = options[row["label"]]
        about = {"task": "mood", "cluster": "none", "split": "train", "row": number}
        yield "train", row, {"input": row["text"] + "\nOPTIONS:\n- bad\n- good", "target": answer, "offers": True, "answers": [answer], "options": options, "about": about | {"template": "ask", "kind": "direct"}}
        yield "train", row, {"input": "How does it sound? " + row["text"], "target": answer, "offers": False, "answers": [answer], "options": options, "about": about | {"template": "plain", "kind": "direct"}}
        yield "train", row, {"input": f"Write something {answer}.", "target": row["text"], "offers": False, "answers": [answer], "options": options, "about": about | {"template": "invent", "kind": "inverse"}}
    for number, row in enumerate(rows("capital/test.jsonl")):
        about = {"task": "capital", "cluster": "none", "split": "test", "row": number}
        yield "held_out", row, {"input": f"Capital of {row['country']}?", "target": row["names"][0], "offers": False, "answers": row["names"], "options": [], "about": about | {"template": "ask", "kind": "direct"}}


def turns(e, role="role", content="content", names=("system", "user", "assistant"), system="Be \"brief\"."):
    return [{role: names[0], content: system}, {role: names[1], content: e["input"]}, {role: names[2], content: e["target"]}]


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


MESSAGES = lambda e: {"messages": turns(e)}
FORMATS = {
    "pair": lambda e: {"input": e["input"], "target": e["target"]},
    "flan": lambda e: {"inputs": e["input"], "targets": e["target"], "task_source": "Custom", "task_name": e["about"]["task"], "template_type": "zs_opt" if e["offers"] else "zs_noopt"},
    "prompt-completion": lambda e: {"prompt": e["input"] + "\n", "completion": e["target"]},
    "text": lambda e: {"text": e["input"] + "\n" + e["target"]},
    "messages": MESSAGES,
    "axolotl": MESSAGES,
    "llama-factory": MESSAGES,
    "openai": MESSAGES,
    "alpaca": lambda e: {"instruction": e["input"], "input": "", "output": e["target"], "system": "Be \"brief\"."},
    "sharegpt": lambda e: {"conversations": turns(e, "from", "value", ("system", "human", "gpt"))},
    "nemo": lambda e: {"input": e["input"], "output": e["target"]},
    "tfrecord": lambda e: {"inputs": e["input"], "targets": e["target"]},
}


def provenance(e):
    return {key: e["about"][key] for key in ("task", "cluster", "template", "kind", "split", "row")}


def scoring(split, e):
    index = e["options"].index(e["answers"][0]) if e["options"] else -1
    return {"choices": e["options"], "answer_index": index, "answers": e["answers"], "group": ""} if split == "held_out" else {}


def main():
    for name, own in FORMATS.items():
        lines = {"train": [], "held_out": []}
        for split, row, e in examples():
            # Every format but the strict one is built with `--with stars,names,area`.
            more = {} if name == "openai" else scoring(split, e) | provenance(e) | {key: row.get(key) for key in ("stars", "names", "area")}
            lines[split].append(json.dumps(own(e) | more, ensure_ascii=False, separators=(",", ":")))
        for split, text in lines.items():
            (HERE / f"{name}.{split}").write_text("".join(line + "\n" for line in text))
    for split in ("train", "held_out"):
        text = "".join(f"{escaped(e['input'])}\t{escaped(e['target'])}\n" for one, _, e in examples() if one == split)
        (HERE / f"t5-tsv.{split}").write_text(text)


main()
