using InstructKit.Examples;
using InstructKit.Tasks;

namespace InstructKit.Building.Slices;

/// <summary>Positions of a source split's rows, in the order of the split, that belong to a slice.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Pieces">Half-open ranges.</param>
public sealed record RowSet(SliceKind Slice, IReadOnlyList<(long From, long To)> Pieces)
{
    private readonly (long From, long To)[] _pieces = [.. Pieces];
    private readonly List<(long From, long To)> _merged = Merge(Pieces);

    /// <summary>First row.</summary>
    public long From { get; } = Pieces.Min(piece => piece.From);

    /// <summary>One past the last row.</summary>
    public long To { get; } = Pieces.Max(piece => piece.To);

    /// <summary>Number of rows.</summary>
    public long Count => CountWithin(From, To);

    /// <summary>The drop reason of a row in this range from a slice of lower priority: training yields to both others, dev to test.</summary>
    public string Reason => Slice == SliceKind.Test ? DropReasons.AlsoInTest : DropReasons.AlsoInValidation;

    /// <summary>True when a row is in the range.</summary>
    public bool Contains(long row)
    {
        foreach (var (from, to) in _pieces)
        {
            if (row >= from && row < to) return true;
        }

        return false;
    }

    /// <summary>True when a row in both ranges belongs to this one.</summary>
    public bool Outranks(SliceKind other) => Slice > other;

    /// <summary>Number of rows of the range among the ordinals from <paramref name="from"/> to <paramref name="to"/> (exclusive).</summary>
    public long CountWithin(long from, long to) => _merged.Sum(piece => Math.Max(0, Math.Min(piece.To, to) - Math.Max(piece.From, from)));

    /// <summary>Position after the first <paramref name="rows"/> rows; <see cref="To"/> if there are no more.</summary>
    public long PositionAt(long rows)
    {
        foreach (var (from, to) in _merged)
        {
            if (rows <= to - from) return from + rows;

            rows -= to - from;
        }

        return To;
    }

    /// <summary>Number of rows of the range that are also in at least one of the others.</summary>
    public long CountShared(IReadOnlyList<RowSet> others)
    {
        if (others.Count == 0) return 0;

        var union = new RowSet(Slice, [.. others.SelectMany(other => other._merged)]);
        return Count + union.Count - new RowSet(Slice, [.. _merged, .. union._merged]).Count;
    }

    // Pieces may overlap when the source is smaller than the slices expect.
    private static List<(long From, long To)> Merge(IReadOnlyList<(long From, long To)> pieces)
    {
        List<(long From, long To)> merged = [];
        foreach (var piece in pieces.OrderBy(piece => piece.From))
        {
            if (merged.Count > 0 && piece.From <= merged[^1].To) merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, piece.To));
            else merged.Add(piece);
        }

        return merged;
    }
}
