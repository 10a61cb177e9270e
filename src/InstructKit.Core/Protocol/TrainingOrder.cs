namespace InstructKit.Protocol;

/// <summary>The order of the training examples of all tasks.</summary>
public enum TrainingOrder
{
    /// <summary>All tasks shuffled together.</summary>
    Shuffled,

    /// <summary>Task after task, each in the order of its source.</summary>
    Source,

    /// <summary>Task after task, each shuffled.</summary>
    ByTask,

    /// <summary>Evenly interleaved: every prefix has each task's share to within one example (<see cref="FairSchedule"/>).</summary>
    Interleaved,

    /// <summary>Lower levels before higher ones, larger tasks before smaller ones; neighbours overlap by the mixing width.</summary>
    Curriculum,
}

/// <summary>The positions of the examples of several tasks ("lanes", in their order) in an order that is not a plain shuffle. A first sort by
/// <see cref="FirstKey"/> puts the lanes one after another, each shuffled; then every example has a rank in its lane and all lanes have been counted, and a
/// second sort by <see cref="SecondKey"/> gives the final order.</summary>
internal sealed class LaneOrder
{
    private readonly ulong[] _starts;
    private readonly long[] _counts;
    private readonly int _percent;
    private readonly KeyedHash _jitter;
    private long[] _offsets = [];
    private long _total;
    private long _width;

    /// <summary>Creates the order of lanes.</summary>
    /// <param name="seed">Seed of the plan.</param>
    /// <param name="expected">Approximate number of examples of each lane: it affects how much is sorted at once, not the order.</param>
    /// <param name="percent">Mixing width of a curriculum, in percent of all examples.</param>
    public LaneOrder(TrainingOrder kind, long seed, IReadOnlyList<long> expected, int percent)
    {
        Kind = kind;
        _percent = percent;
        _jitter = new KeyedHash(seed, "curriculum", string.Empty);
        _counts = new long[expected.Count];
        _starts = new ulong[expected.Count];
        var total = (UInt128)Math.Max(1, expected.Sum(count => Math.Max(1, count)));
        UInt128 before = 0;
        for (var i = 0; i < _starts.Length; i++)
        {
            _starts[i] = (ulong)((before << 64) / total);
            before += (UInt128)Math.Max(1, expected[i]);
        }
    }

    public TrainingOrder Kind { get; }

    /// <summary>Examples of each lane so far.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Counts an example and returns its key of the first sort.</summary>
    /// <param name="key">Its key within its lane.</param>
    public ulong FirstKey(int lane, ulong key)
    {
        _counts[lane]++;
        var end = lane + 1 < _starts.Length ? (UInt128)_starts[lane + 1] : UInt128.One << 64;
        return _starts[lane] + (ulong)((key * (end - _starts[lane])) >> 64);
    }

    /// <summary>The lane of a key of the first sort.</summary>
    /// <param name="from">A lane at or before it.</param>
    public int LaneOf(ulong key, int from)
    {
        while (from + 1 < _starts.Length && key >= _starts[from + 1]) from++;

        return from;
    }

    /// <summary>Completes the counting.</summary>
    public void Complete()
    {
        _offsets = new long[_counts.Length];
        for (var i = 1; i < _counts.Length; i++) _offsets[i] = _offsets[i - 1] + _counts[i - 1];

        _total = _counts.Sum();
        _width = (long)((Int128)_total * _percent / 100);
    }

    /// <summary>An example's key of the second sort.</summary>
    /// <param name="rank">Its number in the lane.</param>
    /// <param name="key">Its key of the first sort.</param>
    public ulong SecondKey(int lane, long rank, ulong key)
    {
        // Sorted by when the schedule may take them, examples arrive in time for it, and few have to wait.
        if (Kind == TrainingOrder.Interleaved) return FairSchedule.ReleaseKey(rank, _counts[lane], _counts.Length);

        // Moved back by up to the width: examples less than a width apart may swap.
        var moved = (UInt128)(ulong)_width * (_jitter[(long)key] >> 32);
        var place = ((UInt128)(ulong)(_offsets[lane] + rank) << 32) + moved;
        return (ulong)((place << 32) / (ulong)(_total + _width));
    }
}
