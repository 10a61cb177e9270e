namespace InstructKit.Building.Slices;

/// <summary>Which positions of a slice a pass takes. Those before <see cref="Until"/> are wanted for certain. A few behind them are only tried: they replace
/// rows that are dropped, so the next pass knows how far it has to go. What is taken in the end is the first usable rows in the order of the slice.</summary>
internal sealed class SliceWindow
{
    private const long MaxTried = 1 << 20;

    private readonly RowSet _range;
    private readonly GroupBuckets? _groups;
    private readonly List<(long Position, bool IsUsable)> _tried = [];

    /// <summary>Makes the window of the first pass.</summary>
    /// <param name="range">The slice.</param>
    /// <param name="wanted">Rows that are wanted.</param>
    /// <param name="keepsGroups">True to leave out the group that is no longer whole; false to take a part of it.</param>
    public SliceWindow(RowSet range, SplitOrder order, long wanted, bool keepsGroups)
    {
        (_range, _groups, KeepsGroups) = (range, order.Buckets, keepsGroups && order.Buckets is not null);
        From = range.From;
        // Rows as they are in the files come in the order in which they are taken: the pass ends where there are enough.
        Until = order.IsSource ? range.To : range.PositionAt(wanted);
        if (_groups is not null && wanted > 0) Until = !keepsGroups ? _groups.Above(Until) : _groups.Below(Until) is var below && below > From ? below : _groups.Above(From + 1);
        TriedUntil = order.IsSource || wanted == 0 ? Until : Behind(wanted / 4);
    }

    /// <summary>True when the group that is no longer whole is left out.</summary>
    public bool KeepsGroups { get; }

    /// <summary>First position; those before it were taken by an earlier pass.</summary>
    public long From { get; private set; }

    /// <summary>Position behind the last one that is taken.</summary>
    public long Until { get; private set; }

    /// <summary>Position behind the last one that is tried.</summary>
    public long TriedUntil { get; private set; }

    /// <summary>True when a pass takes the position.</summary>
    public bool Takes(long position) => position >= From && position < Until && _range.Contains(position);

    /// <summary>True when a pass only tries the position.</summary>
    public bool Tries(long position) => position >= Until && position < TriedUntil && _range.Contains(position);

    /// <summary>Notes rows that were tried.</summary>
    public void Note(IReadOnlyList<(long Position, bool IsUsable)> tried) => _tried.AddRange(tried);

    /// <summary>Moves on after a pass that found too few rows; false when the slice has no more.</summary>
    /// <param name="missing">Rows that are still wanted.</param>
    public bool Extend(long missing)
    {
        if (Until >= _range.To) return false;

        From = Until;
        _tried.Sort();
        var usable = 0L;
        foreach (var (position, isUsable) in _tried)
        {
            if (!isUsable || ++usable < missing + (KeepsGroups ? 1 : 0)) continue;

            // Rows of one group have one position, so the position of the first row too many is that of the group that is left out.
            Until = TriedUntil = KeepsGroups ? position : position + 1;
            _tried.Clear();
            return Until > From;
        }

        // As many more as the share of usable rows says, and some.
        var share = Math.Max(1.0 / 64, (double)usable / Math.Max(1, _tried.Count));
        Until = TriedUntil;
        TriedUntil = Behind((long)((missing - usable) / share * 1.25));
        _tried.Clear();
        return true;
    }

    private long Behind(long rows) => _range.PositionAt(_range.CountWithin(_range.From, Until) + Math.Min(MaxTried, rows + 64));
}
