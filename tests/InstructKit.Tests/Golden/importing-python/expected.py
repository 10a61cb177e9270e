"""Writes expected.jsonl: what Python itself makes of tasks/harbour.py on rows.jsonl, by the rules of lm-evaluation-harness (lm_eval/api/task.py).

    python3 expected.py            # needs jinja2 and PyYAML
"""

import ast
import glob
import json
import os
import sys

import jinja2
import yaml

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, "tasks"), here]
import harbour  # noqa: E402


class Dataset:
    def __init__(self, rows):
        self.rows = rows

    def map(self, function):
        return Dataset([{**row, **function(json.loads(json.dumps(row)))} for row in self.rows])

    def filter(self, function):
        return Dataset([row for row in self.rows if function(row)])


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!function", lambda loader, node: getattr(harbour, node.value.split(".")[1]))
environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)


def value(config, row):
    if callable(config):
        return config(json.loads(json.dumps(row)))
    if config in row:
        return row[config]
    text = environment.from_string(config).render(**row)
    return ast.literal_eval(text) if text[:1] == "[" else text


with open(os.path.join(here, "rows.jsonl"), encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]

with open(os.path.join(here, "expected.jsonl"), "w", encoding="utf-8") as out:
    for path in sorted(glob.glob(os.path.join(here, "tasks", "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            task = yaml.load(file, Loader)
        dataset = Dataset(rows)
        if "process_docs" in task:
            dataset = task["process_docs"](dataset)
        for row in dataset.rows:
            options = value(task["doc_to_choice"], row) if "doc_to_choice" in task else None
            gold = value(task["doc_to_target"], row)
            if options is not None and isinstance(gold, str) and gold.isdigit() and not callable(task["doc_to_target"]):
                gold = int(gold)
            index = -1 if options is None else options.index(gold) if isinstance(gold, str) else gold
            made = {
                "task": task["task"],
                "input": value(task["doc_to_text"], row),
                "target": gold if options is None else options[index],
                "options": options or [],
                "index": index,
            }
            out.write(json.dumps(made, ensure_ascii=False) + "\n")
