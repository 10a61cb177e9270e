#!/usr/bin/env python3
"""Writes the expectations (.out) of the cases (.txt) below this folder by running the built tool. For people; no test runs this.

usage: write.py INSTRUCTKIT_DLL [CASE.txt ...]      look at the difference before committing it

A case begins with the arguments in one line ({dir} is a scratch folder); sections behind it prepare the folder:
  === file PATH           the lines below, up to the next section
  === line PATH NUMBER    the line below takes the place of that line
  === remove PATH
  === folder PATH
  === sample TASK         the shipped sample rows of a task, below data/
  === run ARGUMENTS       a command to run before
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile


def sections(text):
    head, *rest = text.split("\n=== ")
    for part in rest:
        title, _, body = part.rstrip("\n").partition("\n")
        yield title.split(" "), body
    yield ["command", *head.rstrip("\n").split(" ")], ""


def run(dll, folder, arguments):
    arguments = [argument.replace("{dir}", str(folder)) for argument in arguments if argument]
    return subprocess.run(["dotnet", dll, *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def expectation(dll, case, folder):
    home = dll.parent
    for (kind, *words), body in sections(case.read_text()):
        path = folder / words[0] if words else folder
        if kind == "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body + "\n")
        elif kind == "line":
            lines = path.read_text().split("\n")
            lines[int(words[1]) - 1] = body
            path.write_text("\n".join(lines))
        elif kind == "remove":
            path.unlink()
        elif kind == "folder":
            path.mkdir(parents=True)
        elif kind == "sample":
            shutil.copytree(home / "samples" / "data" / words[0], folder / "data" / words[0])
        elif kind == "run":
            run(dll, folder, words)
        else:
            done = run(dll, folder, words)
    text = f"exit {done.returncode}\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}"
    return text.replace(str(folder), "{dir}").replace(str(home), "{home}")


def main():
    dll = pathlib.Path(sys.argv[1]).resolve()
    here = pathlib.Path(__file__).parent
    for case in map(pathlib.Path, sys.argv[2:] or sorted(here.rglob("*.txt"))):
        with tempfile.TemporaryDirectory() as folder:
            case.with_suffix(".out").write_text(expectation(dll, case, pathlib.Path(folder)))


main()
