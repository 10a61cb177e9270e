namespace InstructKit.Building.Slices;

/// <summary>Which positions of a slice a pass takes. Those before <see cref="Until"/> are taken for certain. A few after them are only tried: they replace
/// dropped rows, so the next pass knows how far it has to go. The final selection is the first usable rows in slice order.</summary>
internal sealed class SliceWindow
{
    private const long MaxTried = 1 << 20;

    private readonly RowSet _range;
    private readonly GroupBuckets? _groups;
    private readonly List<(long Position, bool IsUsable)> _tried = [];

    /// <summary>Creates the window of the first pass.</summary>
    /// <param name="range">The slice.</param>
    /// <param name="wanted">Number of rows requested.</param>
    /// <param name="keepsGroups">True to omit a group that no longer fits completely; false to take a part of it.</param>
    public SliceWindow(RowSet range, SplitOrder order, long wanted, bool keepsGroups)
    {
        (_range, _groups, KeepsGroups) = (range, order.Buckets, keepsGroups && order.Buckets is not null);
        From = range.From;
        // Rows in file order arrive in the order in which they are taken: the pass ends when there are enough.
        Until = order.IsSource ? range.To : range.PositionAt(wanted);
        if (_groups is not null && wanted > 0) Until = !keepsGroups ? _groups.Above(Until) : _groups.Below(Until) is var below && below > From ? below : _groups.Above(From + 1);
        TriedUntil = order.IsSource || wanted == 0 ? Until : Behind(wanted / 4);
    }

    /// <summary>True when a group that no longer fits completely is omitted.</summary>
    public bool KeepsGroups { get; }

    /// <summary>First position; those before it were taken by an earlier pass.</summary>
    public long From { get; private set; }

    /// <summary>One past the last position taken.</summary>
    public long Until { get; private set; }

    /// <summary>One past the last position tried.</summary>
    public long TriedUntil { get; private set; }

    /// <summary>True when a pass takes the position.</summary>
    public bool Takes(long position) => position >= From && position < Until && _range.Contains(position);

    /// <summary>True when a pass only tries the position.</summary>
    public bool Tries(long position) => position >= Until && position < TriedUntil && _range.Contains(position);

    /// <summary>Records rows that were tried.</summary>
    public void Note(IReadOnlyList<(long Position, bool IsUsable)> tried) => _tried.AddRange(tried);

    /// <summary>Moves on after a pass that found too few rows; false when the slice has no more.</summary>
    /// <param name="missing">Number of rows still missing.</param>
    public bool Extend(long missing)
    {
        if (Until >= _range.To) return false;

        From = Until;
        _tried.Sort();
        var usable = 0L;
        foreach (var (position, isUsable) in _tried)
        {
            if (!isUsable || ++usable < missing + (KeepsGroups ? 1 : 0)) continue;

            // Rows of a group share one position, so the position of the first excess row is that of the omitted group.
            Until = TriedUntil = KeepsGroups ? position : position + 1;
            _tried.Clear();
            return Until > From;
        }

        // As many more as the share of usable rows suggests, plus a margin.
        var share = Math.Max(1.0 / 64, (double)usable / Math.Max(1, _tried.Count));
        Until = TriedUntil;
        TriedUntil = Behind((long)((missing - usable) / share * 1.25));
        _tried.Clear();
        return true;
    }

    private long Behind(long rows) => _range.PositionAt(_range.CountWithin(_range.From, Until) + Math.Min(MaxTried, rows + 64));
}
