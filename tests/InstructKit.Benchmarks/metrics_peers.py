"""Vectors whose expected values come from other implementations: NLTK, scipy, scikit-learn (Debian python3-nltk, python3-scipy, python3-sklearn).

  python3 metrics_peers.py SEED COUNT     print COUNT random vectors of each kind; the input is pre-tokenised, the options equal
"""
import json, math, random, sys, warnings
import nltk.translate.bleu_score as nb
from nltk.translate.chrf_score import sentence_chrf
from nltk.stem.porter import PorterStemmer
from nltk.metrics.distance import edit_distance
import scipy.stats
import sklearn.metrics as sk

warnings.filterwarnings('ignore')
WORDS = 'river stone bridge runs running quickly national relational city state dogs maybe yes end red blue green of in on at'.split()


def emit(kind, i, prediction, references, options, expected, source):
    clean = {k: (None if isinstance(v, float) and math.isnan(v) else v) for k, v in expected.items()}
    print(json.dumps(dict(id=f'{source}-{kind}-{i}', metric=kind, prediction=prediction, references=references, options=options, expected=clean, source=source), ensure_ascii=False))


def sentence(chance, low, high):
    return [chance.choice(WORDS) for _ in range(chance.randint(low, high))]


def changed(chance, words):
    words = list(words)
    for _ in range(chance.randint(0, 4)):
        words[chance.randrange(len(words))] = chance.choice(WORDS)
    return words


def main(seed, count):
    chance = random.Random(seed)
    smoothing = nb.SmoothingFunction()
    methods = [('none', smoothing.method0), ('floor', smoothing.method1), ('add-k', smoothing.method2), ('exp', smoothing.method3)]
    stemmer = PorterStemmer()
    done = 0
    while done < count:
        size, refs_each = chance.randint(1, 5), chance.randint(1, 3)
        refs = [[sentence(chance, 4, 25) for _ in range(refs_each)] for _ in range(size)]
        hyps = [changed(chance, chance.choice(r)) for r in refs]
        name, method = methods[done % 4]
        if name == 'none' and nb.corpus_bleu(refs, hyps, smoothing_function=smoothing.method0) < 1e-6:
            continue
        value = nb.corpus_bleu(refs, hyps, smoothing_function=method)
        emit('bleu', done, [' '.join(h) for h in hyps], [[' '.join(r[k]) for r in refs] for k in range(refs_each)],
             dict(tokenize='none', smooth_method=name), dict(score=100 * float(value)), 'nltk')
        done += 1
    for i in range(count):
        ref = sentence(chance, 1, 20)
        hyp = changed(chance, ref)
        order, beta = chance.choice((3, 6)), chance.choice((1, 2, 3))
        value = sentence_chrf(' '.join(ref), ' '.join(hyp), max_len=order, beta=float(beta))
        emit('chrf', i, [' '.join(hyp)], [[' '.join(ref)]], dict(char_order=order, beta=beta, eps_smoothing=True), dict(score=100 * float(value)), 'nltk')
        word = ''.join(chance.choice('abcdeilnorstuyz') for _ in range(chance.randint(1, 7))) + chance.choice(
            'ational tional enci anci izer bli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize '
            'iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize ed ing s ies ied eed y ll e sses'.split() + [''])
        emit('porter_stem', i, word, [], {}, dict(stem=stemmer.stem(word)), 'nltk')
        other = sentence(chance, 1, 20)
        distance = float(edit_distance(hyp, other))
        emit('edit_distance', i, [' '.join(hyp)], [' '.join(other)], {}, dict(sum_edit=distance), 'nltk')
        n = chance.randint(2, 40)
        x = [chance.choice((chance.randint(0, 5), round(chance.uniform(-3, 3), 2))) for _ in range(n)]
        y = [chance.choice((a, chance.randint(0, 5))) for a in x]
        constant = len(set(x)) == 1 or len(set(y)) == 1
        emit('pearson_corrcoef', i, x, y, {}, dict(pearson_corrcoef=math.nan if constant else 100 * float(scipy.stats.pearsonr(x, y)[0])), 'scipy')
        emit('spearman_corrcoef', i, x, y, {}, dict(spearman_corrcoef=math.nan if constant else 100 * float(scipy.stats.spearmanr(x, y)[0])), 'scipy')
        classes = chance.randint(2, 5)
        truth = [chance.randrange(classes) for _ in range(n)]
        guess = [chance.choice((t, chance.randrange(classes))) for t in truth]
        emit('matthews_corrcoef', i, guess, truth, {}, dict(matthews_corrcoef=100 * float(sk.matthews_corrcoef(truth, guess))), 'sklearn')
        value = sk.f1_score(truth, guess, labels=list(range(classes)), average='macro', zero_division=0)
        emit('mean_multiclass_f1', i, guess, truth, dict(num_classes=classes), {f'mean_{classes}class_f1': 100 * float(value)}, 'sklearn')
        binary, guessed = [t % 2 for t in truth], [g % 2 for g in guess]
        emit('f1_with_invalid', i, guessed, binary, {}, dict(f1=100 * float(sk.f1_score(binary, guessed, zero_division=0))), 'sklearn')
        emit('accuracy', i, guess, truth, {}, dict(accuracy=100 * float(sk.accuracy_score(truth, guess))), 'sklearn')
        b, c = chance.randint(0, 60), chance.randint(0, 60)
        emit('mcnemar', i, None, None, dict(b=b, c=c), dict(p=float(scipy.stats.binomtest(b, b + c).pvalue) if b + c else 1.0), 'scipy')


main(int(sys.argv[1]), int(sys.argv[2]))
