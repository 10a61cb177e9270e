using System.Numerics;

namespace InstructKit.Evaluation.Metrics;

/// <summary>One prediction with its references. A metric reads some of its parts; the others stay empty.</summary>
internal readonly ref struct MetricRow()
{
    /// <summary>The predicted text, UTF-8.</summary>
    public ReadOnlySpan<byte> Prediction { get; init; }

    /// <summary>The reference texts, UTF-8.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> References { get; init; }

    /// <summary>For answers of several spans (DROP): how many consecutive references form each gold answer; empty when every reference is one.</summary>
    public ReadOnlySpan<int> SpanCounts { get; init; }

    /// <summary>The predicted class index (−1: not a class) or number.</summary>
    public double PredictedValue { get; init; }

    /// <summary>The expected class index or number.</summary>
    public double ExpectedValue { get; init; }

    /// <summary>Summed log-likelihood of each option's target tokens, in nats.</summary>
    public ReadOnlySpan<double> LogLikelihoods { get; init; }

    /// <summary>Likewise without the input.</summary>
    public ReadOnlySpan<double> Unconditional { get; init; }

    /// <summary>Number of target tokens of each option.</summary>
    public ReadOnlySpan<int> OptionTokens { get; init; }

    /// <summary>Text of each option, UTF-8, without the delimiter before it.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Options { get; init; }

    /// <summary>Indexes of the correct options.</summary>
    public ReadOnlySpan<int> CorrectOptions { get; init; }

    /// <summary>Weight of the row in rank classification.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>Scratch space of one worker; a metric keeps nothing in it from one row to the next.</summary>
internal sealed class MetricWorkspace
{
    public TokenTable Tokens { get; } = new();

    public NgramMatcher Ngrams { get; } = new();

    public LongestCommonSubsequence Subsequence { get; } = new();

    public TerEdits Edits { get; } = new();

    /// <summary>Token numbers of the prediction and of one reference.</summary>
    public GrowableBuffer<int> Left { get; } = new();

    /// <inheritdoc cref="Left"/>
    public GrowableBuffer<int> Right { get; } = new();

    /// <summary>Ends of the sentences in <see cref="Left"/> and <see cref="Right"/>.</summary>
    public GrowableBuffer<int> LeftEnds { get; } = new();

    /// <inheritdoc cref="LeftEnds"/>
    public GrowableBuffer<int> RightEnds { get; } = new();

    public GrowableBuffer<int> Counts { get; } = new();

    public GrowableBuffer<int> MoreCounts { get; } = new();

    public GrowableBuffer<bool> Marks { get; } = new();

    /// <summary>Text on its way through the steps of a tokenizer or normaliser.</summary>
    public GrowableBuffer<byte> Text { get; } = new();

    /// <inheritdoc cref="Text"/>
    public GrowableBuffer<byte> MoreText { get; } = new();

    /// <summary>The normalised prediction, kept while references are normalised in the other buffers.</summary>
    public GrowableBuffer<byte> Kept { get; } = new();
}

/// <summary>A metric in two steps: sufficient statistics of each row, which can be computed in parallel and in any order, and figures from the statistics of
/// all units (rows, or groups of rows) with their multiplicities, so that a bootstrap resample costs no scoring.</summary>
/// <param name="name">Name in the table of metrics.</param>
/// <param name="width">Number of statistics of a row and of a unit.</param>
/// <param name="figures">Name of each figure.</param>
internal abstract class Metric(string name, int width, params string[] figures)
{
    /// <summary>Name in the table of metrics.</summary>
    public string Name => name;

    /// <summary>Name of each figure, in the order of <see cref="Conclude"/>.</summary>
    public IReadOnlyList<string> Figures => figures;

    /// <summary>Number of statistics of a row and of a unit.</summary>
    public int Width => width;

    /// <summary>True when it compares values (class indexes or numbers), false for texts and log-likelihoods.</summary>
    public virtual bool ComparesValues => false;

    /// <summary>True when the rows of one group (a question with its answers) are one unit, see <see cref="Combine"/>.</summary>
    public virtual bool CombinesGroups => false;

    /// <summary>Lowest figure, on the metric's own scale (0–100 unless said otherwise).</summary>
    public virtual double Lower => 0;

    /// <summary>Highest figure; infinite if unbounded.</summary>
    public virtual double Upper => 100;

    /// <summary>False for error rates and distances.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>The options that make a figure reproducible, in sacrebleu's notation where it has a signature.</summary>
    /// <param name="references">Number of references of a row; 0 if it varies.</param>
    public virtual string Signature(int references) => Name;

    /// <summary>The number of references in sacrebleu's notation.</summary>
    protected static string CountOf(int references) => references == 0 ? "nrefs:var" : string.Create(CultureInfo.InvariantCulture, $"nrefs:{references}");

    /// <summary>A switch in sacrebleu's notation.</summary>
    protected static string YesNo(bool value) => value ? "yes" : "no";

    /// <summary>Computes the statistics of a row.</summary>
    /// <param name="workspace">Scratch space of the calling worker.</param>
    /// <param name="statistics">Receives <see cref="Width"/> numbers; zero on entry.</param>
    public abstract void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics);

    /// <summary>Combines the rows of a group into one unit; the sum unless the metric judges the group as a whole.</summary>
    /// <param name="rows">Statistics of the group's rows, concatenated in input order.</param>
    /// <param name="unit">Receives <see cref="Width"/> numbers; zero on entry.</param>
    public virtual void Combine(ReadOnlySpan<double> rows, Span<double> unit)
    {
        for (var i = 0; i < rows.Length; i++) unit[i % Width] += rows[i];
    }

    /// <summary>Computes the figures.</summary>
    /// <param name="multiplicity">How many times each unit counts; empty for once.</param>
    /// <param name="figures">Receives the figures; NaN if undefined.</param>
    public abstract void Conclude(StatisticTable units, ReadOnlySpan<int> multiplicity, Span<double> figures);
}

/// <summary>A metric whose figures follow from the sums of its statistics.</summary>
internal abstract class SummedMetric(string name, int width, params string[] figures) : Metric(name, width, figures)
{
    /// <summary>Computes the figures from the sums over all units.</summary>
    public abstract void Conclude(ReadOnlySpan<double> sums, Span<double> figures);

    public override void Conclude(StatisticTable units, ReadOnlySpan<int> multiplicity, Span<double> figures)
    {
        var sums = Width <= 256 ? stackalloc double[Width] : new double[Width];
        units.Sum(multiplicity, sums);
        Conclude(sums, figures);
    }
}

/// <summary>A metric whose figures are means of per-row scores: the statistics are the scores' sums and the number of rows.</summary>
internal abstract class MeanMetric(string name, params string[] figures) : SummedMetric(name, figures.Length + 1, figures)
{
    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures)
    {
        var count = sums[Width - 1];
        for (var i = 0; i < Width - 1; i++) figures[i] = count == 0 ? double.NaN : 100 * sums[i] / count;
    }
}

/// <summary>The statistics of many units, in order.</summary>
internal sealed class StatisticTable(int width)
{
    private const int BlockUnits = 4096;
    private readonly List<double[]> _blocks = [];

    /// <summary>Number of units.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<double> this[int unit] => _blocks[unit / BlockUnits].AsSpan(unit % BlockUnits * width, width);

    /// <summary>Appends a unit and returns its statistics, all zero, for the caller to fill in.</summary>
    public Span<double> Add()
    {
        if (Count % BlockUnits == 0) _blocks.Add(new double[BlockUnits * width]);
        return _blocks[^1].AsSpan(Count++ % BlockUnits * width, width);
    }

    /// <summary>Adds up the units in order, each with its multiplicity, so the sum does not depend on how the work was divided.</summary>
    public void Sum(ReadOnlySpan<int> multiplicity, Span<double> sums)
    {
        sums.Clear();
        for (var unit = 0; unit < Count; unit++)
        {
            var times = multiplicity.IsEmpty ? 1 : multiplicity[unit];
            if (times != 0) AddTimes(this[unit], times, sums);
        }
    }

    /// <summary>Adds some of the statistics of all rows to sums, in order.</summary>
    /// <param name="from">The first of the statistics.</param>
    /// <param name="units">The unit of each row; empty with <paramref name="multiplicity"/>.</param>
    /// <param name="multiplicity">How many times each unit counts; empty for once.</param>
    public void AddTo(int from, ReadOnlySpan<int> units, ReadOnlySpan<int> multiplicity, Span<double> sums)
    {
        for (var start = 0; start < Count; start += BlockUnits)
        {
            var rows = Math.Min(BlockUnits, Count - start);
            var block = (ReadOnlySpan<double>)_blocks[start / BlockUnits];
            for (var row = 0; row < rows; row++)
            {
                var times = multiplicity.IsEmpty ? 1 : multiplicity[units[start + row]];
                if (times != 0) AddTimes(block.Slice((row * width) + from, sums.Length), times, sums);
            }
        }
    }

    private static void AddTimes(ReadOnlySpan<double> statistics, int times, Span<double> sums)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated && sums.Length >= Vector<double>.Count)
        {
            var factor = new Vector<double>(times);
            for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
                (new Vector<double>(sums[i..]) + (factor * new Vector<double>(statistics[i..]))).CopyTo(sums[i..]);
        }

        for (; i < sums.Length; i++) sums[i] += times * statistics[i];
    }
}
