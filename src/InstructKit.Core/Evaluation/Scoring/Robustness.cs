using System.Runtime.InteropServices;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Statistics on answers to the same rows with different templates and in two runs, several answers to a row, and chosen positions and labels; counted
/// part by part, since all answers to a row are in one part.</summary>
internal sealed class Robustness
{
    private readonly TaskAnswers _answers;
    private readonly int[] _tests;
    private readonly (long OnlyFirst, long OnlySecond)[] _disagreements;
    private readonly Dictionary<(int Samples, int Right), long> _rights = [];
    private readonly List<long> _majorities = [0];
    private readonly ChoiceCounts _positions = new();
    private readonly ChoiceCounts _labels = new();
    private readonly Baseline[] _baselines;
    private long _rows;
    private long _same;
    private long _pairs;
    private long _differing;

    public Robustness(TaskAnswers answers, int place)
    {
        _answers = answers;
        _tests = [.. Enumerable.Range(0, answers.Slots.Count).Where(slot => !answers.Slots[slot].IsDev && answers.Slots[slot].Place == place)];
        _disagreements = new (long, long)[answers.Slots.Count];
        _baselines = [.. _tests.Select(_ => new Baseline())];
    }

    /// <summary>Numbers of the samples.</summary>
    public (int Least, int Most) Samples { get; private set; } = (int.MaxValue, int.MinValue);

    /// <summary>Baseline scores without a model, for the first answered template.</summary>
    public Baseline Baselines => Array.Find(_baselines, one => one.Rows > 0) ?? new Baseline();

    /// <summary>Share of rows with the same answer for all templates, and the probability that two random templates answer a row differently; over the
    /// rows answered with all of them, first samples only. No answer equals no other. Null for one template.</summary>
    public (double Consistency, double Sensitivity)? Agreement => _rows == 0 || _pairs == 0 ? null : ((double)_same / _rows, (double)_differing / _pairs);

    /// <summary>McNemar's test on the rows that both runs answered with a template, first samples only.</summary>
    public McNemar Test(int slot) => McNemar.Of(_disagreements[slot].OnlyFirst, _disagreements[slot].OnlySecond);

    /// <summary>How often each position of an option is chosen and correct.</summary>
    public IReadOnlyList<ChoiceCount> Positions() => _positions.ToList(at => (at + 1).ToString(CultureInfo.InvariantCulture), _positions.Count);

    /// <summary>How often each of the fixed options is chosen and correct.</summary>
    public IReadOnlyList<ChoiceCount> Labels(IReadOnlyList<string> options) => _labels.ToList(at => options[at], options.Count);

    /// <summary>pass@k and majority@k for powers of two up to the number of samples that every row has, and for that number.</summary>
    public IReadOnlyList<SampleReport> AtK()
    {
        var most = _rights.Count == 0 ? 0 : _rights.Keys.Min(key => key.Samples);
        if (most < 2) return [];

        List<int> sizes = [];
        for (var k = 1; k < most; k *= 2) sizes.Add(k);
        sizes.Add(most);
        var rows = (double)_rights.Values.Sum();
        return [.. sizes.Select(k => new SampleReport(k, _rights.Sum(pair => Sampling.PassAt(pair.Key.Samples, pair.Key.Right, k) * pair.Value) / rows, _majorities[k] / rows))];
    }

    /// <summary>Adds the answers of a part.</summary>
    public void Add(AnswerPart part, SlotCounts[][] counts)
    {
        var rows = new UnitNumbers();
        var firsts = part.Tallies.Select((run, r) => _tests.Select(slot => FirstAnswers(run[slot], rows, counts[r][slot])).ToArray()).ToArray();
        Compare(firsts[0], rows.Count);
        if (firsts.Length > 1) Oppose(firsts[0], firsts[1]);
        for (var t = 0; t < _tests.Length; t++) AddSamples(part.Tallies[0][_tests[t]].Answers, _baselines[t]);
    }

    private static FirstAnswer[] FirstAnswers(TemplateTally tally, UnitNumbers rows, SlotCounts counts)
    {
        var first = new FirstAnswer[Math.Max(rows.Count, 16)];
        foreach (var answer in tally.Answers)
        {
            var number = rows.Number((ulong)answer.Row);
            if (number >= first.Length) Array.Resize(ref first, 2 * number);
            ref var known = ref first[number];
            if (known.IsThere && known.Sample <= answer.Sample) continue;

            if (!known.IsThere) counts.Rows++;
            known = new FirstAnswer(true, answer.IsRight, answer.Sample, answer.Answer);
        }

        return first;
    }

    private void Compare(FirstAnswer[][] templates, int rows)
    {
        // Templates without answers are in no report.
        var answered = templates.Where(one => Array.Exists(one, answer => answer.IsThere)).ToArray();
        if (answered.Length == 0) return;

        for (var row = 0; row < rows; row++)
        {
            var all = true;
            foreach (var one in answered) all &= row < one.Length && one[row].IsThere;
            if (!all) continue;

            _rows++;
            var first = answered[0][row].Answer;
            var same = first != 0;
            for (var i = 0; i < answered.Length; i++)
            {
                var answer = answered[i][row].Answer;
                same &= answer == first;
                for (var j = i + 1; j < answered.Length; j++)
                {
                    _pairs++;
                    if (answer == 0 || answer != answered[j][row].Answer) _differing++;
                }
            }

            if (same) _same++;
        }
    }

    private void Oppose(FirstAnswer[][] ones, FirstAnswer[][] others)
    {
        for (var t = 0; t < ones.Length; t++)
        {
            ref var counts = ref _disagreements[_tests[t]];
            for (var row = 0; row < Math.Min(ones[t].Length, others[t].Length); row++)
            {
                var (one, other) = (ones[t][row], others[t][row]);
                if (!one.IsThere || !other.IsThere) continue;
                if (one.IsRight && !other.IsRight) counts.OnlyFirst++;
                if (!one.IsRight && other.IsRight) counts.OnlySecond++;
            }
        }
    }

    // Answers to a row are consecutive.
    private void AddSamples(ReadOnlySpan<ScoredAnswer> answers, Baseline baseline)
    {
        for (int from = 0, to; from < answers.Length; from = to)
        {
            var right = 0;
            for (to = from; to < answers.Length && answers[to].Row == answers[from].Row; to++)
            {
                var answer = answers[to];
                if (answer.IsRight) right++;
                Samples = (Math.Min(Samples.Least, answer.Sample), Math.Max(Samples.Most, answer.Sample));
                _positions.Add(answer.Gold, answer.Chosen, answer.IsRight, answer.Options);
                _labels.Add(answer.GoldLabel, answer.ChosenLabel, answer.IsRight, 0);
            }

            baseline.Add(answers[from]);
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_rights, (to - from, right), out _);
            count++;
            if (to - from > 1) AddMajorities(answers[from..to]);
        }
    }

    private void AddMajorities(ReadOnlySpan<ScoredAnswer> row)
    {
        List<ulong> distinct = [];
        var numbers = new int[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            numbers[i] = row[i].Answer == 0 ? -1 : distinct.IndexOf(row[i].Answer);
            if (row[i].Answer == 0 || numbers[i] >= 0) continue;

            numbers[i] = distinct.Count;
            distinct.Add(row[i].Answer);
        }

        while (_majorities.Count <= row.Length) _majorities.Add(0);
        for (var k = 1; k <= row.Length; k++)
        {
            if (Sampling.MajorityAt(numbers, k) is >= 0 and var best && row[best].IsRight) _majorities[k]++;
        }
    }

    /// <summary>Baselines without a model: always giving the most frequent answer, and choosing an option at random.</summary>
    public sealed class Baseline
    {
        private readonly Dictionary<short, long> _golds = [];
        private long _withoutOptions;
        private double _chance;

        public long Rows { get; private set; }

        /// <summary>True when every row has options with a correct one among them.</summary>
        public bool HasOptions => Rows > 0 && _withoutOptions == 0;

        /// <summary>Share of the most frequent correct answer.</summary>
        public double Majority => (double)_golds.Values.Max() / Rows;

        /// <summary>Probability that a random option is correct.</summary>
        public double Random => _chance / Rows;

        /// <summary>Adds the answer to a row.</summary>
        public void Add(in ScoredAnswer answer)
        {
            Rows++;
            if (answer.Options == 0 || answer.Gold < 0)
            {
                _withoutOptions++;
                return;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(_golds, answer.GoldLabel, out _)++;
            _chance += (double)answer.Rights / answer.Options;
        }
    }

    private readonly record struct FirstAnswer(bool IsThere, bool IsRight, int Sample, ulong Answer);

    private sealed class ChoiceCounts
    {
        private readonly List<(long Gold, long Chosen, long Hits)> _counts = [];
        private long _total;

        public int Count { get; private set; }

        public void Add(int gold, int chosen, bool isRight, int options)
        {
            _total++;
            Count = Math.Max(Count, options);
            while (_counts.Count <= Math.Max(gold, chosen)) _counts.Add(default);
            var counts = CollectionsMarshal.AsSpan(_counts);
            if (chosen >= 0) counts[chosen].Chosen++;
            if (gold < 0) return;

            counts[gold].Gold++;
            if (isRight) counts[gold].Hits++;
        }

        public IReadOnlyList<ChoiceCount> ToList(Func<int, string> name, int count) => [.. Enumerable.Range(0, count).Select(i =>
        {
            var (gold, chosen, hits) = i < _counts.Count ? _counts[i] : default;
            return new ChoiceCount(name(i), (double)chosen / _total, (double)gold / _total, gold == 0 ? double.NaN : (double)hits / gold);
        })];
    }
}
