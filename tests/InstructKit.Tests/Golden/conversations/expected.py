#!/usr/bin/env python3
"""Works out, without the tool, what every format must hold of conversations, and under every mapping of turns and reasoning. Writes the rows (data/chats/train.jsonl),
NAME.train and NAME.lost; for people, no test runs it.

A conversation stands here twice: as the JSON of its source, and as the turns that it means. Calls, tools and parts are texts that must come out byte for byte."""
import copy
import json
import pathlib

HERE = pathlib.Path(__file__).parent


class Raw(str):
    """JSON that stays as it is."""


def turn(role, text="", **more):
    return {"role": role, "text": text, "reasoning": "", "whole": "", "parts": "", "calls": [], "raw": "", "id": "", "name": "", "trained": role == "assistant"} | more


def call(identifier, name, arguments, is_text=False):
    return {"id": identifier, "name": name, "arguments": arguments, "is_text": is_text}


WEATHER = '{"type": "function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"number"}}}}}'
ARGUMENTS = '{"city": "Bern","n":1.0, "é":"\\u00e9"}'
IMAGE = '[{"type":"text","text":"What is "},{"type":"image_url","image_url":{"url":"a.png", "detail":"low"}},{"type":"text","text":"this?"}]'
CALLS_0 = '[{"id":"a1","type":"function","function":{"name":"weather","arguments":' + ARGUMENTS + '}}]'
CALLS_7 = '[{"type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Ulm\\"}"}},{"name":"add","arguments":{"a":[1,2]}}]'

# (JSON of the messages, further columns, turns, tools, images)
CONVERSATIONS = [
    (
        '[{"role":"system","content":"Be kind."},{"role":"user","content":"Weather in \\"Bern\\"?","name":"ann"},{"role":"assistant","content":null,"reasoning_content":"A tool\\nhelps.","tool_calls":' + CALLS_0
        + '},{"role":"tool","tool_call_id":"a1","name":"weather","content":"sun\\t21"},{"role":"assistant","content":"Sunny.","thinking":"It is sun."},{"role":"user","content":"Thanks"},'
        + '{"role":"assistant","content":"Welcome!","train":false},{"role":"user","content":"And now?"},{"role":"assistant","content":"<think>hm</think>\\nBye \U0001F600"}]',
        '"tools":[' + WEATHER + ']',
        [
            turn("system", "Be kind."), turn("user", 'Weather in "Bern"?', name="ann"), turn("assistant", reasoning="A tool\nhelps.", calls=[call("a1", "weather", ARGUMENTS)], raw=CALLS_0),
            turn("tool", "sun\t21", id="a1", name="weather"), turn("assistant", "Sunny.", reasoning="It is sun."), turn("user", "Thanks"), turn("assistant", "Welcome!", trained=False),
            turn("user", "And now?"), turn("assistant", "Bye \U0001F600", reasoning="hm", whole="<think>hm</think>\nBye \U0001F600"),
        ],
        f"[{WEATHER}]", "", [],
    ),
    (
        '[{"role":"user","content":[{"type":"text","text":"Hi "},{"type":"text","value":"there"}]},{"role":"assistant","content":[{"type":"reasoning","value":"easy"},{"type":"text","value":"Hello"}],"loss_weight":1.0}]',
        '"tools":[],"system":"Be brief."', [turn("system", "Be brief."), turn("user", "Hi there"), turn("assistant", "Hello", reasoning="easy")], "", "", [],
    ),
    (
        '[{"from":"human","value":"12 + 3?"},{"from":"function_call","value":"{\\"name\\": \\"add\\", \\"arguments\\": {\\"a\\": 12, \\"b\\": 3}}"},{"from":"observation","value":"15"},{"from":"gpt","value":"It is 15."}]',
        '"tools":"[{\\"name\\": \\"add\\"}]"',
        [
            turn("user", "12 + 3?"), turn("assistant", calls=[call("", "add", '{"a": 12, "b": 3}')], raw='[{"type":"function","function":{"name": "add", "arguments": {"a": 12, "b": 3}}}]'),
            turn("tool", "15"), turn("assistant", "It is 15."),
        ],
        '[{"name": "add"}]', "", [],
    ),
    (
        '[{"role":"user","content":' + IMAGE + '},{"role":"assistant","content":"A cat."}]', '"images":["a.png"]',
        [turn("user", "What is this?", parts=IMAGE), turn("assistant", "A cat.")], "", '["a.png"]', [],
    ),
    ('[{"role":"user","content":"Nobody answers."}]', "", None, "", "", []),
    (json.dumps('[{"role": "narrator", "content": "Once."}, {"role": "human", "content": "Go on"}, {"role": "model", "content": "And then."}]'), "",
     [turn("system", "Once."), turn("user", "Go on"), turn("assistant", "And then.")], "", "", []),
    (
        '[{"role":"user","content":"a","date":"1999"},{"role":"user","content":"b"},{"role":"assistant","content":"c","weight":0},{"role":"user","content":"d"},{"role":"assistant","content":"e","weight":1},{"role":"user","content":"f"}]',
        "", [turn("user", "a"), turn("user", "b"), turn("assistant", "c", trained=False), turn("user", "d"), turn("assistant", "e")], "", "", ["trailing_turns", "other_keys"],
    ),
    (
        '[{"role":"user","content":"Both?"},{"role":"assistant","content":"I look.","tool_calls":' + CALLS_7 + '},{"role":"tool","content":"rain"},{"role":"tool","content":"3"},{"role":"assistant","content":"Rain, 3."}]', "",
        [
            turn("user", "Both?"), turn("assistant", "I look.", calls=[call("", "weather", '{"city":"Ulm"}', is_text=True), call("", "add", '{"a":[1,2]}')], raw=CALLS_7), turn("tool", "rain"), turn("tool", "3"),
            turn("assistant", "Rain, 3."),
        ],
        "", "", [],
    ),
]


def dump(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{dump(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def inline(one):
    if not one["reasoning"]:
        return one["text"]
    return one["whole"] or f"<think>\n{one['reasoning']}\n</think>\n\n{one['text']}"


def said(one):
    return inline(one) + (("\n" if one["text"] else "") + one["raw"] if one["raw"] else "")


def history(turns):
    before = turns[:-1]
    head, rest = ([said(before[0])], before[1:]) if before and before[0]["role"] == "system" else ([], before)
    if len(rest) == 1 and rest[0]["role"] == "user":
        return "\n\n".join(head + [said(rest[0])])
    return "\n\n".join(head + [{"system": "System: ", "user": "User: ", "assistant": "Assistant: ", "tool": "Tool: "}[one["role"]] + said(one) for one in rest])


def examples(training="marked", how="keep", drops=False):
    """Turns, tools, images, losses and number of each example."""
    for number, (_, _, turns, tools, images, lost) in enumerate(CONVERSATIONS):
        if turns is None:
            continue
        turns, lost = copy.deepcopy(turns), set(lost)
        for i, one in enumerate(turns):
            if one["role"] == "assistant" and training != "marked":
                one["trained"] = training == "all" or i == len(turns) - 1
            if drops and one["reasoning"]:
                one["reasoning"], one["whole"] = "", ""
                lost.add("reasoning")
        questions = [i for i, one in enumerate(turns) if one["role"] == "user"]
        if how == "keep":
            yield turns, tools, images, lost, number
        elif how == "drop":
            for one in turns[: questions[-1]]:
                if one["reasoning"]:
                    one["reasoning"] = one["whole"] = ""
                    lost.add("reasoning")
            yield turns, tools, images, lost, number
        else:
            for question, end in zip(questions, questions[1:] + [len(turns)]):
                replies = [i for i in range(question, end) if turns[i]["role"] == "assistant"]
                if not any(turns[i]["trained"] for i in replies):
                    continue
                piece = copy.deepcopy(turns[: replies[-1] + 1])
                for one in piece[:question]:
                    one["reasoning"], one["whole"], one["trained"] = "", "", False
                yield piece, tools, images, lost, number


def mark(name, one):
    if name == "train":
        return one["trained"]
    if name == "loss_weight":
        return Raw("1.0" if one["trained"] else "0.0")
    if name == "weight" and one["role"] != "assistant":
        return None
    return int(one["trained"])


def plain(turns, lost, form="reasoning_content", key=""):
    """The fields of messages and axolotl."""
    out = []
    for one in turns:
        content = inline(one) if form == "inline" else one["text"]
        fields = {"role": one["role"], "content": Raw(one["parts"]) if one["parts"] else content}
        if form in ("reasoning_content", "thinking"):
            fields[form] = one["reasoning"] or None
        fields |= {"tool_calls": Raw(one["raw"]) if one["raw"] else None, "tool_call_id": one["id"] or None, "name": one["name"] or None}
        if key:
            fields[key] = mark(key, one)
        elif one["role"] == "assistant" and not one["trained"]:
            lost.add("turn_marks")
        out.append(fields)
    return out


def strict(turns, lost):
    """OpenAI: nothing that is null, ids for calls and results, arguments as texts."""
    out, calls, results = [], 0, 0
    for one in turns:
        fields = {"role": one["role"], "content": Raw(one["parts"]) if one["parts"] else inline(one)}
        if one["calls"]:
            fields["tool_calls"] = []
            for each in one["calls"]:
                fields["tool_calls"].append({"id": each["id"] or f"call_{calls}", "type": "function", "function": {"name": each["name"], "arguments": each["arguments"]}})
                calls += 1
        if one["role"] == "tool":
            fields["tool_call_id"] = one["id"] or f"call_{results}"
            results += 1
        if one["name"]:
            fields["name"] = one["name"]
        if one["role"] == "assistant":
            fields["weight"] = int(one["trained"])
        out.append(fields)
    return out


def call_losses(one, lost):
    """What no form without ids says of calls and results."""
    if one["id"] or one["role"] == "tool" and one["name"] or any(each["id"] for each in one["calls"]):
        lost.add("call_ids")


def text_losses(turns, lost):
    """What becomes a text, or is not there, where an example is two texts."""
    for one in turns:
        if one["parts"]:
            lost.add("media")
        if one["name"] and one["role"] != "tool":
            lost.add("names")
        if one["calls"]:
            lost.add("tool_calls")
        # The JSON of a call, its id included, is in the text.
        call_losses(one | {"calls": []}, lost)
    if any(one["trained"] for one in turns[:-1]):
        lost.add("earlier_replies")


def alternating(turns, lost, role, content, names):
    """LLaMA-Factory and ShareGPT: calls and results are turns, which alternate with the others."""
    out, asks, i = [], True, 0
    while i < len(turns):
        one = turns[i]
        if not (one["role"] == "system" and i == 0):
            if asks != (one["role"] in ("user", "tool")):
                lost.add("not_alternating")
            asks = not asks
        if one["role"] == "assistant" and not one["trained"]:
            lost.add("turn_marks")
        if one["parts"]:
            lost.add("media")
        if one["name"] and one["role"] != "tool":
            lost.add("names")
        call_losses(one, lost)
        if one["calls"]:
            if one["text"] or one["reasoning"]:
                lost.add("text_beside_calls")
            functions = [f'{{"name":{json.dumps(each["name"])},"arguments":{each["arguments"]}}}' for each in one["calls"]]
            out.append({role: names["call"], content: functions[0] if len(functions) == 1 else f"[{','.join(functions)}]"})
        elif one["role"] == "tool":
            text = one["text"]
            while i + 1 < len(turns) and turns[i + 1]["role"] == "tool":
                i += 1
                text += "\n" + turns[i]["text"]
                lost.add("joined_results")
            out.append({role: names["tool"], content: text})
        else:
            out.append({role: names[one["role"]], content: inline(one)})
        i += 1
    return out


def prompt(turns, lost, tool="tool"):
    """Role and text alone, of all turns but the last."""
    text_losses(turns, lost)
    if turns[-1]["reasoning"]:
        lost.add("reasoning")
    return [{"role": tool if one["role"] == "tool" else one["role"], "content": said(one)} for one in turns[:-1]]


ALTERNATING = {"system": "system", "user": "user", "assistant": "assistant", "call": "function_call", "tool": "observation"}
SHAREGPT = ALTERNATING | {"user": "human", "assistant": "gpt"}


def beside(tools, images, as_text=False):
    return {"tools": (tools if as_text else Raw(tools)) if tools else None, "images": Raw(images) if images else None}


def verified(kind, turns, tools, images, lost, number):
    if tools:
        lost.add("tools")
    if images:
        lost.add("media")
    answer, contract = turns[-1]["text"], {"answer_format": "line", "answer_pattern": ""}
    if kind == "verl":
        info = {"split": "train", "index": number, "answers": [answer], "choices": []} | contract | {"answer_match": "exact"}
        return {"data_source": "chats", "prompt": prompt(turns, lost), "ability": "none", "reward_model": {"style": "rule", "ground_truth": answer}, "extra_info": info}
    if kind == "rlvr":
        return {"messages": prompt(turns, lost), "ground_truth": answer, "dataset": "flan"} | contract | {"choices": []}
    return {
        "responses_create_params": {"input": prompt(turns, lost, tool="user")}, "question": history(turns), "options": None, "expected_answer": answer, "grading_mode": "lenient_answer_colon",
        "template_metadata": {"output_regex": "\\A\\s*(.+)"}, "uuid": f"chats/conversation/train/{number}",
    }


def flat(fields):
    def record(turns, tools, images, lost, number):
        if tools:
            lost.add("tools")
        if images:
            lost.add("media")
        text_losses(turns, lost)
        if not turns[-1]["trained"]:
            lost.add("turn_marks")
        return fields(history(turns), said(turns[-1]))
    return record


FORMATS = {
    "pair": flat(lambda asked, reply: {"input": asked, "target": reply}),
    "flan": flat(lambda asked, reply: {"inputs": asked, "targets": reply, "task_source": "Custom", "task_name": "chats", "template_type": "zs_noopt"}),
    "prompt-completion": flat(lambda asked, reply: {"prompt": asked + "\n", "completion": reply}),
    "text": flat(lambda asked, reply: {"text": f"{asked}\n{reply}"}),
    "alpaca": flat(lambda asked, reply: {"instruction": asked, "input": "", "output": reply}),
    "nemo": flat(lambda asked, reply: {"input": asked, "output": reply}),
    "tfrecord": flat(lambda asked, reply: {"inputs": asked, "targets": reply}),
    "messages": lambda turns, tools, images, lost, number: {"messages": plain(turns, lost)} | beside(tools, images),
    "axolotl": lambda turns, tools, images, lost, number: {"messages": plain(turns, lost, key="train")} | beside(tools, images),
    "openai": lambda turns, tools, images, lost, number: lost.update({"media"} if images else ()) or {"messages": strict(turns, lost)} | ({"tools": Raw(tools)} if tools else {}),
    "llama-factory": lambda turns, tools, images, lost, number: {"messages": alternating(turns, lost, "role", "content", ALTERNATING)} | beside(tools, images, as_text=True),
    "sharegpt": lambda turns, tools, images, lost, number: {"conversations": alternating(turns, lost, "from", "value", SHAREGPT)} | beside(tools, images, as_text=True),
    "verl": lambda *all: verified("verl", *all),
    "rlvr": lambda *all: verified("rlvr", *all),
    "nemo-gym": lambda *all: verified("nemo-gym", *all),
}

# Every mapping of turns and of reasoning, in messages: the options, what they do to the turns, how they are written.
MAPPINGS = {
    "inline": ({}, {"form": "inline"}),
    "thinking": ({}, {"form": "thinking"}),
    "drop": ({"drops": True}, {"form": "drop"}),
    "history-drop": ({"how": "drop"}, {}),
    "history-unroll": ({"how": "unroll"}, {"key": "train"}),
    "train": ({}, {"key": "train"}),
    "weight": ({}, {"key": "weight"}),
    "loss_mask": ({}, {"key": "loss_mask"}),
    "loss_weight": ({}, {"key": "loss_weight"}),
    "all": ({"training": "all"}, {}),
    "last": ({"training": "last"}, {"key": "loss_mask"}),
}


def write(name, rows):
    lines, counts = [], {}
    for record, lost in rows:
        lines.append(record + "\n")
        for one in lost:
            counts[one] = counts.get(one, 0) + 1
    (HERE / f"{name}.train").write_text("".join(lines))
    (HERE / f"{name}.lost").write_text(json.dumps(dict(sorted(counts.items()))) + "\n")


def with_origin(name, record, number):
    more = {} if name == "openai" else {"task": "chats", "cluster": "none", "template": "conversation", "kind": "direct", "split": "train", "row": number}
    return dump(record | {key: value for key, value in more.items() if key not in record})


def main():
    (HERE / "data/chats/train.jsonl").write_text("".join(f'{{"messages":{source}{"," if more else ""}{more}}}\n' for source, more, *_ in CONVERSATIONS))
    for name, record in FORMATS.items():
        write(name, [(with_origin(name, record(turns, tools, images, lost, number), number), lost) for turns, tools, images, lost, number in examples()])
    for name, (turns_as, written_as) in MAPPINGS.items():
        write(f"messages-{name}", [(with_origin("messages", {"messages": plain(turns, lost, **written_as)} | beside(tools, images), number), lost) for turns, tools, images, lost, number in examples(**turns_as)])
    escape = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    pair = FORMATS["pair"]
    write("t5-tsv", [("\t".join(value.translate(escape) for value in pair(turns, tools, images, lost, number).values()), lost) for turns, tools, images, lost, number in examples()])


main()
