#!/usr/bin/env python3
"""Works out, from the rows and templates of this folder and without the tool, what each format must hold. Writes NAME.train and NAME.held_out; for people, no test runs it."""
import json
import pathlib

HERE = pathlib.Path(__file__).parent
METRICS = ["exact_match"]


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


def prompt(e):
    return turns(e)[:2]


def contract(e):
    # By default options want one of them, and an exact match the first line.
    return {"answer_format": "option" if e["options"] else "line", "answer_pattern": ""}


def verl(e):
    info = {"split": e["about"]["split"], "index": e["about"]["row"], "answers": e["answers"], "choices": e["options"]} | contract(e) | {"answer_match": "exact"}
    return {"data_source": e["about"]["task"], "prompt": prompt(e), "ability": "none", "reward_model": {"style": "rule", "ground_truth": e["answers"][0]}, "extra_info": info}


def rlvr(e):
    return {"messages": prompt(e), "ground_truth": e["answers"][0], "dataset": "flan"} | contract(e) | {"choices": e["options"]}


def nemo_gym(e):
    about, options = e["about"], e["options"]
    return {
        "responses_create_params": {"input": prompt(e)},
        "question": e["input"],
        "options": [{chr(65 + i): option} for i, option in enumerate(options)] or None,
        "expected_answer": chr(65 + options.index(e["answers"][0])) if options else e["answers"][0],
        "grading_mode": "lenient_answer_colon",
        "template_metadata": {"output_regex": "\\A\\s*(.+)"},
        "uuid": f"{about['task']}/{about['template']}/{about['split']}/{about['row']}",
    }


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
    "verl": verl,
    "rlvr": rlvr,
    "nemo-gym": nemo_gym,
    "tfrecord": lambda e: {"inputs": e["input"], "targets": e["target"]},
}


def provenance(e):
    return {key: e["about"][key] for key in ("task", "cluster", "template", "kind", "split", "row")}


def identity(e):
    """task:split:row:template and 8 digits of FNV-1a of input and options, mixed by the finaliser of SplitMix64."""
    wrap, number = (1 << 64) - 1, 0xCBF29CE484222325
    for text in [e["input"], *e["options"]]:
        for byte in [*text.encode(), 0xFF]:
            number = (number ^ byte) * 0x100000001B3 & wrap
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & wrap
    number = (number ^ number >> 27) * 0x94D049BB133111EB & wrap
    number ^= number >> 31
    about = e["about"]
    return f"{about['task']}:{about['split']}:{about['row']}:{about['template']}:{number >> 32:08x}"


def scoring(split, e):
    if split != "held_out":
        return {}
    index = e["options"].index(e["answers"][0]) if e["options"] else -1
    return {"id": identity(e), "choices": e["options"], "answer_index": index, "answer_indexes": [index] if e["options"] else [], "answers": e["answers"], "group": "", "metrics": METRICS}


def main():
    for name, own in FORMATS.items():
        lines = {"train": [], "held_out": []}
        for split, row, e in examples():
            # Rewards verify what direct templates ask for.
            if name in ("verl", "rlvr", "nemo-gym") and e["about"]["kind"] != "direct":
                continue
            # Every format but the strict one is built with `--with stars,names,area`.
            more = {} if name == "openai" else scoring(split, e) | provenance(e) | {key: row.get(key) for key in ("stars", "names", "area")}
            more = {key: value for key, value in more.items() if key not in own(e)}
            lines[split].append(json.dumps(own(e) | more, ensure_ascii=False, separators=(",", ":")))
        for split, text in lines.items():
            (HERE / f"{name}.{split}").write_text("".join(line + "\n" for line in text))
    for split in ("train", "held_out"):
        text = "".join(f"{escaped(e['input'])}\t{escaped(e['target'])}\n" for one, _, e in examples() if one == split)
        (HERE / f"t5-tsv.{split}").write_text(text)


main()
