"""Peer: json or orjson, with Jinja2 compiled once or str.format. One or more processes, each on its share of the lines.

python_peer.py build|render json|orjson|csv jinja2|format PROCESSES INPUT OUTPUT TEMPLATES.json
"""

import csv
import json
import multiprocessing
import os
import sys

JOB, READER, ENGINE, PROCESSES, INPUT, OUTPUT, TEMPLATES = sys.argv[1:8]


def share(number, count):
    """Byte range of this process, at line borders."""
    size = os.path.getsize(INPUT)

    def border(n):
        if n == 0 or n == count:
            return size * n // count
        with open(INPUT, "rb") as file:
            file.seek(size * n // count)
            file.readline()
            return file.tell()

    return border(number), border(number + 1)


def rows(start, end):
    with open(INPUT, "rb") as file:
        file.seek(start)
        left = end - start
        if READER == "csv":
            lines = (line.decode("utf-8") for line in iter(lambda: file.readline() if file.tell() < end else b"", b""))
            names = ("premise", "hypothesis", "label", "idx")
            for row in csv.reader(lines):
                if row[3] != "idx":
                    yield dict(zip(names, row))
            return
        loads = json.loads if READER == "json" else __import__("orjson").loads
        for line in file:
            left -= len(line)
            yield loads(line)
            if left <= 0:
                return


def renderers():
    with open(TEMPLATES, encoding="utf-8") as file:
        texts = json.load(file)
    if ENGINE == "format":
        return [text.replace("{{ ", "{").replace(" }}", "}").format_map for text in texts]
    import jinja2

    environment = jinja2.Environment()
    return [environment.from_string(text).render for text in texts]


def work(number):
    count = int(PROCESSES)
    start, end = share(number, count)
    if READER == "orjson":
        import orjson

        dumps = orjson.dumps
    else:
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        dumps = lambda value: encode(value).encode("utf-8")
    path = OUTPUT if count == 1 else f"{OUTPUT}.{number}"
    render = renderers()
    with open(path, "wb") as out:
        if JOB == "build":
            for row in rows(start, end):
                n = int(row["idx"]) % len(render)
                out.write(dumps({"input": render[n](row), "target": row["label"], "task": "bench_rte", "template": f"t{n}"}))
                out.write(b"\n")
        else:
            with open(TEMPLATES, encoding="utf-8") as file:
                by_text = dict(zip(json.load(file), render))
            for row in rows(start, end):
                out.write(dumps({"output": by_text[row["template"]](row["row"])}))
                out.write(b"\n")


if __name__ == "__main__":
    if int(PROCESSES) == 1:
        work(0)
    else:
        with multiprocessing.get_context("fork").Pool(int(PROCESSES)) as pool:
            pool.map(work, range(int(PROCESSES)), chunksize=1)
