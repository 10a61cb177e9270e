"""Prints how many rules each target has, and how they were held against the consumer: a rule is a case of cases/TARGET.jsonl that is refused or warned of."""
import json
import pathlib

print("| target | right layouts | refused | by running | by reading | facts only | warned of |\n|---|---|---|---|---|---|---|")
for path in sorted(pathlib.Path(__file__).with_name("cases").glob("*.jsonl")):
    cases = [case for case in map(json.loads, path.open(encoding="utf-8")) if "expect" in case]
    refused = [case for case in cases if any(not code.startswith("~") for code in case["expect"])]
    warned = [case for case in cases if case["expect"] and case not in refused]
    by = [sum(case.get("by") == how for case in refused) for how in ("run", "read", "facts")]
    print(f"| {path.stem} | {len(cases) - len(refused) - len(warned)} | {len(refused)} | {by[0]} | {by[1]} | {by[2]} | {len(warned)} |")
