"""Scoring predictions: `instructkit score` beside metrics.py, the plain-Python port that agrees with the vectors.

  python3 scoring.py INSTRUCTKIT_DLL [ROWS] [METRIC ...]     rows: 1,000,000; metrics: bleu rouge chrf ter accuracy

Makes evaluation sets of one task under ten templates, so that ROWS predictions are scored. The figures of both must agree. Time is CPU time of the whole
process for instructkit (reading, joining, scoring; intervals are measured on their own), and of scoring alone for Python, which gets every fiftieth row.
"""
import json, os, pathlib, random, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
WORDS = 'river stone bridge runs running quickly national relational city state dogs maybe yes end red blue green of in on at , . 12 3.5'.split()
SHARE = 50
# Name of the metric in the task, its profile, and where in the report the figure is.
METRICS = {'bleu': 'official', 'rouge': 'official', 'chrf': 'official', 'ter': 'official', 'accuracy': 'flan-code'}
NAMES = {'rouge': 'rougeLsum'}


def make(folder, metric, rows):
    """Writes eval/ and predictions.jsonl, and a file for metrics.py with every fiftieth row; returns the size of that."""
    chance, sets, taken = random.Random(1), [], 0
    (folder / 'eval/test').mkdir(parents=True)
    with open(folder / 'predictions.jsonl', 'w') as predictions, open(folder / 'python.jsonl', 'w') as python:
        for template in range(10):
            path = f'test/bench.t{template}.jsonl'
            with open(folder / 'eval' / path, 'w') as gold:
                for row in range(rows // 10):
                    reference = [chance.choice(WORDS) for _ in range(chance.randint(5, 25))]
                    text = [word if chance.random() < 0.7 else chance.choice(WORDS) for word in reference]
                    id, reference, text = f'bench:test:{row}:t{template}:0', ' '.join(reference), ' '.join(text)
                    gold.write(json.dumps(dict(id=id, input='', target=reference, choices=[], answer_index=-1, answer_indexes=[], answers=[reference], group='', metrics=[],
                                               task='bench', cluster='bench', template=f't{template}', split='test', row=row)) + '\n')
                    predictions.write(json.dumps(dict(id=id, text=text)) + '\n')
                    if row % SHARE == 0:
                        python.write(json.dumps(dict(prediction=text, references=[reference])) + '\n')
                        taken += 1
            sets.append(dict(path=path, name=f'ik_bench-t{template}', tree='test', split='held_out', variant='', task='bench', cluster='bench', template=f't{template}', ranked=False,
                             rows=rows // 10, sha256='', metrics=[NAMES.get(metric, metric)], contract=dict(format='text', match='exact', stop=[], pattern=None)))
    (folder / 'eval/sets.json').write_text(json.dumps(dict(schema_version=1, sets=sets)))
    return taken


def run(command):
    """CPU seconds, wall seconds, peak memory in MB and output of a process."""
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f'{command} failed')
    return usage.ru_utime + usage.ru_stime, time.time() - start, usage.ru_maxrss / 1024, output


def main(dll, rows, metrics):
    print(f'{"metric":9} {"instructkit, us/row":>20} {"s":>7} {"MB":>7} {"with 1,000 resamples, s":>24} {"Python, us/row":>15} {"times":>7}')
    for metric in metrics:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            make(folder, metric, rows)
            score = ['dotnet', dll, 'score', str(folder / 'predictions.jsonl'), '--eval', name, '--profile', METRICS[metric], '--json']
            cpu, wall, memory, report = run([*score, '--resamples', '0'])
            _, resampled, _, _ = run(score)
            figure = json.loads(report)['variants'][0]['tasks'][0]['metrics'][0]['mean']['value']
            python = times = '-'
            if metric != 'accuracy':
                _, _, _, output = run([sys.executable, str(HERE / 'metrics.py'), 'bench', metric, str(folder / 'python.jsonl')])
                words = output.split()
                python = float(words[-2])
                # A share of the rows, and means of ten corpora beside one corpus: near, not equal.
                if abs(float(words[1]) - figure) > 1:
                    sys.exit(f'{metric}: {figure} here, {words[1]} in Python')
                times, python = f'{python / (1e6 * cpu / rows):.0f}', f'{python:.1f}'
            print(f'{metric:9} {1e6 * cpu / rows:20.2f} {wall:7.1f} {memory:7.0f} {resampled:24.1f} {python:>15} {times:>7}', flush=True)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000, sys.argv[3:] or list(METRICS))
