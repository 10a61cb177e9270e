using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building.Slices;

/// <summary>The order in which slices and caps take the rows of a source split: a position for each row.</summary>
internal sealed class SplitOrder
{
    private readonly RowPermutation? _permutation;
    private readonly GroupHash _groups;

    /// <summary>Creates the order of single rows.</summary>
    public SplitOrder(RowPermutation? permutation) => _permutation = permutation;

    public SplitOrder(GroupBuckets buckets, long seed) => (Buckets, _groups) = (buckets, new GroupHash(seed));

    /// <summary>File order. If slices are complete and nothing is capped, every order selects the same rows.</summary>
    public static SplitOrder Source { get; } = new(null);

    /// <summary>The groups; null for single rows.</summary>
    public GroupBuckets? Buckets { get; }

    /// <summary>True when a row's position is its number.</summary>
    public bool IsSource => _permutation is null && Buckets is null;

    /// <summary>Rows of the split; <see cref="long.MaxValue"/> when not counted.</summary>
    public long Count => Buckets?.Count ?? _permutation?.Count ?? long.MaxValue;

    /// <summary>The position of a row that is in no group.</summary>
    public long PositionOf(long ordinal) => _permutation?.PositionOf(ordinal) ?? ordinal;

    /// <summary>The position of a row; those of one group have the same.</summary>
    /// <param name="evaluator">Loads the group; the row it holds is replaced.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="ordinal">Its number in the split.</param>
    /// <param name="nextError">See <see cref="RowBatch.ErrorOf"/>.</param>
    public long PositionOf(RowEvaluator evaluator, RowBatch batch, int row, long ordinal, ref int nextError) =>
        Buckets is null ? PositionOf(ordinal) : Buckets.PositionOf(_groups.Of(evaluator, batch, row, ordinal, ref nextError));
}

/// <summary>The slices of a source split as positions in its order.</summary>
/// <param name="All">All slices, including those that are not written: their rows are not available to others.</param>
internal sealed record SplitSlices(SplitOrder Order, IReadOnlyList<RowSet> All)
{
    /// <summary>The positions of a slice.</summary>
    public RowSet Of(SliceKind slice) => All.First(set => set.Slice == slice);

    /// <summary>The slice that a row belongs to; null for none.</summary>
    /// <param name="position">The row's position in the order.</param>
    public SliceKind? SliceAt(long position)
    {
        SliceKind? found = null;
        foreach (var set in All)
        {
            if (set.Contains(position) && (found is not { } other || set.Outranks(other))) found = set.Slice;
        }

        return found;
    }

    /// <summary>Slices that take precedence for a row.</summary>
    public RowSet[] Before(SliceKind slice) => [.. All.Where(set => set.Outranks(slice))];
}

/// <summary>A reader's fatal error, with the task added: readers name a file as in the layout, and many tasks have a <c>train.jsonl</c>.</summary>
internal static class BrokenSource
{
    /// <summary>True for a reader's exception without advice.</summary>
    public static bool IsOne(DiagnosticException exception) => exception.Diagnostics is [{ Hint: null } only] && only.Code.StartsWith("IK3", StringComparison.Ordinal);

    public static DiagnosticException Of(string task, string folder, DiagnosticException exception)
    {
        var only = exception.Diagnostics[0];
        return new(only with { Span = Below(folder, only.Span), Hint = $"Task {task}, read from {folder}." }, exception);
    }

    // The same position with the file's full path, which editors can open.
    private static SourceSpan? Below(string folder, SourceSpan? span) => span is { } place
        ? new SourceSpan(SourceText.Embedded(Path.Combine(folder, place.Source.Name), string.Empty, _ => place.Start), 0, 0)
        : null;
}
