using InstructKit.Examples;
using InstructKit.Templates;

namespace InstructKit.Screening;

/// <summary>Looks rows up among the held-out ones. One per worker.</summary>
/// <param name="keys">The keys of all held-out rows, in order.</param>
/// <param name="drops">True to drop what is found, false to name it only.</param>
internal sealed class HeldOutScreen(HeldOutKeys keys, bool drops = true) : IRowFilter
{
    private readonly RowKey _key = new();
    private long _found = -1;

    public string? DropReason(RowEvaluator row, long ordinal)
    {
        _found = keys.Find(_key.Of(row));
        return drops && _found >= 0 ? DropReasons.InHeldOut : null;
    }

    /// <summary>Number of the first held-out row that the row looked up last is (see <see cref="HeldOutKeys.RowsAt"/>); -1 when none is, or this was asked already.</summary>
    public long TakeFound()
    {
        var found = _found;
        _found = -1;
        return found;
    }
}
