using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>The order in which slices and caps take the rows of a source split: a position for each row.</summary>
/// <param name="permutation">The permutation; null for rows as they are in the files.</param>
internal sealed class SplitOrder(RowPermutation? permutation)
{
    /// <summary>Rows as they are in the files. Where slices are whole and nothing is capped, every order selects the same rows.</summary>
    public static SplitOrder Source { get; } = new(null);

    /// <summary>True when a row's position is its number.</summary>
    public bool IsSource => permutation is null;

    /// <summary>Rows of the split; <see cref="long.MaxValue"/> when they were not counted.</summary>
    public long Count => permutation?.Count ?? long.MaxValue;

    /// <summary>The position of a row.</summary>
    public long PositionOf(long ordinal) => permutation?.PositionOf(ordinal) ?? ordinal;
}

/// <summary>The slices of a source split as positions in its order.</summary>
/// <param name="Order">The order.</param>
/// <param name="All">All slices, those that are not written included: their rows are not for others.</param>
internal sealed record SplitSlices(SplitOrder Order, IReadOnlyList<RowSet> All)
{
    /// <summary>The positions of a slice.</summary>
    public RowSet Of(SliceKind slice) => All.First(set => set.Slice == slice);

    /// <summary>Slices that a row belongs to first.</summary>
    public RowSet[] Before(SliceKind slice) => [.. All.Where(set => set.Outranks(slice))];
}
