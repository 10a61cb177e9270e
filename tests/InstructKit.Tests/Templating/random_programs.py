"""Random template programs, rendered by Jinja2 and by instructkit, compared byte for byte.

    python3 tests/InstructKit.Tests/Templating/random_programs.py --count 100000 --seed 1 --tool "dotnet …/instructkit.dll"

Needs Jinja2 3.1.6 on Python 3.11. Where Jinja2 prints a text, the tool has to print it; where it fails, the tool has to fail. What templates/README.md
lists as different is told apart by its marks: addresses of objects in the text, complex numbers, and the tool's budget (IK13xx). Exit 1 when
anything else differs; the first cases are printed as lines for `instructkit render --template-column template --row-column context --options-column options`.
"""
import argparse
import collections
import concurrent.futures
import copy
import json
import random
import re
import resource
import signal
import subprocess
import tempfile
import warnings

import jinja2
import jinja2.sandbox

CONTEXT = {
    "i": 3, "j": -2, "z": 0, "big": 12345678901234567890123, "f": 2.5, "g": -0.125, "h": 1e22, "t": True, "n": None,
    "s": "Hello World", "u": "Straße ΑΣ déjà 😀", "e": "", "m": "<b>&'\"</b>", "lines": "one two\nthree-four  five\n", "num": " 42 ", "path": "a/b?c=d e",
    "xs": [3, 1, 2, 1], "ws": ["b", "A", "c", "a"], "mix": [1, "x", None, 2.5, [1, 2]], "nil": [], "ps": [["k", 1], ["l", 2]],
    "d": {"a": 1, "b": [1, 2], "c": {"x": "y"}}, "rows": [{"n": "Ann", "v": 3, "g": "p"}, {"n": "Bob", "v": 1, "g": "q"}, {"n": "Cy", "v": 2, "g": "p"}],
}
NAMES = list(CONTEXT) + ["q", "missing"]
OPTIONS = [{}] * 6 + [{"undefined": "strict"}, {"undefined": "chainable"}, {"autoescape": True}, {"autoescape": True}, {"trim_blocks": True, "lstrip_blocks": True}]
FILTERS = """upper lower title capitalize trim string length count first last list reverse sort unique sum min max abs int float round join escape e safe striptags urlencode
wordcount default d center(9) indent indent(2,true) truncate(5) truncate(5,true,'.') wordwrap(5) batch(2) batch(2,'-') slice(2) slice(2,'+') items dictsort dictsort(true,'value')
tojson join(', ') join(s) replace('a','<') replace('l','',1) default('z') default('z',true) d(none) round(1) round(1,'floor') int(7) int(0,16) float(0.5) attr('a') format(1) format('x',2)
map('upper') map('string') map('int') map(attribute='n') map(attribute='v') map(attribute='zz',default='-') select select('odd') select('string') reject reject('none') reject('in',xs)
selectattr('v') selectattr('v','gt',1) rejectattr('g','equalto','p') groupby('g') sort(attribute='v') sort(reverse=true) unique(attribute='g') sum(attribute='v') min(attribute='v')
urlize filesizeformat xmlattr forceescape wordcount pprintless""".split()
FILTERS = [f for f in FILTERS if f != "pprintless"]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable", "odd", "even", "lower", "upper", "true", "false",
         "divisibleby 2", "divisibleby(3)", "in xs", "in s", "eq 1", "gt 1", "lt 'b'", "sameas none", "sameas q", "callable", "escaped", "filter", "test", "ne n"]
METHODS = """upper() lower() title() swapcase() casefold() capitalize() strip() strip('Hd') lstrip() rstrip() split() split(none,1) split('l') split('o',1) rsplit(none,1) rsplit(' ',1)
splitlines() splitlines(true) partition('o') rpartition('o') startswith('H') endswith(('d','x')) find('o') rfind('o') index('l') count('l') replace('l','L') replace('o','0',1)
zfill(8) center(13,'*') ljust(13) rjust(13) isdigit() isalpha() isspace() istitle() isupper() islower() isalnum() isidentifier() expandtabs() format(1,2) join(ws) encode() removeprefix('He')
items() keys() values() get('a') get('zz',7) get(q) copy() index(1) count(1) bit_length() is_integer() hex() as_integer_ratio() append(1) pop() extend(xs) insert(0,9) reverse() sort() update(a=5) setdefault('k',1)""".split()


class Generator:
    def __init__(self, rng):
        self.r = rng
        self.locals = []
        self.blocks = 0
        self.loop = 0

    def pick(self, *makers):
        return self.r.choice(makers)()

    def name(self):
        return self.r.choice(self.locals) if self.locals and self.r.random() < 0.4 else self.r.choice(NAMES)

    def literal(self):
        return self.r.choice(["0", "1", "2", "-1", "7", "2.0", "0.5", "1e3", "true", "none", "'a'", "'<i>'", "\"it's\"", "'é\\n'", "''", "[]", "[1, 'b']", "(1, 2)", "{'a': 1}", "{}",
                              "'%s-%d'", "'{}{a}'", "'{0!r:>5}'", "'\\u00df'", "'\\N{bullet}\\x41'", "range(4)", "[[1, 2], [3]]"])

    def expr(self, depth):
        r = self.r
        if depth <= 0:
            return self.name() if r.random() < 0.65 else self.literal()
        kind = r.randrange(17)
        if kind < 4:
            return f"{self.atom(depth - 1)}|{r.choice(FILTERS)}"
        if kind < 6:
            return f"{self.atom(depth - 1)}.{r.choice(METHODS)}"
        if kind == 6:
            return f"{self.atom(depth - 1)} {r.choice(['+', '-', '*', '/', '//', '%', '~', '~'])} {self.atom(depth - 1)}"
        if kind == 7:
            return f"{self.atom(depth - 1)} {r.choice(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'])} {self.atom(depth - 1)}"
        if kind == 8:
            return f"{self.atom(depth - 1)} is {r.choice(['', 'not '])}{r.choice(TESTS)}"
        if kind == 9:
            return f"{self.atom(depth - 1)} {r.choice(['and', 'or'])} {self.atom(depth - 1)}"
        if kind == 10:
            return f"{self.atom(depth - 1)} if {self.atom(depth - 1)}" + (f" else {self.atom(depth - 1)}" if r.random() < 0.7 else "")
        if kind == 11:
            return f"{self.subscripted(depth)}[{self.index()}]"
        if kind == 12:
            return f"{self.subscripted(depth)}.{r.choice(['a', 'n', 'x', 'c', 'v', 'zz', 'real', 'grouper', 'list'])}"
        if kind == 13:
            return "[" + ", ".join(self.expr(depth - 1) for _ in range(r.randrange(3))) + "]"
        if kind == 14:
            keys = ["'a'", "1", "2.0", "none", "true", "(1, 2)", *NAMES]  # Jinja2 refuses a literal key that cannot be one even where it is never reached
            return "{" + ", ".join(f"{r.choice(keys)}: {self.expr(depth - 1)}" for _ in range(r.randrange(3))) + "}"
        if kind == 15:
            return r.choice(["not ", "-", "+"]) + self.atom(depth - 1)
        return r.choice([f"dict({self.atom(depth - 1)})", f"dict(a={self.atom(depth - 1)})", f"range({self.atom(0)})", f"zip({self.atom(0)}, {self.atom(0)})",
                         f"namespace(k={self.atom(depth - 1)}).k", f"cycler({self.atom(0)}, 2).next()", f"joiner({self.atom(0)})()"])

    def subscripted(self, depth):
        # Parts that literals do not have are looked for when Jinja2 compiles: listed.
        return self.name() if self.r.random() < 0.7 else f"({self.name()}|{self.r.choice(FILTERS)})"

    def index(self):
        r = self.r
        if r.random() < 0.4:
            part = lambda: r.choice(["", "", "1", "-1", "2", "none"])
            return f"{part()}:{part()}" + (f":{r.choice(['', '2', '-1'])}" if r.random() < 0.4 else "")
        return r.choice(["0", "1", "-1", "5", "'a'", "'n'", self.name()])

    def atom(self, depth):
        if depth <= 0 or self.r.random() < 0.4:
            return self.expr(0)
        return f"({self.expr(depth)})"

    def body(self, depth):
        return "".join(self.statement(depth) for _ in range(self.r.randrange(1, 4)))

    def statement(self, depth):
        r = self.r
        if depth <= 0 or r.random() < 0.45:
            if r.random() < 0.35:
                return r.choice(["text ", "<p>", "\n", "  \n", ", "])
            return self.tag("{{", self.expr(r.randrange(0, 4)), "}}")
        makers = [self.if_, self.if_, self.for_, self.for_, self.for_, self.set_, self.set_, self.setblock, self.with_, self.macro, self.filter_, self.block, self.autoescape, self.do, self.raw,
                  self.namespace]
        return r.choice(makers)(depth - 1)

    def tag(self, opening, inner, closing):
        return f"{opening}{self.r.choice(['', '', '', '-'])} {inner} {self.r.choice(['', '', '', '-'])}{closing}"

    def t(self, inner):
        return self.tag("{%", inner, "%}")

    def if_(self, depth):
        text = self.t(f"if {self.expr(1)}") + self.body(depth)
        if self.r.random() < 0.3:
            text += self.t(f"elif {self.expr(1)}") + self.body(depth)
        if self.r.random() < 0.5:
            text += self.t("else") + self.body(depth)
        return text + self.t("endif")

    def for_(self, depth):
        r = self.r
        pair = r.random() < 0.2
        target = "k, v" if pair else r.choice(["x", "y", "i"])
        source = r.choice(["d.items()", "ps", "d|dictsort", "rows|groupby('g')", "zip(xs, ws)"]) if pair else r.choice(["xs", "ws", "mix", "s", "rows", "d", "nil", "range(3)", "q", "lines.split()",
                                                                                                                     self.expr(2), self.expr(1)])
        known = list(self.locals)
        self.locals += ["k", "v"] if pair else [target]
        condition = f" if {self.expr(1)}" if r.random() < 0.3 else ""
        self.loop += 1
        body = self.body(depth)
        if r.random() < 0.5:
            body += "{{ loop." + r.choice(["index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem", "depth", "cycle('a','b')", "changed(i)"]) + " }}"
        if r.random() < 0.15:
            body += "{% if " + self.expr(1) + " %}{% " + r.choice(["break", "continue"]) + " %}{% endif %}"
        self.loop -= 1
        self.locals = known
        other = self.t("else") + self.body(depth) if r.random() < 0.2 else ""
        return self.t(f"for {target} in {source}{condition}") + body + other + self.t("endfor")

    def set_(self, depth):
        name = self.r.choice(["a", "b", "acc"])
        text = self.t(f"set {name} = {self.expr(2)}")
        self.locals.append(name)
        return text

    def setblock(self, depth):
        name = self.r.choice(["a", "b", "acc"])
        text = self.t(f"set {name}" + self.r.choice(["", "", " | upper", " | trim | replace('a', 'b')"])) + self.body(depth) + self.t("endset")
        self.locals.append(name)
        return text

    def with_(self, depth):
        known = list(self.locals)
        head = self.r.choice([f"with w = {self.expr(1)}", f"with w = {self.expr(1)}, a = {self.expr(1)}", f"with (w, a) = {self.r.choice(['(1, 2)', 'xs[:2]', 'ps[0]', self.expr(1)])}"])
        self.locals += ["w", "a"]
        body = self.body(depth)
        self.locals = known
        return self.t(head) + body + self.t("endwith")

    def macro(self, depth):
        known = list(self.locals)
        self.locals += ["p", "o"]
        body = self.body(depth)
        if self.r.random() < 0.3:
            body += "{{ caller() if caller else '' }}"
        self.locals = known
        text = self.t(f"macro mm(p, o={self.expr(1)})") + body + self.t("endmacro")
        if self.r.random() < 0.2:
            return text + self.t(f"call mm({self.expr(1)})") + self.body(0) + self.t("endcall")
        return text + "{{ mm(" + self.r.choice([self.expr(1), f"{self.expr(1)}, {self.expr(1)}", f"o={self.expr(1)}", ""]) + ") }}"

    def filter_(self, depth):
        return self.t("filter " + self.r.choice(["upper", "trim", "replace('a', '<')", "e", "indent", "title", "truncate(9)", "wordwrap(7)", "center(20)"])) + self.body(depth) + self.t("endfilter")

    def block(self, depth):
        self.blocks += 1
        name = f"b{self.blocks}"
        text = self.t(f"block {name}" + self.r.choice(["", "", " scoped"])) + self.body(depth) + self.t("endblock")
        return text + ("{{ self." + name + "() }}" if self.r.random() < 0.3 else "")

    def autoescape(self, depth):
        return self.t("autoescape " + self.r.choice(["true", "false", "true", self.r.choice(list(CONTEXT))])) + self.body(depth) + self.t("endautoescape")

    def do(self, depth):
        return self.t("do " + self.r.choice(["xs.append(4)", "d.update(z=1)", "ws.pop()", "xs.insert(0, i)", "mix.extend(ws)", "d.pop('a')", "xs.sort()", "ws.reverse()"]))

    def raw(self, depth):
        return self.t("raw") + self.r.choice(["{{ x }}", "{% if", "text\n"]) + "{% endraw %}"

    def namespace(self, depth):
        return "{% set ns = namespace(c=0) %}{% for x in " + self.r.choice(["xs", "ws", "s"]) + " %}{% set ns.c = ns.c + 1 %}{% endfor %}{{ ns.c }}"


def environment(options):
    undefined = {"strict": jinja2.StrictUndefined, "chainable": jinja2.ChainableUndefined}.get(options.get("undefined"), jinja2.Undefined)
    env = jinja2.Environment(
        undefined=undefined, autoescape=options.get("autoescape", False), trim_blocks=options.get("trim_blocks", False), lstrip_blocks=options.get("lstrip_blocks", False),
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    env.globals["zip"] = zip
    return env


warnings.simplefilter("ignore", SyntaxWarning)
ENVIRONMENTS = {}
ENDLESS = "does not end"


class Endless(BaseException):
    """A loop over a list that its body makes longer, for example."""


def give_up(*_):
    raise Endless


def prepare():
    signal.signal(signal.SIGVTALRM, give_up)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


def reference(case):
    key = json.dumps(case["options"], sort_keys=True)
    env = ENVIRONMENTS.setdefault(key, environment(case["options"]))
    env.cache.clear() if env.cache is not None else None
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
    try:
        return env.from_string(case["template"]).render(copy.deepcopy(CONTEXT)), None
    except (Endless, MemoryError, RecursionError):
        return None, ENDLESS
    except Exception as error:  # every failure of the reference counts as one
        return None, f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def make(seed, number):
    rng = random.Random(f"{seed}/{number}")
    return {"template": Generator(rng).body(rng.randrange(1, 4)), "context": CONTEXT, "options": rng.choice(OPTIONS)}


def references(span):
    seed, first, last = span
    cases = [make(seed, number) for number in range(first, last)]
    return [(case, *reference(case)) for case in cases]


LISTED = re.compile(r" at 0x[0-9a-f]+|<built-in|<bound method|<class |<function |<method|<itertools|\dj\)|<generator|<jinja2|<module")


def compare(case, expected, failure, answer):
    error = answer.get("error")
    if error and (error["code"].startswith("IK13") or "bound of the range" in error["message"]):
        return "listed: budget, size of ranges"
    if error and failure is None and "has no text" in error["message"]:
        return "listed: no text for functions and generators"
    if failure == ENDLESS:
        return "not compared: Jinja2 does not end"
    if failure is not None:
        if error:
            return "equal: both fail"
        return "different: only Jinja2 fails"
    if answer.get("output") == expected:
        return "equal: output"
    if LISTED.search(expected):
        return "listed: addresses, complex numbers"
    return "different: only the tool fails" if error else "different: output"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=10000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tool", default="instructkit")
    options.add_argument("--show", type=int, default=20)
    options = options.parse_args()
    counts = collections.Counter()
    shown = 0
    size = 2500
    spans = [(options.seed, first, min(first + size, options.count)) for first in range(0, options.count, size)]
    with concurrent.futures.ProcessPoolExecutor(2, initializer=prepare) as pool:
        for results in pool.map(references, spans):
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
                for case, _, _ in results:
                    file.write(json.dumps(case) + "\n")
                file.flush()
                run = subprocess.run(
                    options.tool.split() + ["render", file.name, "--template-column", "template", "--row-column", "context", "--options-column", "options"], stdout=subprocess.PIPE, check=False)
            answers = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n") if line]
            if len(answers) != len(results):
                raise SystemExit(f"{len(results)} programs, {len(answers)} answers")
            for (case, expected, failure), answer in zip(results, answers):
                verdict = compare(case, expected, failure, answer)
                counts[verdict] += 1
                if verdict.startswith("different") and shown < options.show:
                    shown += 1
                    print(json.dumps({"verdict": verdict, "template": case["template"], "options": case["options"], "expected": expected, "failure": failure, "answer": answer}, ensure_ascii=False))
    for verdict, count in sorted(counts.items()):
        print(f"{count:8}  {verdict}")
    raise SystemExit(any(verdict.startswith("different") for verdict in counts))


if __name__ == "__main__":
    main()
