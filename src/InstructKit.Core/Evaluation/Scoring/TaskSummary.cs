using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Counts of the answers of one run for one template of one split.</summary>
internal sealed class SlotCounts
{
    public long Rows { get; set; }

    public long Answers { get; set; }

    public long Invalid { get; set; }
}

/// <summary>The figures of a task in one variant, for one run or two. Its answers are processed part by part: all that remains of a part are sums, and the
/// statistics of the few metrics that are not sums (correlations, areas, medians).</summary>
internal sealed class TaskSummary
{
    private readonly TaskAnswers _answers;
    private readonly int _place;
    private readonly double[][][] _sums;
    private readonly Dictionary<(int Run, int Slot, int Metric), (StatisticTable Table, List<int> Units)> _whole = [];
    private readonly List<int>[] _starts = [[0], [0]];

    /// <summary>Processes the answers.</summary>
    /// <param name="place">The position of the correct option in the processed rows.</param>
    public TaskSummary(TaskAnswers answers, int place)
    {
        (_answers, _place) = (answers, place);
        _sums = [.. answers.Metrics.Select(metrics => answers.Slots.Select(_ => new double[metrics.Width]).ToArray())];
        Counts = [.. answers.Metrics.Select(_ => answers.Slots.Select(_ => new SlotCounts()).ToArray())];
        Robustness = new Robustness(answers, place);
        for (var i = 0; i < answers.Parts; i++) Add(answers.Load(i));
        Test = [.. Counts.Select(run => SlotsWith(run, isDev: false))];
        Dev = [.. Counts.Select((run, r) => Test[r].Select(slot => answers.Slots.Index().FirstOrDefault(one => one.Item.IsDev && one.Item.Place == place && one.Item.Template == answers.Slots[slot].Template && run[one.Index].Answers > 0, (-1, null!)).Index).ToArray())];
    }

    /// <summary>Test templates with answers, by run, as positions among <see cref="TaskAnswers.Slots"/>.</summary>
    public int[][] Test { get; }

    /// <summary>The dev rows of each of them; -1 for none.</summary>
    public int[][] Dev { get; }

    /// <summary>The counts, by run and slot.</summary>
    public SlotCounts[][] Counts { get; }

    /// <summary>Statistics across the answers of templates and samples.</summary>
    public Robustness Robustness { get; }

    /// <summary>Units of the test rows.</summary>
    public int TestUnits => _starts[0][^1];

    public TaskAnswers Answers => _answers;

    /// <summary>All figures of a slot, in the order of <see cref="TaskMetrics.Figures"/>; NaN for no slot.</summary>
    public double[] Figures(int run, int slot)
    {
        var figures = new double[_answers.Metrics[run].Figures.Count];
        if (slot < 0) Array.Fill(figures, double.NaN);
        else Conclude(run, slot, _sums[run][slot], [[], []], figures);
        return figures;
    }

    /// <summary>Position of the best dev template among the test templates of a run, the first on ties; -1 if no template has dev rows.</summary>
    /// <param name="dev">Its dev scores, by test template.</param>
    public int BestDev(int run, ScoredFigure figure, ReadOnlySpan<double> dev) => BestDev(dev, Dev[run], _answers.Metrics[run].Computed[figure.Metric].HigherIsBetter);

    /// <summary>Position of the best dev score, the first on ties; -1 if there is none.</summary>
    /// <param name="slots">The dev slot of each score; -1 for none.</param>
    internal static int BestDev(ReadOnlySpan<double> dev, ReadOnlySpan<int> slots, bool higherIsBetter)
    {
        var (best, bestScore) = (-1, double.NaN);
        for (var i = 0; i < dev.Length; i++)
        {
            if (slots[i] < 0) continue;
            if (best < 0 || (higherIsBetter ? dev[i] > bestScore : dev[i] < bestScore) || (double.IsNaN(bestScore) && !double.IsNaN(dev[i]))) (best, bestScore) = (i, dev[i]);
        }

        return best;
    }

    /// <summary>Draws source rows, or groups of rows, with all their templates and both runs, and dev rows separately.</summary>
    /// <param name="request">Number of resamples, and the seed.</param>
    /// <param name="task">Key of the task.</param>
    public TaskResamples Resample(ScoreRequest request, string task)
    {
        var samples = new TaskResamples(this, request.Resamples);
        Resampler[] resamplers = [new(new Text.KeyedHash(request.Seed, "bootstrap:test", task)[0]), new(new Text.KeyedHash(request.Seed, "bootstrap:dev", task)[0])];
        for (var from = 0; from < request.Resamples; from += TaskResamples.BatchSize)
            new ResamplePass(this, samples, resamplers, from, Math.Min(request.Resamples, from + TaskResamples.BatchSize)).Run(request.Jobs);
        return samples;
    }

    /// <summary>First units of the parts, the end of the last one behind them; by <see cref="AnswerSlot.Side"/>.</summary>
    internal IReadOnlyList<int>[] Starts => _starts;

    /// <summary>True when some metric is not a sum.</summary>
    internal bool HasWhole => _whole.Count > 0;

    /// <summary>Computes all figures from the sums of a slot, and for metrics that are not sums from the units with their multiplicities.</summary>
    internal void Conclude(int run, int slot, ReadOnlySpan<double> sums, int[][] drawn, Span<double> figures)
    {
        var metrics = _answers.Metrics[run];
        Span<double> values = stackalloc double[8];
        for (var m = 0; m < metrics.Computed.Count; m++)
        {
            var metric = metrics.Computed[m];
            var own = values[..metric.Figures.Count];
            if (metric is SummedMetric summed) summed.Conclude(sums[..metric.Width], own);
            else ConcludeWhole(metric, _whole[(run, slot, m)], drawn[_answers.Slots[slot].Side], own);
            sums = sums[metric.Width..];
            for (var f = 0; f < figures.Length; f++)
            {
                if (metrics.Figures[f].Metric == m) figures[f] = own[metrics.Figures[f].Figure] * metrics.Figures[f].Scale;
            }
        }
    }

    private static void ConcludeWhole(Metric metric, (StatisticTable Table, List<int> Units) whole, ReadOnlySpan<int> multiplicity, Span<double> figures)
    {
        if (multiplicity.IsEmpty)
        {
            metric.Conclude(whole.Table, [], figures);
            return;
        }

        var drawn = new int[whole.Table.Count];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = multiplicity[whole.Units[i]];
        metric.Conclude(whole.Table, drawn, figures);
    }

    private int[] SlotsWith(SlotCounts[] counts, bool isDev) => [.. Enumerable.Range(0, counts.Length).Where(slot => counts[slot].Answers > 0 && _answers.Slots[slot].IsDev == isDev)];

    private void Add(AnswerPart part)
    {
        for (var run = 0; run < part.Tallies.Length; run++)
        {
            for (var slot = 0; slot < _answers.Slots.Count; slot++)
            {
                if (_answers.Slots[slot].Place == _place) Add(part, run, slot);
            }
        }

        Robustness.Add(part, Counts);
        foreach (var (starts, units) in _starts.Zip(part.Units)) starts.Add(starts[^1] + units.Count);
    }

    private void Add(AnswerPart part, int run, int slot)
    {
        var tally = part.Tallies[run][slot];
        Counts[run][slot].Answers += tally.Answers.Length;
        foreach (var answer in tally.Answers)
        {
            if (!answer.IsValid) Counts[run][slot].Invalid++;
        }

        var sums = _sums[run][slot].AsSpan();
        var metrics = _answers.Metrics[run].Computed;
        for (var m = 0; m < metrics.Count; m++)
        {
            var (table, from, units) = tally.UnitsOf(m);
            if (metrics[m] is SummedMetric) table.AddTo(from, [], [], sums[..metrics[m].Width]);
            else Keep((run, slot, m), metrics[m].Width, table, from, units, _starts[_answers.Slots[slot].Side][^1]);
            sums = sums[metrics[m].Width..];
        }
    }

    private void Keep((int, int, int) key, int width, StatisticTable table, int from, int[] units, int start)
    {
        if (!_whole.TryGetValue(key, out var whole)) _whole.Add(key, whole = (new StatisticTable(width), []));
        for (var i = 0; i < units.Length; i++)
        {
            table[i].Slice(from, width).CopyTo(whole.Table.Add());
            whole.Units.Add(start + units[i]);
        }
    }
}

/// <summary>The figures of all resamples: of every test template, their mean, and the test score of the template that is best on the resampled dev rows.</summary>
internal sealed class TaskResamples
{
    /// <summary>Number of resamples drawn in one pass over the answers.</summary>
    public const int BatchSize = 1024;

    public TaskResamples(TaskSummary summary, int count)
    {
        Templates = [.. summary.Test[0].Select(_ => Make(summary, 0, count))];
        Mean = [.. Enumerable.Range(0, summary.Test.Length).Select(run => Make(summary, run, count))];
        BestDev = [.. Enumerable.Range(0, summary.Test.Length).Select(run => Make(summary, run, count))];
    }

    /// <summary>Of the first run, by test template and figure.</summary>
    public double[][][] Templates { get; }

    /// <summary>By run and figure.</summary>
    public double[][][] Mean { get; }

    /// <summary>By run and figure; NaN if no template has dev rows.</summary>
    public double[][][] BestDev { get; }

    private static double[][] Make(TaskSummary summary, int run, int count) => [.. summary.Answers.Metrics[run].Figures.Select(_ => new double[count])];
}

/// <summary>Draws some resamples of a task.</summary>
/// <param name="resamplers">By <see cref="AnswerSlot.Side"/>, as all arrays of units here.</param>
internal sealed class ResamplePass(TaskSummary summary, TaskResamples samples, Resampler[] resamplers, int start, int end)
{
    private readonly TaskAnswers _answers = summary.Answers;
    private readonly double[][][] _sums = [.. summary.Answers.Metrics.Select((metrics, run) => summary.Counts[run].Select(counts => counts.Answers > 0 ? new double[(end - start) * metrics.Width] : []).ToArray())];

    // Draws of each resample by part; none where there is one part.
    private readonly int[][][] _draws = [.. resamplers.Select((resampler, side) => Divide(resampler, summary.Starts[side], start, end))];

    /// <summary>Draws them.</summary>
    public void Run(int jobs)
    {
        // Every resample is keyed by its own number, so their order does not matter.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(jobs, 1, Environment.ProcessorCount) };
        for (var i = 0; i < _answers.Parts; i++)
        {
            var (part, number) = (_answers.Load(i), i);
            Each(options, (from, to) => Sum(part, number, from, to));
        }

        Each(options, Conclude);
    }

    private void Each(ParallelOptions options, Action<int, int> action) =>
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(start, end, Math.Max(1, (end - start) / (4 * options.MaxDegreeOfParallelism))), options, range => action(range.Item1, range.Item2));

    private static int[][] Divide(Resampler resampler, IReadOnlyList<int> starts, int start, int end)
    {
        if (starts.Count == 2) return [];

        var divided = new int[end - start][];
        Parallel.For(start, end, resample =>
        {
            divided[resample - start] = new int[starts.Count - 1];
            resampler.Divide(resample, starts, divided[resample - start]);
        });
        return divided;
    }

    private void Draw(int resample, int part, int side, Span<int> multiplicity)
    {
        if (_draws[side].Length == 0) resamplers[side].Draw(resample, multiplicity);
        else resamplers[side].Draw(resample, part, _draws[side][resample - start][part], multiplicity);
    }

    private void Sum(AnswerPart part, int number, int from, int to)
    {
        int[][] drawn = [.. part.Units.Select(units => new int[units.Count])];
        for (var resample = from; resample < to; resample++)
        {
            for (var side = 0; side < drawn.Length; side++) Draw(resample, number, side, drawn[side]);
            for (var run = 0; run < _sums.Length; run++)
            {
                var metrics = _answers.Metrics[run];
                for (var slot = 0; slot < _answers.Slots.Count; slot++)
                {
                    if (_sums[run][slot].Length == 0) continue;

                    var sums = _sums[run][slot].AsSpan((resample - start) * metrics.Width, metrics.Width);
                    for (var m = 0; m < metrics.Computed.Count; m++)
                    {
                        var metric = metrics.Computed[m];
                        var (table, place, units) = part.Tallies[run][slot].UnitsOf(m);
                        if (metric is SummedMetric) table.AddTo(place, units, drawn[_answers.Slots[slot].Side], sums[..metric.Width]);
                        sums = sums[metric.Width..];
                    }
                }
            }
        }
    }

    private void Conclude(int from, int to)
    {
        int[][] drawn = [.. summary.Starts.Select(starts => summary.HasWhole ? new int[starts[^1]] : [])];
        for (var resample = from; resample < to; resample++)
        {
            for (var side = 0; summary.HasWhole && side < drawn.Length; side++)
            {
                var starts = summary.Starts[side];
                for (var part = 0; part + 1 < starts.Count; part++) Draw(resample, part, side, drawn[side].AsSpan(starts[part]..starts[part + 1]));
            }

            for (var run = 0; run < _sums.Length; run++) Conclude(run, resample, drawn);
        }
    }

    private void Conclude(int run, int resample, int[][] drawn)
    {
        var figures = _answers.Metrics[run].Figures;
        var tests = summary.Test[run];
        double[][] scores = [.. tests.Select(slot => FiguresOf(run, slot, resample, drawn))];
        double[][] devScores = [.. summary.Dev[run].Select(slot => FiguresOf(run, slot, resample, drawn))];
        var (own, ownDev) = (new double[tests.Length], new double[tests.Length]);
        for (var f = 0; f < figures.Count; f++)
        {
            for (var t = 0; t < tests.Length; t++)
            {
                (own[t], ownDev[t]) = (scores[t][f], devScores[t][f]);
                if (run == 0) samples.Templates[t][f][resample] = own[t];
            }

            var best = summary.BestDev(run, figures[f], ownDev);
            samples.Mean[run][f][resample] = Aggregation.Mean(own);
            samples.BestDev[run][f][resample] = best < 0 ? double.NaN : own[best];
        }
    }

    private double[] FiguresOf(int run, int slot, int resample, int[][] drawn)
    {
        var metrics = _answers.Metrics[run];
        var figures = new double[metrics.Figures.Count];
        if (slot >= 0) summary.Conclude(run, slot, _sums[run][slot].AsSpan((resample - start) * metrics.Width, metrics.Width), drawn, figures);
        return figures;
    }
}
