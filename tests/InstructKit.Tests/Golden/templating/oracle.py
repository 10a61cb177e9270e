"""Writes the .out file beside every case of these folders, as real Jinja2 renders it. Run here: python3 oracle.py

A case is NAME.txt: a line of JSON with options (dialect, trim_blocks, ...), a line of JSON with the row, a line '---', the template.
Folders named errors hold no oracle output: their .out files are the engine's own messages, read by a person.
"""
import datetime
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox
import markupsafe  # noqa: F401  (named because safe text is part of what is compared)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def environment(options):
    loops = ["jinja2.ext.loopcontrols", "jinja2.ext.do"]
    dialect = options.get("dialect", "jinja")
    if dialect == "chat":
        env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=loops + [Generation])
        env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
        env.globals["strftime_now"] = lambda form: datetime.datetime(2024, 2, 9, 16, 5, 7).strftime(form)
    elif dialect == "lmeval":
        env = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, extensions=loops)
    else:
        env = jinja2.Environment(extensions=loops)
    env.trim_blocks = options.get("trim_blocks", env.trim_blocks)
    env.lstrip_blocks = options.get("lstrip_blocks", env.lstrip_blocks)
    env.keep_trailing_newline = options.get("keep_trailing_newline", env.keep_trailing_newline)
    if options.get("undefined") == "strict":
        env.undefined = jinja2.StrictUndefined
    if options.get("undefined") == "chainable":
        env.undefined = jinja2.ChainableUndefined
    env.globals["zip"] = zip
    return env


for case in sorted(pathlib.Path(__file__).parent.glob("*/*.txt")):
    if case.parent.name == "errors":
        continue
    options, row, mark, template = case.read_bytes().decode().split("\n", 3)
    assert mark == "---", case
    text = environment(json.loads(options)).from_string(template).render(json.loads(row))
    case.with_suffix(".out").write_bytes(text.encode())
