#!/usr/bin/env python3
"""Writes lm-eval.jsonl: task files of lm-evaluation-harness' forms in our own wording, a row for each, and what the harness makes of them.

The rules are those of ConfigurableTask (lm_eval/api/task.py at 4e7e0d4), written again on Python's own Jinja2 and PyYAML. For people; no test runs this.
"""
import ast
import itertools
import json
import pathlib

import jinja2
import yaml

ENV = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)


def rendered(template, doc):
    return ENV.from_string(template).render(**doc)


def text_of(config, doc):
    text = config["doc_to_text"]
    if isinstance(text, int):
        return text
    if text in doc:
        return doc[text]
    text = rendered(text, doc)
    return ast.literal_eval(text) if text.isdigit() and config.get("doc_to_choice") is not None else text


def choices_of(config, doc):
    choices = config.get("doc_to_choice")
    if choices is None or isinstance(choices, list):
        return choices
    if isinstance(choices, dict):
        return list(choices.values())
    return doc[choices] if choices in doc else ast.literal_eval(rendered(choices, doc))


def target_of(config, doc):
    target = config["doc_to_target"]
    if isinstance(target, (int, list)):
        return target
    if target in doc:
        return doc[target]
    target = rendered(target, doc)
    if target.isdigit() and config.get("doc_to_choice") is not None:
        return ast.literal_eval(target)
    if len(target) >= 2 and target[0] == "[" and target[-1] == "]":
        try:
            return ast.literal_eval(target)
        except (SyntaxError, ValueError):
            return target
    return target


def expected(config, doc):
    """Input, target, choices, indexes of right choices, all right answers; None where the harness has no right answer or another form of task."""
    text = text_of(config, doc)
    if isinstance(text, int):
        return None
    text = rendered(config.get("description", ""), doc) + str(text)
    choices = choices_of(config, doc)
    target = target_of(config, doc)
    if choices is None:
        answers = [str(one) for one in target] if isinstance(target, list) else [str(target)]
        return {"input": text, "target": answers[0], "choices": [], "gold": [], "answers": answers} if answers else None
    choices = [str(one) for one in choices]
    gold = []
    for one in target if isinstance(target, list) else [target]:
        if isinstance(one, int):
            gold.append(int(one))
        elif one in choices:
            gold.append(choices.index(one))
        else:
            return None
    if not gold or any(not 0 <= one < len(choices) for one in gold):
        return None
    return {"input": text, "target": choices[gold[0]], "choices": choices, "gold": gold, "answers": [choices[one] for one in gold]}


ROW = {
    "note": "Wind from \"Nord\" {{ x }}", "boat": "Ida", "other": "Möwe 😀", "label": 1, "letter": "B", "text_label": "0", "wrong": False, "none": None,
    "names": ["Ida", "Möwe 😀"], "text_names": "['Ida', \"it's\", 'Rosa\\n']", "gold": [1, 0], "text_gold": "[0, 1]", "share": 0.5, "nested": {"pick": 0, "of": ["a", "b"]},
    "Long Name": "Rosa", "answer": "yes", "options": ["p", "q"], "twice": ["same", "same"], "number": 7,
}
TEXTS = ["{{note}} Which boat?", "note", "Long Name", "Which boat comes", "{% if label == 1 %}One: {{boat}}{% endif %}\n", "{{note}}", "Q: {{names | join(', ')}} {{share}} {{wrong}} {{none}}",
         "{{answer}} of {{options}}", "{{ nested.of[nested.pick] }}\t"]
DESCRIPTIONS = [None, "A log of {{boat}}.\n\n"]
CHOICES = [["Ida", "Möwe 😀"], [1, True, None, "x"], {"A": "Ida", "B": "yes"}, "names", "{{names}}", "{{text_names}}", "{{[boat, other]}}", "['{{boat}}', '{{other}} too']", "options", "{{options}}", "twice",
           "{{nested.of}}", "{{[boat] + names}}", "{% if wrong %}['n']{% else %}['{{letter}}', 'C']{% endif %}", "['plain', 'list']"]
TARGETS = [0, 1, "label", "{{label}}", "text_label", "{{text_label}}", "wrong", "{{wrong}}", "gold", "{{gold}}", "{{text_gold}}", "[{{label}}, 0]", "boat", "{{boat}}", "{{letter}}", "{% if wrong %}0{% else %}1{% endif %}",
           "{{nested.pick}}", "{{['A', 'B'].index(letter)}}", "Ida", "answer", "{{answer}}", [0, 1], ["yes"], " {{boat}}", "{{options[0]}}"]
FREE = ["boat", "{{boat}}", " {{boat}} of {{share}}\n", "names", "{{names}}", "text_names", "{{text_names}}", "[{{label}}, 'x']", "[{{boat}}]", "Long Name", "Ahoy there", "number", "{{number}}", "none", "{{share}}", "wrong",
        ["Ida", "Rosa"], 5, "{{nested}}", "{% for name in names %}{{name}};{% endfor %}", "answer"]


def main():
    cases = []
    forms = [(text, description, choices, target) for (i, choices), (j, target) in itertools.product(enumerate(CHOICES), enumerate(TARGETS))
             for text, description in [(TEXTS[(i * 7 + j) % len(TEXTS)], DESCRIPTIONS[(i + j) % 2])]]
    forms += [(text, description, None, target) for text, description, target in itertools.product(TEXTS[:4], DESCRIPTIONS, FREE)]
    for text, description, choices, target in forms:
        config = {"task": f"t{len(cases)}", "dataset_path": "json", "test_split": "test", "output_type": "generate_until" if choices is None else "multiple_choice", "doc_to_text": text}
        if description:
            config["description"] = description
        if choices is not None:
            config["doc_to_choice"] = choices
        config["doc_to_target"] = target
        text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
        assert yaml.safe_load(text) == config
        try:
            result = expected(config, ROW)
        except Exception:  # the harness stops on such a row
            result = None
        if result is not None:
            cases.append({"yaml": text, "expected": result})
    with open(pathlib.Path(__file__).with_name("lm-eval.jsonl"), "w", encoding="utf-8") as out:
        out.write(json.dumps({"row": ROW}, ensure_ascii=False) + "\n")
        for case in cases:
            out.write(json.dumps(case, ensure_ascii=False) + "\n")
    print(len(forms), "forms,", len(cases), "with an answer")


main()
