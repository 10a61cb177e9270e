"""Scoring predictions: `instructkit score` beside metrics.py, the plain-Python port that agrees with the vectors.

  python3 scoring.py INSTRUCTKIT [ROWS] [METRIC ...]     a dll or a native tool; rows: 1,000,000; metrics: accuracy bleu rouge chrf ter

Makes evaluation sets of one task under ten templates, so that ROWS predictions are scored. Both do the same job: read predictions and rows, join them by id, score each template; Python gets
every fiftieth row, and the figures of both must agree on those. Time is CPU time: of the whole process for instructkit, without the start of the interpreter for Python. Intervals
(1,000 resamples of all rows) and the growth of memory with ten times the rows have columns of their own.
"""
import json, os, pathlib, random, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
WORDS = 'river stone bridge runs running quickly national relational city state dogs maybe yes end red blue green of in on at , . 12 3.5'.split()
SHARE, TEMPLATES = 50, 10
# Name of the metric in the task and its profile.
METRICS = {'accuracy': ('accuracy', 'flan-code'), 'bleu': ('bleu', 'official'), 'rouge': ('rougeLsum', 'official'), 'chrf': ('chrf', 'official'), 'ter': ('ter', 'official')}


def make(folder, metric, rows, share=1):
    """Writes eval/ and predictions.jsonl with every share-th row."""
    chance, sets = random.Random(1), []
    (folder / 'eval/test').mkdir(parents=True)
    with open(folder / 'predictions.jsonl', 'w') as predictions:
        for template in range(TEMPLATES):
            path = f'test/bench.t{template}.jsonl'
            with open(folder / 'eval' / path, 'w') as gold:
                for row in range(0, rows // TEMPLATES, share):
                    reference = [chance.choice(WORDS) for _ in range(chance.randint(5, 25))]
                    text = [word if chance.random() < 0.7 else chance.choice(WORDS) for word in reference]
                    id, reference, text = f'bench:test:{row}:t{template}:0', ' '.join(reference), ' '.join(text)
                    gold.write(json.dumps(dict(id=id, input='', target=reference, choices=[], answer_index=-1, answer_indexes=[], answers=[reference], group='', metrics=[],
                                               task='bench', cluster='bench', template=f't{template}', split='test', row=row)) + '\n')
                    predictions.write(json.dumps(dict(id=id, text=text)) + '\n')
            sets.append(dict(path=path, name=f'ik_bench-t{template}', tree='test', split='held_out', variant='', task='bench', cluster='bench', template=f't{template}', ranked=False,
                             rows=len(range(0, rows // TEMPLATES, share)), sha256='', metrics=[METRICS[metric][0]], contract=dict(format='text', match='exact', stop=[], pattern=None)))
    (folder / 'eval/sets.json').write_text(json.dumps(dict(schema_version=1, sets=sets)))


def run(command):
    """CPU seconds, wall seconds, peak memory in MB and output of a process."""
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f'{command} failed')
    return usage.ru_utime + usage.ru_stime, time.time() - start, usage.ru_maxrss / 1024, output


def score(tool, folder, metric, *options):
    start = ['dotnet', tool] if tool.endswith('.dll') else [tool]
    return run([*start, 'score', str(folder / 'predictions.jsonl'), '--eval', str(folder), '--profile', METRICS[metric][1], '--json', *options])


def figure(report):
    return json.loads(report)['variants'][0]['tasks'][0]['metrics'][0]['mean']['value']


def main(tool, rows, metrics):
    print('| metric | instructkit, us/row | Python, us/row | times | wall, s | MB | MB, a tenth of the rows | 1,000 resamples, s of CPU time |')
    print('|---|---|---|---|---|---|---|---|')
    for metric in metrics:
        with tempfile.TemporaryDirectory() as name:
            whole, tenth, shared = pathlib.Path(name, 'whole'), pathlib.Path(name, 'tenth'), pathlib.Path(name, 'shared')
            make(whole, metric, rows)
            make(tenth, metric, rows // 10)
            make(shared, metric, rows, SHARE)
            cpu, wall, memory, _ = score(tool, whole, metric, '--resamples', '0')
            resampled, _, _, _ = score(tool, whole, metric)
            _, _, small, _ = score(tool, tenth, metric, '--resamples', '0')
            words = run([sys.executable, str(HERE / 'metrics.py'), 'score', metric, str(shared)])[3].split()
            own = figure(score(tool, shared, metric, '--resamples', '0')[3])
            if abs(float(words[1]) - own) > 1e-6:
                sys.exit(f'{metric}: {own} here, {words[1]} in Python')
            python, ours = float(words[-2]), 1e6 * cpu / rows
            print(f'| {metric} | {ours:.2f} | {python:.1f} | {python / ours:.0f} | {wall:.1f} | {memory:.0f} | {small:.0f} | {resampled - cpu:.1f} |', flush=True)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000, sys.argv[3:] or list(METRICS))
