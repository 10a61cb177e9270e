"""Plain-Python metrics: an oracle for vectors and the baseline of the scoring benchmark.

Written from the published rules (sacrebleu 2, rouge_score, NLTK's description of its Porter extensions), in the way such a
script is usually written: counters of tuples, one segment at a time. Needs the third-party module `regex` for the tokenizer intl.

  python3 metrics.py check FILE...        compare with vectors, one JSON object a line
  python3 metrics.py make SEED COUNT      print random vectors with this script's values
  python3 metrics.py score METRIC FOLDER  score FOLDER/predictions.jsonl for the rows of FOLDER/eval, print the mean over templates and the CPU seconds
"""
import json, math, random, re, sys, time
from collections import Counter

try:
    import regex
except ImportError:
    regex = None

# ---- BLEU -------------------------------------------------------------------------------------------------------------------

WESTERN = [(re.compile(r'([{-~\[-` -&(-+:-@/])'), r' \1 '), (re.compile(r'([^0-9])([.,])'), r'\1 \2 '),
           (re.compile(r'([.,])([^0-9])'), r' \1 \2'), (re.compile(r'([0-9])(-)'), r'\1 \2 ')]


def western(line):
    for pattern, replacement in WESTERN:
        line = pattern.sub(replacement, line)
    return ' '.join(line.split())


def tok_13a(line):
    line = line.replace('<skipped>', '').replace('-\n', '').replace('\n', ' ')
    for entity, text in (('&quot;', '"'), ('&amp;', '&'), ('&lt;', '<'), ('&gt;', '>')):
        line = line.replace(entity, text)
    return western(f' {line} ')


ZH = [(0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0x9FA6, 0x9FBB), (0xF900, 0xFA2D), (0xFA30, 0xFA6A), (0xFA70, 0xFAD9), (0xFF00, 0xFFEF),
      (0x2E80, 0x2EFF), (0x3000, 0x303F), (0x31C0, 0x31EF), (0x2F00, 0x2FDF), (0x2FF0, 0x2FFF), (0x3100, 0x312F), (0x31A0, 0x31BF),
      (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0x2600, 0x26FF), (0x2700, 0x27BF), (0x3200, 0x32FF), (0x3300, 0x33FF)]
# Two ranges of sacrebleu have four-digit escapes followed by a digit and are compared as text.
ZH_TEXT = [('\u2000' + '0', '\u2a6d' + '6'), ('\u2f80' + '0', '\u2fa1' + 'd')]


def is_zh(char):
    return any(a <= ord(char) <= b for a, b in ZH) or any(a <= char <= b for a, b in ZH_TEXT)


def tok_zh(line):
    return western(''.join(f' {c} ' if is_zh(c) else c for c in line.strip()))


def tok_intl(line, cache=[]):
    if not cache:
        cache += [(regex.compile(r'(\P{N})(\p{P})'), r'\1 \2 '), (regex.compile(r'(\p{P})(\P{N})'), r' \1 \2'), (regex.compile(r'(\p{S})'), r' \1 ')]
    for pattern, replacement in cache:
        line = pattern.sub(replacement, line)
    return ' '.join(line.split())


TOKENIZERS = {'13a': tok_13a, 'intl': tok_intl, 'zh': tok_zh, 'char': ' '.join, 'none': lambda line: line}


def ngrams(tokens, order):
    return Counter(tuple(tokens[i:i + n]) for n in range(1, order + 1) for i in range(len(tokens) - n + 1))


def bleu_stats(hyp, refs, tokenize, lowercase=False, order=4):
    prepare = lambda text: TOKENIZERS[tokenize]((text.lower() if lowercase else text).rstrip()).split()
    hyp = prepare(hyp)
    counts, lengths = Counter(), []
    for ref in refs:
        tokens = prepare(ref)
        lengths.append(len(tokens))
        for gram, count in ngrams(tokens, order).items():
            counts[gram] = max(counts[gram], count)
    correct, total = [0] * order, [0] * order
    for gram, count in ngrams(hyp, order).items():
        total[len(gram) - 1] += count
        correct[len(gram) - 1] += min(count, counts.get(gram, 0))
    return [len(hyp), min(lengths, key=lambda length: (abs(length - len(hyp)), length))] + correct + total


def bleu(stats, smooth='exp', value=None, effective=False):
    order = (len(stats) - 2) // 2
    sys_len, ref_len, correct, total = stats[0], stats[1], list(stats[2:2 + order]), list(stats[2 + order:])
    bp = 1.0 if sys_len >= ref_len else math.exp(1 - ref_len / sys_len) if sys_len else 0.0
    result = dict(score=0.0, bp=bp, sys_len=sys_len, ref_len=ref_len, counts=correct, totals=total, precisions=[0.0] * order)
    if not any(correct):
        return result
    value = {'floor': 0.1, 'add-k': 1}.get(smooth) if value is None else value
    power, used = 1, order
    for n in range(order):
        if smooth == 'add-k' and n:
            correct[n] += value
            total[n] += value
        if not total[n]:
            break
        if effective:
            used = n + 1
        if correct[n]:
            result['precisions'][n] = 100 * correct[n] / total[n]
        elif smooth == 'exp':
            power *= 2
            result['precisions'][n] = 100 / (power * total[n])
        elif smooth == 'floor':
            result['precisions'][n] = 100 * value / total[n]
    result['score'] = bp * math.exp(sum(math.log(p) if p else -9999999999 for p in result['precisions'][:used]) / used)
    return result


# ---- chrF -------------------------------------------------------------------------------------------------------------------

PUNCTUATION = set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')


def chrf_words(text):
    words = []
    for word in text.split():
        if len(word) > 1 and word[-1] in PUNCTUATION:
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in PUNCTUATION:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words


def chrf_counts(text, char_order, word_order, lowercase, whitespace):
    text = text.lower() if lowercase else text
    chars = text if whitespace else ''.join(text.split())
    words = chrf_words(text)
    return [Counter(chars[i:i + n] for i in range(len(chars) - n + 1)) for n in range(1, char_order + 1)] + \
           [Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1)) for n in range(1, word_order + 1)]


def chrf_score(stats, beta, eps_smoothing):
    orders, factor, smoothed, ps, rs, present = len(stats) // 3, beta ** 2, 0.0, 0.0, 0.0, 0
    for i in range(orders):
        h, r, m = stats[3 * i:3 * i + 3]
        p, q = (m / h if h else 1e-16), (m / r if r else 1e-16)
        smoothed += (1 + factor) * p * q / (factor * p + q) if factor * p + q > 0 else 1e-16
        if h and r:
            ps, rs, present = ps + p, rs + q, present + 1
    if eps_smoothing:
        return 100 * smoothed / orders
    if not present or ps + rs == 0:
        return 0.0
    ps, rs = ps / present, rs / present
    return 100 * (1 + factor) * ps * rs / (factor * ps + rs)


def chrf_stats(hyp, refs, char_order=6, word_order=0, beta=2, lowercase=False, whitespace=False, eps_smoothing=False):
    hyp = chrf_counts(hyp, char_order, word_order, lowercase, whitespace)
    best, best_score = None, -1
    for ref in refs:
        stats = []
        for h, r in zip(hyp, chrf_counts(ref, char_order, word_order, lowercase, whitespace)):
            stats += [sum(h.values()) if r else 0, sum(r.values()), sum((h & r).values())]
        score = chrf_score(stats, beta, eps_smoothing)
        if score > best_score:
            best, best_score = stats, score
    return best


# ---- TER --------------------------------------------------------------------------------------------------------------------

ASIAN = '\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09'


def ter_tokens(text, normalized=False, no_punct=False, asian_support=False, case_sensitive=False):
    text = text.rstrip()
    text = text if case_sensitive else text.lower()
    if normalized and text:
        text = text.replace('\n-', '').replace('\n', ' ')
        for entity, char in (('&quot;', '"'), ('&amp;', '&'), ('&lt;', '<'), ('&gt;', '>')):
            text = text.replace(entity, char)
        text = WESTERN[0][0].sub(r' \1 ', f' {text} ').replace("'s ", " 's ")
        for pattern, replacement in WESTERN[1:]:
            text = pattern.sub(replacement, text)
        if asian_support:
            text = re.sub('([\u4e00-\u9fff\u3400-\u4dbf\u31c0-\u31ef\u2e80-\u2eff\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f\u3200-\u3f22])', r' \1 ', text)
            text = re.sub(f'([{ASIAN}])', r' \1 ', text)
    if no_punct:
        text = re.sub(r'[.,?:;!"()]', '', text)
        if asian_support:
            text = re.sub(f'[{ASIAN}]', '', text)
    return text.split()


def beam_distance(hyp, ref):
    """Edit distance near the diagonal, and the trace from the start: k(eep), s(ubstitute), d(elete), i(nsert)."""
    far, n, m = 10 ** 16, len(hyp), len(ref)
    rows = [[(j, 'i') for j in range(m + 1)]]
    ratio = m / n if n else 1
    beam = math.ceil(ratio / 2 + 25) if 25 < ratio / 2 else 25
    for i in range(1, n + 1):
        row, above = [(far, '?')] * (m + 1), rows[-1]
        centre = math.floor(i * ratio)
        for j in range(max(0, centre - beam), m + 1 if i == n else min(m + 1, centre + beam)):
            if j == 0:
                row[0] = (above[0][0] + 1, 'd')
                continue
            same = hyp[i - 1] == ref[j - 1]
            for cost, op in ((above[j - 1][0] + (not same), 'k' if same else 's'), (above[j][0] + 1, 'd'), (row[j - 1][0] + 1, 'i')):
                if cost < row[j][0]:
                    row[j] = (cost, op)
        rows.append(row)
    trace, i, j = [], n, m
    while i or j:
        op = rows[i][j][1]
        trace.append(op)
        i, j = i - (op != 'i'), j - (op != 'd')
    return rows[-1][-1][0], trace[::-1]


def ter_edits(hyp, ref):
    if not ref:
        return len(hyp)
    shifts = tried = 0
    while True:
        before, trace = beam_distance(hyp, ref)
        align, hyp_wrong, ref_wrong, i = {}, [], [], -1
        for op in trace:
            if op in 'ksd':
                i += 1
                hyp_wrong.append(op != 'k')
            if op in 'ksi':
                align[len(ref_wrong)] = i
                ref_wrong.append(op != 'k')
        best = None
        for h in range(len(hyp)):
            for r in range(len(ref)):
                if abs(r - h) > 50:
                    continue
                length = 0
                while length < 10 and h + length < len(hyp) and r + length < len(ref) and hyp[h + length] == ref[r + length]:
                    length += 1
                    if not any(hyp_wrong[h:h + length]) or not any(ref_wrong[r:r + length]) or h <= align[r] < h + length:
                        continue
                    last = None
                    for offset in range(-1, length):
                        to = 0 if r + offset < 0 else align[r + offset] + 1
                        if to == last:
                            continue
                        last = to
                        words, rest = hyp[h:h + length], hyp[:h] + hyp[h + length:]
                        at = to if to < h else to - length if to > h + length else to
                        moved = rest[:at] + words + rest[at:]
                        candidate = (before - beam_distance(moved, ref)[0], length, -h, -to, moved)
                        tried += 1
                        if best is None or candidate > best:
                            best = candidate
                    if tried >= 1000:
                        break
                if tried >= 1000:
                    break
            if tried >= 1000:
                break
        if tried >= 1000 or best is None or best[0] <= 0:
            return shifts + before
        shifts, hyp = shifts + 1, best[4]


def ter_stats(hyp, refs, **options):
    hyp, refs = ter_tokens(hyp, **options), [ter_tokens(ref, **options) for ref in refs]
    return [min(ter_edits(hyp, ref) for ref in refs), sum(map(len, refs)) / len(refs)]


def ter(stats):
    return 100 * (stats[0] / stats[1] if stats[1] else float(stats[0] > 0))


# ---- ROUGE ------------------------------------------------------------------------------------------------------------------

VOWELS = 'aeiou'


def consonant(word, i):
    return word[i] not in VOWELS and (word[i] != 'y' or i == 0 or not consonant(word, i - 1))


def measure(stem):
    return ''.join('c' if consonant(stem, i) else 'v' for i in range(len(stem))).count('vc')


def has_vowel(stem):
    return any(not consonant(stem, i) for i in range(len(stem)))


def short_end(word):
    if len(word) == 2:
        return not consonant(word, 0) and consonant(word, 1)
    return len(word) > 2 and consonant(word, len(word) - 3) and not consonant(word, len(word) - 2) and consonant(word, len(word) - 1) and word[-1] not in 'wxy'


IRREGULAR = {'sky': 'sky', 'skies': 'sky', 'dying': 'die', 'lying': 'lie', 'tying': 'tie', 'news': 'news', 'innings': 'inning', 'inning': 'inning',
             'outings': 'outing', 'outing': 'outing', 'cannings': 'canning', 'canning': 'canning', 'howe': 'howe', 'proceed': 'proceed',
             'exceed': 'exceed', 'succeed': 'succeed'}
STEP2 = 'ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate ator>ate alism>al ' \
        'iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble fulli>ful logi>log'
STEP3 = 'icate>ic ative> alize>al iciti>ic ical>ic ful> ness>'
STEP4 = 'al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>'
STEPS = [[tuple(rule.split('>')) for rule in rules.split()] for rules in (STEP2, STEP3, STEP4)]


def apply(rules, word, least):
    for suffix, replacement in rules:
        if word.endswith(suffix):
            stem = word[:-len(suffix)]
            tested = word[:-3] if suffix == 'logi' else stem
            if measure(tested) > least and (suffix != 'ion' or stem[-1] in 'st'):
                return stem + replacement
            return word
    return word


def porter(word):
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= 2:
        return word
    if word.endswith('ies'):
        word = word[:-1] if len(word) == 4 else word[:-2]
    elif word.endswith('sses'):
        word = word[:-2]
    elif word.endswith('s') and not word.endswith('ss'):
        word = word[:-1]
    if word.endswith('ied'):
        word = word[:-1] if len(word) == 4 else word[:-2]
    elif word.endswith('eed'):
        word = word[:-1] if measure(word[:-3]) else word
    else:
        for suffix in ('ed', 'ing'):
            if word.endswith(suffix) and has_vowel(word[:-len(suffix)]):
                word = word[:-len(suffix)]
                if word[-2:] in ('at', 'bl', 'iz'):
                    word += 'e'
                elif len(word) > 1 and word[-1] == word[-2] and consonant(word, len(word) - 1):
                    word = word if word[-1] in 'lsz' else word[:-1]
                elif measure(word) == 1 and short_end(word):
                    word += 'e'
                break
    if word.endswith('y') and len(word) > 2 and consonant(word, len(word) - 2):
        word = word[:-1] + 'i'
    if word.endswith('alli') and measure(word[:-4]):
        word = word[:-2]
    word = apply(STEPS[2], apply(STEPS[1], apply(STEPS[0], word, 0), 0), 1)
    if word.endswith('e') and (measure(word[:-1]) > 1 or measure(word[:-1]) == 1 and not short_end(word[:-1])):
        word = word[:-1]
    return word[:-1] if word.endswith('ll') and measure(word[:-1]) > 1 else word


def rouge_tokens(text, stem):
    tokens = re.sub('[^a-z0-9]+', ' ', text.lower()).split()
    return [porter(token) if len(token) > 3 else token for token in tokens] if stem else tokens


def prf(hits, predicted, expected):
    p, r = hits / max(1, predicted), hits / max(1, expected)
    return dict(precision=p, recall=r, fmeasure=2 * p * r / (p + r) if p + r else 0.0)


def lcs_table(ref, hyp):
    table = [[0] * (len(hyp) + 1) for _ in range(len(ref) + 1)]
    for i, a in enumerate(ref, 1):
        row, above = table[i], table[i - 1]
        for j, b in enumerate(hyp, 1):
            row[j] = above[j - 1] + 1 if a == b else max(above[j], row[j - 1])
    return table


def lcs_indexes(ref, hyp):
    table, i, j, found = lcs_table(ref, hyp), len(ref), len(hyp), set()
    while i and j:
        if ref[i - 1] == hyp[j - 1]:
            i, j = i - 1, j - 1
            found.add(i)
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return found


def rouge(prediction, reference, stem=False, split=False):
    if split:
        prediction, reference = prediction.replace(' . ', ' .\n'), reference.replace(' . ', ' .\n')
    hyp, ref = rouge_tokens(prediction, stem), rouge_tokens(reference, stem)
    result = {}
    for n in (1, 2):
        h, r = (Counter(tuple(t[i:i + n]) for i in range(len(t) - n + 1)) for t in (hyp, ref))
        result[f'rouge{n}'] = prf(sum((h & r).values()), sum(h.values()), sum(r.values()))
    result['rougeL'] = prf(lcs_table(ref, hyp)[-1][-1], len(hyp), len(ref)) if hyp and ref else prf(0, 1, 1)
    hyps, refs = ([rouge_tokens(line, stem) for line in text.split('\n') if line] for text in (prediction, reference))
    left_h, left_r, hits = Counter(t for s in hyps for t in s), Counter(t for s in refs for t in s), 0
    for sentence in refs:
        union = set().union(*[lcs_indexes(sentence, other) for other in hyps]) if hyps else set()
        for token in (sentence[i] for i in sorted(union)):
            if left_h[token] > 0 and left_r[token] > 0:
                left_h[token], left_r[token], hits = left_h[token] - 1, left_r[token] - 1, hits + 1
    result['rougeLsum'] = prf(hits, len(hyp), len(ref))
    return result


# ---- vectors ----------------------------------------------------------------------------------------------------------------

def add(rows):
    return [sum(column) for column in zip(*rows)]


def per_row(row):
    prediction, references = row['prediction'], row['references']
    if isinstance(prediction, str):
        return [(prediction, references)]
    if row['metric'] in ('bleu', 'chrf', 'ter'):
        return list(zip(prediction, zip(*references)))
    return [(p, [r] if isinstance(r, str) else r) for p, r in zip(prediction, references)]


def compute(row):
    metric, options = row['metric'], row['options']
    if metric in ('bleu', 'bleu_t5', 'sentence_bleu'):
        rows = [bleu_stats(p, [r for r in refs if r is not None], options['tokenize'], options.get('lowercase', False), options.get('max_ngram_order', 4))
                for p, refs in per_row(row)]
        result = bleu(add(rows), options.get('smooth_method', 'exp'), options.get('smooth_value'), options.get('use_effective_order', False))
        return dict(result, bleu=result['score'])
    if metric == 'bleu_tokenize':
        return dict(text=TOKENIZERS[options['tokenize']](row['prediction']))
    if metric == 'chrf':
        return dict(score=chrf_score(add([chrf_stats(p, r, **options) for p, r in per_row(row)]), options.get('beta', 2), options.get('eps_smoothing', False)))
    if metric == 'ter':
        stats = add([ter_stats(p, r, **options) for p, r in per_row(row)])
        return dict(score=ter(stats), num_edits=stats[0], ref_length=stats[1])
    if metric == 'ter_tokenize':
        return dict(text=' '.join(ter_tokens(row['prediction'], **options)))
    if metric == 'rouge':
        return rouge(row['prediction'], row['references'][0], options['use_stemmer'])
    if metric in ('rouge_mean_t5', 'rouge_multi_ref'):
        scores = [[rouge(p, r, options.get('use_stemmer', False), True) for r in refs] for p, refs in per_row(row)]
        return {kind: 100 * sum(max(s[kind]['fmeasure'] for s in one) for one in scores) / len(scores) for kind in ('rouge1', 'rouge2', 'rougeL', 'rougeLsum')}
    if metric == 'porter_stem':
        return dict(stem=porter(row['prediction']))
    return None


def agrees(expected, actual):
    if isinstance(expected, dict):
        return all(agrees(value, actual.get(key)) for key, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    if isinstance(expected, (int, float)):
        return actual is not None and abs(expected - actual) < 1e-6
    return expected == actual


def check(files):
    good, bad, skipped = Counter(), Counter(), Counter()
    for file in files:
        for line in open(file, encoding='utf-8'):
            row = json.loads(line)
            actual = compute(row)
            if actual is None:
                skipped[row['metric']] += 1
            elif agrees(row['expected'], actual):
                good[row['metric']] += 1
            else:
                bad[row['metric']] += 1
                print(row['id'], row['expected'], actual)
    print(f'{sum(good.values())} agree, {sum(bad.values())} differ, {sum(skipped.values())} not computed here', dict(good))
    return 1 if bad else 0


WORDS = 'the a of river stone bridge runs running ran quickly happily national relational 12 3.5 1,000 city-state Anna\'s dogs, (maybe) "yes" end. ' \
        'café naïve Ωmega ΑΣ İzmir \u212aelvin 日本語 橋 、 ½ € + - … x² 😀 \u00a0 \u200b tab\tbed line\nfeed . ? &amp; &lt;b <skipped>'.split(' ')


def random_text(chance, longest):
    return ' '.join(chance.choice(WORDS) for _ in range(chance.randint(0, longest)))


def vary(chance, text):
    words = text.split(' ')
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(words) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            words.insert(at, chance.choice(WORDS))
        elif words and kind == 1:
            words.pop(min(at, len(words) - 1))
        elif words:
            start, size = chance.randrange(len(words)), chance.randint(1, 5)
            block, words = words[start:start + size], words[:start] + words[start + size:]
            at = min(at, len(words))
            words[at:at] = block
    return ' '.join(words)


def make(seed, count):
    chance = random.Random(seed)
    for i in range(count):
        longest = chance.choice((3, 12, 30, 80) if i % 70 == 3 or i % 7 != 3 else (3, 12, 16))
        refs = [random_text(chance, longest) for _ in range(chance.randint(1, 3))]
        hyp = vary(chance, chance.choice(refs))
        kinds = [
            ('bleu', dict(tokenize=chance.choice(list(TOKENIZERS)), smooth_method=chance.choice(('exp', 'floor', 'add-k', 'none')), lowercase=chance.random() < .3,
                          use_effective_order=chance.random() < .5, max_ngram_order=chance.choice((1, 2, 4, 6)))),
            ('bleu_tokenize', dict(tokenize=chance.choice(list(TOKENIZERS)))),
            ('chrf', dict(char_order=chance.choice((6, 6, 3)), word_order=chance.choice((0, 2, 3)), beta=chance.choice((1, 2, 3)), lowercase=chance.random() < .3,
                          whitespace=chance.random() < .3, eps_smoothing=chance.random() < .5)),
            ('ter', dict(normalized=chance.random() < .5, no_punct=chance.random() < .3, asian_support=chance.random() < .5, case_sensitive=chance.random() < .5)),
            ('rouge', dict(use_stemmer=chance.random() < .5)),
            ('rouge_multi_ref', {}),
            ('porter_stem', {}),
        ]
        metric, options = kinds[i % len(kinds)]
        prediction, references = [hyp], [[ref] for ref in refs]
        if metric == 'bleu_tokenize':
            prediction, references = hyp, []
        elif metric == 'rouge':
            prediction, references = hyp, refs[:1]
        elif metric == 'rouge_multi_ref':
            references = [refs]
        elif metric == 'porter_stem':
            letters = ''.join(chance.choice('abcdeilnorsty') for _ in range(chance.randint(1, 6)))
            suffix = chance.choice((STEP2 + ' ' + STEP3 + ' ' + STEP4 + ' ed> ing> s> ies> ied> eed> y> ll> e> >').split()).split('>')[0]
            prediction, references = letters + suffix, []
        row = dict(id=f'{metric}-{i}', metric=metric, prediction=prediction, references=references, options=options, expected=None, source='metrics.py')
        row['expected'] = compute(row)
        print(json.dumps(row, ensure_ascii=False))


def score(metric, folder):
    """The job of `instructkit score` without intervals: predictions are read, joined with their rows by id, and scored; each template on its own."""
    start, rows, values = time.process_time(), 0, []
    with open(f'{folder}/predictions.jsonl', encoding='utf-8') as lines:
        predictions = {row['id']: row['text'] for row in map(json.loads, lines)}
    for one in json.load(open(f'{folder}/eval/sets.json', encoding='utf-8'))['sets']:
        stats = []
        with open(f'{folder}/eval/{one["path"]}', encoding='utf-8') as lines:
            for row in map(json.loads, lines):
                text, answers = predictions[row['id']], row['answers']
                if metric == 'bleu':
                    stats.append(bleu_stats(text, answers, '13a'))
                elif metric == 'rouge':
                    stats.append(max(rouge(text, answer, True)['rougeLsum']['fmeasure'] for answer in answers))
                elif metric == 'chrf':
                    stats.append(chrf_stats(text, answers))
                elif metric == 'ter':
                    stats.append(ter_stats(text, answers))
                else:
                    stats.append(text.strip() in answers)
        rows += len(stats)
        values.append(bleu(add(stats))['score'] if metric == 'bleu' else chrf_score(add(stats), 2, False) if metric == 'chrf' else ter(add(stats)) if metric == 'ter'
                      else 100 * sum(stats) / len(stats))
    seconds = time.process_time() - start
    print(f'{metric} {sum(values) / len(values):.10f} {rows} rows {seconds:.3f} s of CPU time {1e6 * seconds / rows:.2f} us/row')


if __name__ == '__main__':
    if sys.argv[1] == 'check':
        sys.exit(check(sys.argv[2:]))
    elif sys.argv[1] == 'make':
        make(int(sys.argv[2]), int(sys.argv[3]))
    else:
        score(sys.argv[2], sys.argv[3])
