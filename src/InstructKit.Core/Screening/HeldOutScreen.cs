using InstructKit.Examples;
using InstructKit.Templates;

namespace InstructKit.Screening;

/// <summary>Looks rows up among the held-out ones. One per worker.</summary>
/// <param name="keys">The keys of all held-out rows, in order.</param>
/// <param name="drops">True to drop matching rows, false to only identify them.</param>
internal sealed class HeldOutScreen(HeldOutKeys keys, bool drops = true) : IRowFilter
{
    private readonly RowKey _key = new();
    private long _found = -1;

    public string? DropReason(RowEvaluator row, long ordinal)
    {
        _found = keys.Find(_key.Of(row));
        return drops && _found >= 0 ? DropReasons.InHeldOut : null;
    }

    /// <summary>Number of the first held-out row equal to the row looked up last (see <see cref="HeldOutKeys.RowsAt"/>); -1 if there is none, or it was already read.</summary>
    public long TakeFound()
    {
        var found = _found;
        _found = -1;
        return found;
    }
}
