using System.Runtime.InteropServices;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Selection;
using InstructKit.Evaluation.Metrics;
using InstructKit.Sources.Files;

namespace InstructKit.Evaluation.Scoring;

/// <summary>A template of a task with its test or its dev rows.</summary>
/// <param name="Template">Its id.</param>
/// <param name="IsDev">True for dev rows.</param>
/// <param name="Place">Position of the correct option in all rows; 0 where options are in the tasks' order.</param>
internal sealed record AnswerSlot(string Template, bool IsDev, int Place)
{
    /// <summary>0 for test rows, 1 for dev rows: their units are numbered and drawn apart.</summary>
    public int Side => IsDev ? 1 : 0;

    /// <summary>Rows that should have an answer.</summary>
    public long Expected { get; set; }
}

/// <summary>The scored answers of one or two runs to one task in one variant: a record of numbers for each. Up to a bound they are held in memory; beyond it
/// they go to temporary files, each row's (or group's) answers for all templates into the same one, and are processed file by file.</summary>
internal sealed class TaskAnswers : IDisposable
{
    /// <summary>Bytes held in memory.</summary>
    public const int DefaultMemoryBytes = 16 << 20;

    private const int SpillFiles = 64;
    private const int Header = 2 * sizeof(int);
    private static readonly int AnswerBytes = System.Runtime.CompilerServices.Unsafe.SizeOf<ScoredAnswer>();

    private readonly int[] _slotOfSet;
    private readonly int _memoryBytes;
    private AnswerPart? _held;
    private FileStream[] _files = [];
    private byte[] _record = [];
    private long _bytes;

    /// <summary>Creates an empty set of answers.</summary>
    /// <param name="metrics">The computed metrics, by run.</param>
    /// <param name="sets">The sets of the task.</param>
    /// <param name="memoryBytes">Bytes to hold in memory.</param>
    public TaskAnswers(IReadOnlyList<TaskMetrics> metrics, IReadOnlyList<EvaluationSetEntry> sets, int memoryBytes = DefaultMemoryBytes)
    {
        (Metrics, _memoryBytes) = (metrics, memoryBytes);
        List<AnswerSlot> slots = [];
        _slotOfSet = new int[sets.Count];
        for (var i = 0; i < sets.Count; i++)
        {
            var isDev = sets[i].Split == OutputSplit.HeldOutValidation;
            _slotOfSet[i] = slots.FindIndex(slot => slot.Template == sets[i].Template && slot.IsDev == isDev && slot.Place == sets[i].GoldPlace);
            if (_slotOfSet[i] >= 0) continue;

            _slotOfSet[i] = slots.Count;
            slots.Add(new AnswerSlot(sets[i].Template, isDev, sets[i].GoldPlace));
        }

        Slots = slots;
        _held = new AnswerPart(metrics, slots);
    }

    /// <summary>The computed metrics, by run.</summary>
    public IReadOnlyList<TaskMetrics> Metrics { get; }

    /// <summary>The templates, in the order of the sets.</summary>
    public IReadOnlyList<AnswerSlot> Slots { get; }

    /// <summary>Number of parts in which the answers are processed.</summary>
    public int Parts => _held is null ? _files.Length : 1;

    /// <summary>Adds an answer, in the order of rows and samples.</summary>
    /// <param name="set">The set of its row.</param>
    /// <param name="statistics">Its statistics, of all metrics.</param>
    public void Add(int run, int set, in ScoredAnswer answer, ReadOnlySpan<double> statistics)
    {
        if (_held is null)
        {
            Write(run, _slotOfSet[set], answer, MemoryMarshal.AsBytes(statistics));
            return;
        }

        _held.Add(run, _slotOfSet[set], answer, statistics);
        _bytes += AnswerBytes + (statistics.Length * sizeof(double));
        if (_bytes > _memoryBytes) Spill();
    }

    /// <summary>Records that a row of a set should have an answer.</summary>
    public void Expect(int set) => Slots[_slotOfSet[set]].Expected++;

    /// <summary>A part of the answers; always the same object if there is just one.</summary>
    public AnswerPart Load(int part)
    {
        if (_held is not null)
        {
            _held.Finish();
            return _held;
        }

        var loaded = new AnswerPart(Metrics, Slots);
        var file = _files[part];
        file.Flush();
        file.Position = 0;
        Span<int> header = stackalloc int[2];
        var statistics = new double[Metrics.Max(one => one.Width)];
        for (var left = file.Length; left > 0;)
        {
            ScoredAnswer answer = default;
            file.ReadExactly(MemoryMarshal.AsBytes(header));
            file.ReadExactly(MemoryMarshal.AsBytes(new Span<ScoredAnswer>(ref answer)));
            var own = statistics.AsSpan(0, Metrics[header[0]].Width);
            file.ReadExactly(MemoryMarshal.AsBytes(own));
            loaded.Add(header[0], header[1], answer, own);
            left -= Header + AnswerBytes + (own.Length * sizeof(double));
        }

        loaded.Finish();
        return loaded;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void Spill()
    {
        _files = [.. Enumerable.Range(0, SpillFiles).Select(_ => new FileStream(TemporaryFile.Open(), FileAccess.ReadWrite, 1 << 14))];
        var tallies = _held!.Tallies; // spilled once
        _held = null;
        for (var run = 0; run < tallies.Length; run++)
        {
            for (var slot = 0; slot < Slots.Count; slot++)
            {
                var tally = tallies[run][slot];
                for (var i = 0; i < tally.Answers.Length; i++) Write(run, slot, tally.Answers[i], MemoryMarshal.AsBytes(tally.Statistics(i)));
            }
        }
    }

    private void Write(int run, int slot, in ScoredAnswer answer, ReadOnlySpan<byte> statistics)
    {
        var length = Header + AnswerBytes + statistics.Length;
        if (_record.Length < length) _record = new byte[length];
        var record = _record.AsSpan(0, length);
        MemoryMarshal.Write(record, run);
        MemoryMarshal.Write(record[sizeof(int)..], slot);
        MemoryMarshal.Write(record[Header..], answer);
        statistics.CopyTo(record[(Header + AnswerBytes)..]);
        // Row numbers are spread by multiplication (Knuth 1973); hashes of groups already are.
        _files[(int)(answer.Unit * 0x9E3779B97F4A7C15UL >> 58)].Write(record);
    }
}

/// <summary>Answers held in memory: all of a task, or those of some of its rows.</summary>
internal sealed class AnswerPart
{
    private readonly IReadOnlyList<AnswerSlot> _slots;
    private bool _isFinished;

    public AnswerPart(IReadOnlyList<TaskMetrics> metrics, IReadOnlyList<AnswerSlot> slots)
    {
        _slots = slots;
        Tallies = [.. metrics.Select(run => slots.Select(_ => new TemplateTally(run)).ToArray())];
    }

    /// <summary>The answers, by run and slot.</summary>
    public TemplateTally[][] Tallies { get; }

    /// <summary>The units of each <see cref="AnswerSlot.Side"/>.</summary>
    public UnitNumbers[] Units { get; } = [new(), new()];

    public void Add(int run, int slot, in ScoredAnswer answer, ReadOnlySpan<double> statistics) => Tallies[run][slot].Add(answer, statistics);

    /// <summary>Groups the rows into units, once all are present: test rows of all templates and runs share their numbers, as do dev rows.</summary>
    public void Finish()
    {
        if (_isFinished) return;

        _isFinished = true;
        foreach (var run in Tallies)
        {
            for (var slot = 0; slot < _slots.Count; slot++) run[slot].Finish(Units[_slots[slot].Side]);
        }
    }
}

/// <summary>Answers for one template of one split, and the statistics of every metric by resampling unit.</summary>
internal sealed class TemplateTally(TaskMetrics metrics)
{
    private readonly List<ScoredAnswer> _answers = [];
    private readonly StatisticTable _rows = new(metrics.Width);
    private (StatisticTable Table, int From, int[] Units)[] _tables = [];

    /// <summary>The answers, in the order of rows and samples.</summary>
    public ReadOnlySpan<ScoredAnswer> Answers => CollectionsMarshal.AsSpan(_answers);

    /// <summary>The statistics of an answer, of all metrics.</summary>
    public ReadOnlySpan<double> Statistics(int answer) => _rows[answer];

    public void Add(in ScoredAnswer answer, ReadOnlySpan<double> statistics)
    {
        _answers.Add(answer);
        statistics.CopyTo(_rows.Add());
    }

    /// <summary>The units of a metric: a table, the offset of its first statistic in a table row, and the number of each row's unit.</summary>
    public (StatisticTable Table, int From, int[] Units) UnitsOf(int metric) => _tables[metric];

    /// <summary>Groups the rows into units.</summary>
    public void Finish(UnitNumbers numbers)
    {
        var units = new int[_answers.Count];
        for (var i = 0; i < units.Length; i++) units[i] = numbers.Number(_answers[i].Unit);
        var from = 0;
        _tables = new (StatisticTable, int, int[])[metrics.Computed.Count];
        for (var i = 0; i < _tables.Length; i++)
        {
            var metric = metrics.Computed[i];
            _tables[i] = metric.CombinesGroups ? Combine(metric, from, units) : (_rows, from, units);
            from += metric.Width;
        }
    }

    // Rows of a group are one unit if the metric judges groups, separately for each sample; otherwise rows stay separate and are drawn with their group.
    private (StatisticTable, int, int[]) Combine(Metric metric, int from, int[] units)
    {
        var order = Enumerable.Range(0, units.Length).GroupBy(i => (Unit: units[i], _answers[i].Sample)).OrderBy(group => group.Key).ToList();
        var table = new StatisticTable(metric.Width);
        List<double> buffer = [];
        foreach (var group in order)
        {
            buffer.Clear();
            foreach (var row in group) buffer.AddRange(_rows[row].Slice(from, metric.Width));
            metric.Combine(CollectionsMarshal.AsSpan(buffer), table.Add());
        }

        return (table, 0, [.. order.Select(group => group.Key.Unit)]);
    }
}

/// <summary>Numbers units in order of first occurrence.</summary>
internal sealed class UnitNumbers
{
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<ulong> _units = [];
    private int _next;

    public int Count => _units.Count;

    public int Number(ulong unit)
    {
        // Rows nearly always come in the same order for the next template.
        if (_next < _units.Count && _units[_next] == unit) return _next++;
        if (_next > 0 && _units[_next - 1] == unit) return _next - 1;
        if (!_numbers.TryGetValue(unit, out var number))
        {
            number = _units.Count;
            _numbers.Add(unit, number);
            _units.Add(unit);
        }

        _next = number + 1;
        return number;
    }
}
