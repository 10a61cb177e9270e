"""Tables, goals and the result files of the benchmark."""

import json
import os
import time


def line(result):
    if result["rows"] == 1:
        return f"  {result['name']:<42} {result['wall_s'] * 1000:>8.0f} ms {result['cpu_s'] * 1000:>8.0f} ms cpu {result['peak_mb']:>6} MB"
    return (f"  {result['name']:<42} {result['rows_per_s']:>11,} rows/s {result['mb_per_s']:>8,.0f} MB/s"
            f" {result['cpu_s'] / result['rows'] * 1e9:>8,.0f} ns cpu/row {result['peak_mb']:>6} MB{differs(result)}")


def differs(result):
    return "" if result["agree"] == 1 else f"  agrees on {100 * result['agree']:.0f} %"


def goals(groups):
    """The goals of the project: text, wanted, found, met. Ratios are of rows per second in one run; of ours the form that ships, Native AOT, when it ran."""
    by_name = {result["name"]: result for group in ("mix", "render plain", "render logic", "memory", "start", "build") for result in groups.get(group, [])}
    renders = {kind: {result["name"]: result for result in groups.get(f"render {kind}", [])} for kind in ("plain", "logic")}
    found = []

    def rate(name, source=by_name):
        return source[name]["rows_per_s"] if name in source else None

    def at_least(text, wanted, value, unit="×"):
        if value is not None:
            found.append({"goal": text, "wanted": f"≥ {wanted} {unit}", "found": f"{value:.2f} {unit}" if value < 100 else f"{value:.0f} {unit}", "met": value >= wanted})

    def at_most(text, wanted, value, unit):
        if value is not None:
            found.append({"goal": text, "wanted": f"≤ {wanted} {unit}", "found": f"{value:.2f} {unit}" if value < 10 else f"{value:.0f} {unit}", "met": value <= wanted})

    def over(a, b):
        return a / b if a and b else None

    aot = " AOT" if any(" AOT" in result["name"] for group in groups.values() for result in group) else ""
    best = rate(f"build{aot}, 2 jobs")
    duck = max(filter(None, (rate("DuckDB, 1 thread"), rate("DuckDB, 2 threads"))), default=None)
    at_least("build over DuckDB's best", 4, over(best, duck))
    at_least("build over json + Jinja2, 2 processes", 25, over(best, rate("python json + jinja2, 2 processes")))
    at_most("C copy, 2 threads, over build", 3, over(rate("C copy, 2 threads"), best), "×")
    at_least("shuffled over unshuffled build", 0.6, over(rate(f"build{aot} shuffled, 2 jobs"), best))
    if f"build{aot} all, 2 jobs" in by_name:
        at_least("build of all templates", 600, by_name[f"build{aot} all, 2 jobs"]["mb_per_s"], "MB/s")
    at_least("render of if/for/filters over Jinja2, one core", 12, over(rate(f"render{aot} logic, 1 job", renders["logic"]), rate("python json + jinja2, 1 process", renders["logic"])))
    at_least("render of plain templates over Jinja2, one core", 15, over(rate(f"render{aot} plain, 1 job", renders["plain"]), rate("python json + jinja2, 1 process", renders["plain"])))
    at_least("Parquet in over JSON Lines in", 1, over(rate(f"build{aot} parquet, 2 jobs"), best))
    csv = rate("python csv + format, 1 process")
    at_least("CSV in over Python csv + str.format, 2 processes (twice one)", 1, over(rate(f"build{aot} csv, 2 jobs"), csv and 2 * csv))
    at_least("two jobs over one core", 1.6, over(best, rate(f"build{aot}, one core") or rate(f"build{aot}, 1 job")))
    at_least("sixteen jobs over two", 0.95, over(rate(f"build{aot}, 16 jobs"), best))
    for name in (f"build{aot} {size}{shuffled}, 2 jobs" for size in ("1 GB", "10 GB") for shuffled in ("", " shuffled")):
        if name in by_name:
            at_most(f"peak memory, {name}", 256, by_name[name]["peak_mb"], "MB")
    milliseconds = {name: result["wall_s"] * 1000 for name, result in by_name.items() if result["rows"] == 1}
    for name, limit in (("--version AOT", 20), ("tasks AOT", 40), ("build of the samples AOT", 700), ("build of the samples portable", 1200)):
        at_most(name, limit, milliseconds.get(name), "ms")
    at_most("--version portable over an empty program", 1.7, over(milliseconds.get("--version portable"), milliseconds.get("empty .NET program")), "×")
    return found


def goal_table(found):
    rows = [f"| {goal['goal']} | {goal['wanted']} | {goal['found']} | {'yes' if goal['met'] else 'no'} |" for goal in found]
    return "\n".join(["| goal | wanted | found | met |", "|---|---|---|---|", *rows])


def markdown(result, day):
    machine = result["machine"]
    text = [f"# Whole processes, {day}", "",
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; load before and during {machine['load']}. "
            f"Outputs in `{result['scratch']}`. Medians; memory is that of the largest process.", "",
            ", ".join(f"{name} {version}" for name, version in machine["versions"].items()), ""]
    for name, group in result["groups"].items():
        if group and group[0]["rows"] == 1:
            text += [f"## {name}", "", "| | ms | ms CPU | peak MB |", "|---|---:|---:|---:|"]
            text += [f"| {run['name']} | {run['wall_s'] * 1000:.0f} | {run['cpu_s'] * 1000:.0f} | {run['peak_mb']} |" for run in group]
        else:
            text += [f"## {name}", "", "| | rows | rows/s | MB/s out | ns CPU per row | peak MB |", "|---|---:|---:|---:|---:|---:|"]
            text += [f"| {run['name']} | {run['rows']:,} | {run['rows_per_s']:,} | {run['mb_per_s']:,.0f} | {run['cpu_s'] / run['rows'] * 1e9:,.0f} | {run['peak_mb']}{differs(run)} |"
                     for run in sorted(group, key=lambda run: -run["rows_per_s"])]
        text.append("")
    return "\n".join(text + ["## Goals", "", goal_table(result["goals"]), ""])


def save(result, folder):
    day = time.strftime("%Y-%m-%d")
    os.makedirs(folder, exist_ok=True)
    stem = os.path.join(folder, f"{day}-compare")
    with open(stem + ".json", "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1, ensure_ascii=False)
        file.write("\n")
    with open(stem + ".md", "w", encoding="utf-8") as file:
        file.write(markdown(result, day))
    print(f"\nwritten: {os.path.relpath(stem)}.json and .md")
