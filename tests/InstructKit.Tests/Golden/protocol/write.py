#!/usr/bin/env python3
"""Writes the expectations (.jsonl) of the plans (.yaml) beside this file by building them with the built tool. For people; no test runs this.

usage: write.py INSTRUCTKIT_DLL [PLAN.yaml ...]      look at the difference before committing it
"""
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
for plan in [pathlib.Path(name).resolve() for name in sys.argv[2:]] or sorted(here.glob("*.yaml")):
    with tempfile.TemporaryDirectory() as folder:
        tasks = [] if "\ntasks:" in (text := plan.read_text()) or "\nfrom:" in text else ["--tasks", str(here / "tasks" / "tickets.yaml")]
        subprocess.run(["dotnet", sys.argv[1], "build", str(plan), "--data", str(here / "data"), *tasks, "--out", f"{folder}/out"], check=True, capture_output=True)
        files = sorted(pathlib.Path(folder, "out", "data").glob("*.jsonl"))
        plan.with_suffix(".jsonl").write_text("".join(f"=== {file.name.split('-')[0]}\n{file.read_text()}" for file in files))
