namespace InstructKit.Protocol;

/// <summary>Spreads the examples of several lanes so evenly that after any number of turns no lane is a whole example ahead of or behind its share (R.
/// Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980).</summary>
/// <remarks>With k lanes and d = 1/(2k-2): a lane of the share p that has had x turns may have turn t as soon as p t - x is d or more, and of those that may,
/// the one whose (x + 1 - d)/p is smallest has it. Then |x - p t| is 1 - d at most, after every turn. All sums are of whole numbers.</remarks>
internal sealed class FairSchedule
{
    private readonly IReadOnlyList<long> _counts;
    private readonly long[] _taken;
    private readonly long _total;
    private readonly Int128 _unit;
    private readonly PriorityQueue<int, Instant> _waiting = new();
    private readonly PriorityQueue<int, Instant> _ready = new();
    private long _turn;

    /// <summary>Creates the schedule for lanes with the given numbers of examples.</summary>
    public FairSchedule(IReadOnlyList<long> counts)
    {
        _counts = counts;
        _taken = new long[counts.Count];
        _total = counts.Sum();
        _unit = UnitOf(counts.Count);
        for (var lane = 0; lane < counts.Count; lane++) Wait(lane);
    }

    /// <summary>The lane whose turn is next; -1 when all are finished.</summary>
    public int Next()
    {
        if (_turn == _total) return -1;

        _turn++;
        // A turn is t when (unit x + 1) total / (unit count) is t at most.
        while (_waiting.TryPeek(out var waiting, out var release) && release.Numerator * _total <= release.Denominator * _turn)
        {
            _waiting.Dequeue();
            _ready.Enqueue(waiting, new Instant((_unit * (_taken[waiting] + 1)) - 1, _unit * _counts[waiting], waiting));
        }

        var lane = _ready.Dequeue(); // one is always ready (Tijdeman)
        _taken[lane]++;
        Wait(lane);
        return lane;
    }

    /// <summary>When an example may be taken, as a fraction of the whole in units of 2^-64.</summary>
    /// <param name="rank">Its number in its lane.</param>
    /// <param name="count">Examples of the lane.</param>
    public static ulong ReleaseKey(long rank, long count, int lanes) => KeyOf(((UInt128)UnitOf(lanes) * (ulong)rank) + 1, (UInt128)UnitOf(lanes) * (ulong)count);

    // One lane has every turn, whatever the unit.
    private static Int128 UnitOf(int lanes) => Math.Max(2, (2L * lanes) - 2);

    // numerator / denominator of 2^64, in two steps: the numerator may be larger than 64 bits.
    private static ulong KeyOf(UInt128 numerator, UInt128 denominator)
    {
        var (high, rest) = (UInt128.Zero, numerator);
        for (var i = 0; i < 4; i++)
        {
            rest <<= 16;
            high = (high << 16) + (rest / denominator);
            rest %= denominator;
        }

        return (ulong)UInt128.Min(high, ulong.MaxValue);
    }

    private void Wait(int lane)
    {
        if (_taken[lane] < _counts[lane]) _waiting.Enqueue(lane, new Instant((_unit * _taken[lane]) + 1, _unit * _counts[lane], lane));
    }

    // A point in time as a fraction of the whole; ties go to the first lane.
    private readonly record struct Instant(Int128 Numerator, Int128 Denominator, int Lane) : IComparable<Instant>
    {
        public int CompareTo(Instant other)
        {
            var order = (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);
            return order != 0 ? order : Lane.CompareTo(other.Lane);
        }
    }
}
