using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The scored answers under one template of one split, and the statistics of every metric by units that are resampled.</summary>
internal sealed class TemplateTally
{
    private readonly TaskMetrics _metrics;
    private readonly List<ScoredAnswer> _answers = [];
    private readonly StatisticTable[] _rows;
    private readonly UnitNumbers _units;
    private readonly int _width;
    private (StatisticTable Table, int[] Units)[] _tables = [];

    /// <summary>Makes an empty tally.</summary>
    /// <param name="template">Id of the template.</param>
    /// <param name="metrics">What is computed.</param>
    /// <param name="units">Numbers of the units, shared by all templates of the split.</param>
    public TemplateTally(string template, TaskMetrics metrics, UnitNumbers units)
    {
        (Template, _metrics, _units) = (template, metrics, units);
        _rows = [.. metrics.Computed.Select(metric => new StatisticTable(metric.Width))];
        _width = metrics.Computed.Sum(metric => metric.Width);
    }

    /// <summary>Id of the template.</summary>
    public string Template { get; }

    /// <summary>The answers, in the order of rows and samples.</summary>
    public IReadOnlyList<ScoredAnswer> Answers => _answers;

    /// <summary>Rows that should have had an answer.</summary>
    public long Expected { get; set; }

    /// <summary>Numbers of statistics of an answer.</summary>
    public int Width => _width;

    /// <summary>Adds an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="statistics">Its statistics, of all metrics.</param>
    public void Add(in ScoredAnswer answer, ReadOnlySpan<double> statistics)
    {
        _units.Number(answer.Unit);
        _answers.Add(answer);
        foreach (var table in _rows)
        {
            statistics[..table.Width].CopyTo(table.Add());
            statistics = statistics[table.Width..];
        }
    }

    /// <summary>Makes units of the rows; called once, when all rows are there.</summary>
    public void Finish() => _tables = [.. _rows.Select((table, i) => Combine(_metrics.Computed[i], table))];

    /// <summary>The figure of the units, each as often as it was drawn.</summary>
    /// <param name="figure">Which.</param>
    /// <param name="multiplicity">How often each unit of the split counts; empty: once.</param>
    /// <param name="scratch">Space for multiplicities.</param>
    public double Figure(ScoredFigure figure, ReadOnlySpan<int> multiplicity, ref int[] scratch)
    {
        var (table, units) = _tables[figure.Metric];
        if (table.Count == 0) return double.NaN;
        ReadOnlySpan<int> drawn = [];
        if (!multiplicity.IsEmpty)
        {
            if (scratch.Length < table.Count) scratch = new int[table.Count];
            for (var i = 0; i < table.Count; i++) scratch[i] = multiplicity[units[i]];
            drawn = scratch.AsSpan(0, table.Count);
        }

        var metric = _metrics.Computed[figure.Metric];
        Span<double> figures = stackalloc double[metric.Figures.Count];
        metric.Conclude(table, drawn, figures);
        return figures[figure.Figure] * figure.Scale;
    }

    // Rows of a group are one unit where the metric judges groups, of each sample on its own; elsewhere rows stay rows and are drawn with their group.
    private (StatisticTable, int[]) Combine(Metric metric, StatisticTable rows)
    {
        if (!metric.Inputs.HasFlag(MetricInputs.Groups)) return (rows, [.. _answers.Select(answer => _units.Number(answer.Unit))]);

        var order = Enumerable.Range(0, _answers.Count).GroupBy(i => (Unit: _units.Number(_answers[i].Unit), _answers[i].Sample)).OrderBy(group => group.Key).ToList();
        var table = new StatisticTable(metric.Width);
        List<double> buffer = [];
        foreach (var group in order)
        {
            buffer.Clear();
            foreach (var row in group) buffer.AddRange(rows[row]);
            metric.Combine(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer), table.Add());
        }

        return (table, [.. order.Select(group => group.Key.Unit)]);
    }
}

/// <summary>Numbers the units of a split in the order in which they are met.</summary>
internal sealed class UnitNumbers
{
    private readonly Dictionary<UInt128, int> _numbers = [];

    /// <summary>Number of units.</summary>
    public int Count => _numbers.Count;

    /// <summary>The number of a unit, a new one for a new unit.</summary>
    public int Number(UInt128 unit)
    {
        if (!_numbers.TryGetValue(unit, out var number)) _numbers[unit] = number = _numbers.Count;
        return number;
    }
}
