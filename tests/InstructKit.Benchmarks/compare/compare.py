#!/usr/bin/env python3
"""Whole-process benchmark: InstructKit beside the peers that this machine has. See ../README.md.

compare.py [--work DIR] [--rows N] [--repeat N] [--only WORD,...] [--jit DIR] [--aot DIR] [--no-aot] [--large] [--no-result]
"""

import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path.insert(0, HERE)
import generate  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402


class RunFailed(Exception):
    """A program did not end with 0."""


class Run:
    """One way of doing a job. `kind` is what its output must agree with: see `check_group`."""

    def __init__(self, name, command, rows, output, slow=False, kind="peer", source=None):
        self.name, self.command, self.rows, self.output, self.slow, self.kind, self.source = name, command, rows, output, slow, kind, source
        self.walls, self.cpus, self.peak, self.bytes, self.agree = [], [], 0, 0, 1.0

    def files(self):
        if os.path.isdir(self.output):
            return sorted(glob.glob(os.path.join(self.output, "data", "*.jsonl")))
        parts = sorted(glob.glob(self.output + ".[0-9]"))
        return parts or ([self.output] if os.path.exists(self.output) else [])

    def clear(self):
        shutil.rmtree(self.output, ignore_errors=True)
        for path in glob.glob(self.output + "*"):
            os.remove(path)

    def once(self):
        self.clear()
        wall, cpu, peak = measure(self.command, self.output if self.kind == "stdout" else None)
        self.walls.append(wall)
        self.cpus.append(cpu)
        self.peak = max(self.peak, peak)
        self.bytes = sum(os.path.getsize(path) for path in self.files())

    def result(self):
        wall, cpu = statistics.median(self.walls), statistics.median(self.cpus)
        return {
            "name": self.name, "rows": self.rows, "wall_s": round(wall, 4), "cpu_s": round(cpu, 4), "rows_per_s": round(self.rows / wall),
            "mb_per_s": round(self.bytes / wall / 1e6, 1), "peak_mb": round(self.peak / 1e6), "agree": self.agree, "walls_s": [round(value, 4) for value in self.walls]}


def measure(command, stdout=None):
    """Wall seconds, user + system seconds and peak resident bytes (of the largest process) of a command."""
    with open(stdout or os.devnull, "wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=ENVIRONMENT)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RunFailed(f"{' '.join(command)}\nended with {process.returncode}:\n{errors.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def have(command):
    try:
        return subprocess.run(command, capture_output=True, env=ENVIRONMENT, check=False).returncode == 0
    except OSError:
        return False


class Bench:
    def __init__(self, options):
        self.options = options
        self.small = min(200_000, options.rows)
        self.inputs = os.path.join(options.work, "inputs")
        self.out = os.path.join(options.scratch, f"instructkit-bench-{os.getpid()}")
        os.makedirs(self.inputs, exist_ok=True)
        os.makedirs(self.out)
        self.plain = os.path.join(HERE, "templates", "plain.json")
        self.logic = os.path.join(HERE, "templates", "logic.json")
        subprocess.run([sys.executable, os.path.join(HERE, "generate.py"), self.inputs, str(options.rows), str(self.small)], check=True)
        self.at = {name: path for name, (path, _) in generate.paths(self.inputs, options.rows, self.small).items()}
        self.groups, self.skipped = {}, []

    # ---- preparation

    def prepare(self):
        work = self.options.work
        self.node = shutil.which("node") and self.install_node(os.path.join(work, "npm"))
        self.orjson = have([sys.executable, "-c", "import orjson"])
        self.jinja = have([sys.executable, "-c", "import jinja2"])
        self.jq = shutil.which("jq")
        self.copy = self.compile_copy(work)
        for name, found in (("Jinja2", self.jinja), ("orjson", self.orjson), ("node packages", self.node), ("jq", self.jq), ("C compiler", self.copy)):
            if not found:
                self.skipped.append(name)
        self.ours = []
        jit = self.options.jit or self.publish("jit", [])
        self.ours.append(("", os.path.join(jit, "instructkit")))
        if self.options.aot or not self.options.no_aot:
            aot = self.options.aot or self.publish("aot", ["-r", "linux-x64", "-p:PublishAot=true", "-p:TreatWarningsAsErrors=false"])
            self.ours.append((" AOT", os.path.join(aot, "instructkit")))
        self.parquet = os.path.join(self.inputs, f"rte-{self.options.rows}.parquet")
        if self.node and not os.path.exists(self.parquet):
            subprocess.run(["node", os.path.join(HERE, "peers", "duckdb_peer.mjs"), "parquet", "1", self.at["rte"], self.parquet], check=True, env=ENVIRONMENT)
        self.task_folder()

    def publish(self, name, extra):
        """Publishes the tool from a copy of the sources, so that nothing in the repository moves."""
        target, copy = (os.path.join(self.options.work, part + name) for part in ("", "source-"))
        print(f"publishing {name}", flush=True)
        for part in ("src", "templates", "samples"):
            shutil.rmtree(os.path.join(copy, part), ignore_errors=True)
            shutil.copytree(os.path.join(ROOT, part), os.path.join(copy, part), ignore=shutil.ignore_patterns("bin", "obj", "packages.lock.json"))
        for part in ("Directory.Build.props", ".editorconfig", "README.md", "LICENSE"):
            if os.path.exists(os.path.join(ROOT, part)):
                shutil.copy(os.path.join(ROOT, part), copy)
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["dotnet", "publish", os.path.join(copy, "src", "InstructKit.Cli"), "-c", "Release", "-o", target, "-v", "q", *extra], check=True, stdout=subprocess.DEVNULL)
        return target

    def install_node(self, folder):
        os.makedirs(folder, exist_ok=True)
        ENVIRONMENT["BENCH_NODE_MODULES"] = folder
        packages = ["@huggingface/jinja", "minijinja-js", "@duckdb/node-api"]
        if not all(os.path.isdir(os.path.join(folder, "node_modules", package)) for package in packages):
            subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--prefix", folder, *packages], check=False, stdout=subprocess.DEVNULL)
        return all(os.path.isdir(os.path.join(folder, "node_modules", package)) for package in packages)

    def compile_copy(self, folder):
        if not shutil.which("gcc"):
            return None
        columns = {"premise": 0, "hypothesis": 1}
        with open(self.plain, encoding="utf-8") as file, open(os.path.join(folder, "templates.inc"), "w", encoding="utf-8") as target:
            for text in json.load(file):
                parts = []
                for piece in text.split("{{ ")[1:]:
                    before, text = text.split("{{ ", 1)
                    column, text = text.split(" }}", 1)
                    parts.append((before, columns[column]))
                parts.append((text, -1))
                escaped = ((json.dumps(part, ensure_ascii=False)[1:-1], column) for part, column in parts)
                target.write("{" + ",".join(f"{{{json.dumps(part, ensure_ascii=False)},{len(part.encode())},{column}}}" for part, column in escaped) + "},\n")
        binary = os.path.join(folder, "copy")
        subprocess.run(["gcc", "-O3", "-march=native", "-pthread", "-I", folder, os.path.join(HERE, "peers", "copy.c"), "-o", binary], check=True)
        return binary

    def task_folder(self):
        """The task of the build job, once for each input."""
        with open(self.plain, encoding="utf-8") as file:
            templates = json.load(file)
        sources = {"jsonl": self.at["rte"], "small": self.at["rte_small"], "csv": self.at["rte_csv"], "mix": self.at["mix"]}
        if os.path.exists(self.parquet):
            sources["parquet"] = self.parquet
        for name, source in sources.items():
            folder = os.path.join(self.options.work, "task", name)
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(os.path.join(folder, "tasks"))
            os.makedirs(os.path.join(folder, "data", "bench_rte"))
            kind = name if name in ("csv", "parquet") else "jsonl"
            os.link(source, os.path.join(folder, "data", "bench_rte", f"train-0.{kind}"))
            task = {
                "task": "bench_rte", "title": "Rows like RTE's", "cluster": "natural_language_inference",
                "columns": {"premise": "string", "hypothesis": "string", "label": "string"},
                "layouts": [{"name": "bench", "format": kind, "files": {"train": f"train-*.{kind}"}}],
                "splits": {"train": "train"}, "answer": "label", "metrics": ["accuracy"],
                "templates": [{"id": f"t{i}", "input": text, "target": "{{ answer }}"} for i, text in enumerate(templates)]}
            with open(os.path.join(folder, "tasks", "bench_rte.yaml"), "w", encoding="utf-8") as file:
                json.dump(task, file, indent=1, ensure_ascii=False)  # JSON is YAML
            plan = {"tasks": ["bench_rte"], "task_files": ["tasks"], "data": ["data"], "hold_out": [], "caps": {"train": "none"}, "shuffle": False}
            with open(os.path.join(folder, "plan.yaml"), "w", encoding="utf-8") as file:
                json.dump(plan, file, indent=1)

    # ---- the jobs

    def build(self, binary, name, source, jobs, rows, *flags, kind="ours"):
        output = os.path.join(self.out, name.replace(" ", "-").replace(",", ""))
        plan = os.path.join(self.options.work, "task", source, "plan.yaml")
        return Run(name, [binary, "build", plan, "--out", output, "--hold-out", "none", "-q", "--jobs", str(jobs), *flags], rows, output, kind=kind, source=source)

    def render(self, binary, name, source, jobs, rows):
        output = os.path.join(self.out, name.replace(" ", "-").replace(",", ""))
        command = [binary, "render", source, "--template-column", "template", "--row-column", "row", "--jobs", str(jobs)]
        return Run(name, command, rows, output, kind="stdout")

    def python(self, job, library, engine, processes, source, rows, templates, slow):
        name = f"python {library} + {engine}, {processes} process{'es' if processes > 1 else ''}"
        output = os.path.join(self.out, f"{job}-{library}-{engine}-{processes}")
        command = [sys.executable, os.path.join(HERE, "peers", "python_peer.py"), job, library, engine, str(processes), source, output, templates]
        return Run(name, command, rows, output, slow)

    def script(self, job, engine, source, rows, templates):
        output = os.path.join(self.out, f"{job}-{engine}")
        label = {"huggingface": "node @huggingface/jinja", "minijinja": "node minijinja-js"}[engine]
        return Run(label, ["node", os.path.join(HERE, "peers", "node_peer.mjs"), job, engine, source, output, templates], rows, output, slow=True)

    def build_group(self):
        rows, small, at = self.options.rows, self.small, self.at
        runs = []
        for suffix, binary in self.ours:
            runs += [self.build(binary, f"build{suffix}, {jobs} job{'s' if jobs > 1 else ''}", "jsonl", jobs, rows) for jobs in (1, 2)]
            runs.append(self.build(binary, f"build{suffix} shuffled, 2 jobs", "jsonl", 2, rows, "--shuffle", kind="shuffled"))
        suffix, binary = self.ours[-1]  # as it ships
        runs.append(self.build(binary, f"build{suffix}, 16 jobs", "jsonl", 16, rows))
        if shutil.which("taskset"):
            # One job is one worker, but hashing goes on beside it; one core is this.
            one = self.build(binary, f"build{suffix}, one core", "jsonl", 1, rows)
            one.command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *one.command]
            runs.append(one)
        runs.append(self.build(binary, f"build{suffix} csv, 2 jobs", "csv", 2, rows))
        if os.path.exists(self.parquet):
            runs.append(self.build(binary, f"build{suffix} parquet, 2 jobs", "parquet", 2, rows))
        runs.append(self.build(binary, f"build{suffix} all, 2 jobs", "small", 2, small * 10, "--templates", "all", kind="all"))
        if self.copy:
            for threads in (1, 2):
                output = os.path.join(self.out, f"copy-{threads}")
                runs.append(Run(f"C copy, {threads} thread{'s' if threads > 1 else ''}", [self.copy, at["rte"], output, str(threads)], rows, output))
        if self.node:
            for threads in (1, 2):
                output = os.path.join(self.out, f"duckdb-{threads}")
                command = ["node", os.path.join(HERE, "peers", "duckdb_peer.mjs"), "build", str(threads), at["rte"], output, self.plain]
                runs.append(Run(f"DuckDB, {threads} thread{'s' if threads > 1 else ''}", command, rows, output))
            runs += [self.script("build", engine, at["rte_small"], small, self.plain) for engine in ("huggingface", "minijinja")]
        if self.jinja:
            runs += [self.python("build", "json", "jinja2", processes, at["rte_small"], small, self.plain, True) for processes in (1, 2)]
        if self.jinja and self.orjson:
            runs.append(self.python("build", "orjson", "jinja2", 2, at["rte_small"], small, self.plain, True))
        if self.orjson:
            runs.append(self.python("build", "orjson", "format", 2, at["rte"], rows, self.plain, False))
        runs.append(self.python("build", "csv", "format", 1, at["rte_csv"], rows, self.plain, True))
        if self.jq:
            runs.append(self.jq_run())
        return runs

    def jq_run(self):
        with open(self.plain, encoding="utf-8") as file:
            texts = ["\"" + json.dumps(text)[1:-1].replace("{{ premise }}", "\\(.premise)").replace("{{ hypothesis }}", "\\(.hypothesis)") + "\"" for text in json.load(file)]
        choice = "".join(f"{'if' if i == 0 else 'elif'} $n == {i} then {text} " for i, text in enumerate(texts[:-1])) + f"else {texts[-1]} end"
        program = f"(.idx % {len(texts)}) as $n | {{input: ({choice}), target: .label, task: \"bench_rte\", template: \"t\\($n)\"}}"
        return Run("jq", ["jq", "-c", program, self.at["rte_small"]], self.small, os.path.join(self.out, "jq"), slow=True, kind="stdout")

    def mix_group(self):
        runs = [self.build(binary, f"build{suffix} mix, 1 job", "mix", 1, self.small) for suffix, binary in self.ours]
        return runs + ([self.python("build", "json", "jinja2", 1, self.at["mix"], self.small, self.plain, True)] if self.jinja else [])

    def render_group(self, source, rows, slow_source, slow_rows, templates, what):
        runs = [self.render(binary, f"render{suffix} {what}, {jobs} job{'s' if jobs > 1 else ''}", source, jobs, rows) for suffix, binary in self.ours for jobs in (1, 2)]
        if self.jinja:
            runs.append(self.python("render", "json", "jinja2", 1, slow_source, slow_rows, templates, True))
            if self.orjson:
                runs.append(self.python("render", "orjson", "jinja2", 2, slow_source, slow_rows, templates, True))
        if self.node:
            runs += [self.script("render", engine, slow_source, slow_rows, templates) for engine in ("huggingface", "minijinja")]
        return runs

    def start_group(self):
        runs = []
        empty = machine.empty_program(os.path.join(self.options.work, "empty"))
        runs.append(Run("empty .NET program", [empty], 1, os.path.join(self.out, "empty"), kind="start"))
        for suffix, binary in self.ours:
            label = suffix or " portable"
            runs.append(Run(f"--version{label}", [binary, "--version"], 1, os.path.join(self.out, "version"), kind="start"))
            runs.append(Run(f"tasks{label}", [binary, "tasks"], 1, os.path.join(self.out, "tasks"), kind="start"))
            samples = os.path.join(self.out, "samples")
            runs.append(Run(f"build of the samples{label}", [binary, "build", "-q", "--force", "--out", samples], 1, samples, kind="start"))
        return runs

    def memory_group(self):
        """The same rows many times: 1 GB, and with --large 10 GB. Hard links, so that the input costs no room."""
        runs = []
        for name, size in (("1 GB", 1e9), ("10 GB", 1e10)) if self.options.large else (("1 GB", 1e9),):
            task = os.path.join(self.options.work, "task", "big-" + name.replace(" ", ""))
            shutil.rmtree(task, ignore_errors=True)
            shutil.copytree(os.path.join(self.options.work, "task", "jsonl"), task)
            data = os.path.join(task, "data", "bench_rte")
            os.remove(os.path.join(data, "train-0.jsonl"))
            count = max(1, round(size / os.path.getsize(self.at["rte"])))
            for i in range(count):
                os.link(self.at["rte"], os.path.join(data, f"train-{i:03}.jsonl"))
            for flags in ((), ("--shuffle",)):
                suffix, binary = self.ours[-1]
                label = f"build{suffix} {name}{' shuffled' if flags else ''}, 2 jobs"
                runs.append(self.build(binary, label, os.path.basename(task), 2, self.options.rows * count, *flags, kind="memory"))
        return runs

    # ---- running and checking

    def run_group(self, name, runs, repeats):
        print(f"\n{name}", flush=True)
        for turn in range(repeats):
            for run in list(runs):
                if turn == 0 and run.kind == "peer":
                    try:
                        run.once()
                    except RunFailed as failure:
                        # Not every engine knows every construct; that is a finding, not a reason to stop.
                        reason = next((text for text in str(failure).splitlines() if "rror:" in text), "fails")
                        self.skipped.append(f"{run.name} for {name} ({reason.strip()})")
                        runs.remove(run)
                elif turn == 0 or not run.slow or turn < min(repeats, self.options.slow_repeat):
                    run.once()
                    if turn == 0 and run.kind == "memory":
                        run.clear()
            if turn == 0:
                self.check_group(runs)
        for run in runs:
            run.clear()
        self.groups[name] = [run.result() for run in runs]
        for result in self.groups[name]:
            print(report.line(result), flush=True)

    def check(self, how, *arguments):
        done = subprocess.run([sys.executable, os.path.join(HERE, "check.py"), how, *arguments], stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise SystemExit(f"the outputs do not agree: {done.stdout.decode(errors='replace')}")
        return done.stdout.decode()

    def check_group(self, runs):
        def joined(run):
            return "+".join(run.files())

        ours = [run for run in runs if run.kind == "ours"]
        if ours:
            source = self.at["mix"] if ours[0].source == "mix" else self.at["rte"]
            self.check("build", source, self.plain, joined(ours[0]))
            self.check("bytes", *map(joined, ours))
        shuffled = [run for run in runs if run.kind == "shuffled"]
        if shuffled:
            self.check("mixed", *map(joined, ours[:1] + shuffled))
            self.check("bytes", *map(joined, shuffled))
        for run in runs:
            if run.kind == "all":
                self.check("build", self.at["rte_small"], self.plain, joined(run))
        # Peers and rendered rows: all that did the same rows agree with each other.
        by_rows = {}
        for run in runs:
            if run.kind in ("peer", "stdout") and not run.name.startswith("node "):
                by_rows.setdefault(run.rows, []).append(joined(run))
        for same in by_rows.values():
            self.check("same", *same)
        if len(by_rows) == 2:
            few, many = (by_rows[rows] for rows in sorted(by_rows))
            head = os.path.join(self.out, "head")
            with open(head, "wb") as target, subprocess.Popen(["head", "-n", str(min(by_rows)), *many[0].split("+")[:1]], stdout=subprocess.PIPE) as cut:
                shutil.copyfileobj(cut.stdout, target)
            self.check("same", head, few[0])
            os.remove(head)
        for run in runs:
            # Engines of their own: how far they agree is a figure.
            if run.name.startswith("node "):
                run.agree = float(self.check("share", by_rows[run.rows][0], joined(run)))

    def run(self):
        self.prepare()
        options = self.options
        at, rows, small = self.at, options.rows, self.small
        jobs = {
            "build": (self.build_group, options.repeat),
            "mix": (self.mix_group, options.slow_repeat),
            "render plain": (lambda: self.render_group(at["plain"], rows, at["plain_small"], small, self.plain, "plain"), options.repeat),
            "render logic": (lambda: self.render_group(at["logic"], small, at["logic_small"], max(1, small // 4), self.logic, "logic"), options.repeat),
            "memory": (self.memory_group, 1),
            "start": (self.start_group, 7),
        }
        for name, (make, repeats) in jobs.items():
            if not options.only or any(word in name for word in options.only.split(",")):
                self.run_group(name, make(), repeats)
        print()
        if self.skipped:
            print("not on this machine: " + ", ".join(self.skipped))
        result = {"machine": machine.describe(), "rows": rows, "small": small, "scratch": options.scratch, "not_found": self.skipped, "groups": self.groups}
        result["goals"] = report.goals(self.groups)
        print(report.goal_table(result["goals"]))
        if not options.no_result:
            report.save(result, os.path.join(HERE, "..", "results"))


ENVIRONMENT = {**os.environ, "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "DOTNET_NOLOGO": "1", "NO_COLOR": "1"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "instructkit-bench")
    memory = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 8e9 else None
    parser.add_argument("--work", default=cache, help="folder of inputs, packages and binaries (default: %(default)s)")
    parser.add_argument("--scratch", default=memory, help="folder of outputs; memory where there is some, so that the disk is not what is measured")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the main inputs (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each fast program (default: %(default)s)")
    parser.add_argument("--slow-repeat", type=int, default=2, help="runs of each slow peer, on fewer rows (default: %(default)s)")
    parser.add_argument("--only", help="groups to run: build, mix, render, memory, start")
    parser.add_argument("--jit", help="folder of a published portable instructkit")
    parser.add_argument("--aot", help="folder of a published Native AOT instructkit")
    parser.add_argument("--no-aot", action="store_true", help="leave Native AOT out")
    parser.add_argument("--large", action="store_true", help="also 10 GB, for the memory goal")
    parser.add_argument("--no-result", action="store_true", help="write no result file")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    options.scratch = options.scratch or options.work
    bench = Bench(options)
    try:
        bench.run()
    except RunFailed as failure:
        raise SystemExit(str(failure)) from None
    finally:
        shutil.rmtree(bench.out, ignore_errors=True)


if __name__ == "__main__":
    main()
