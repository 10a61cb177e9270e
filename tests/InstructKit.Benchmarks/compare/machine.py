"""What the figures were measured on, and the empty program that start-up is compared with."""

import importlib.metadata
import os
import platform
import subprocess
import sys


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return None


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def package(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def node_package(name):
    path = os.path.join(os.environ.get("BENCH_NODE_MODULES", ""), "node_modules", name, "package.json")
    return first_line("node", "-p", f"require({path!r}).version") if os.path.exists(path) else None


def describe():
    here = os.path.dirname(os.path.abspath(__file__))
    load = os.getloadavg()
    return {
        "processor": processor(), "cores": len(os.sched_getaffinity(0)), "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(), "load": [round(value, 1) for value in load],
        "versions": {key: value for key, value in {
            "commit": first_line("git", "-C", here, "describe", "--always", "--dirty"), "dotnet": first_line("dotnet", "--version"),
            "python": sys.version.split()[0], "jinja2": package("jinja2"), "orjson": package("orjson"), "node": first_line("node", "--version"),
            "jq": first_line("jq", "--version"), "gcc": first_line("gcc", "--version")}.items() if value}}


def empty_program(folder):
    """A .NET program that does nothing; built once."""
    binary = os.path.join(folder, "out", "empty")
    if not os.path.exists(binary):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "empty.csproj"), "w", encoding="utf-8") as file:
            file.write('<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>'
                       "<InvariantGlobalization>true</InvariantGlobalization></PropertyGroup></Project>")
        with open(os.path.join(folder, "Program.cs"), "w", encoding="utf-8") as file:
            file.write("return 0;\n")
        subprocess.run(["dotnet", "publish", folder, "-c", "Release", "-o", os.path.join(folder, "out"), "-v", "q"], check=True, stdout=subprocess.DEVNULL)
    return binary
