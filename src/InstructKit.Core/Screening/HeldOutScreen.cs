using InstructKit.Templates;

namespace InstructKit.Screening;

/// <summary>Looks rows up among the held-out ones. One per worker.</summary>
/// <param name="keys">The keys of all held-out rows, in order.</param>
internal sealed class HeldOutScreen(HeldOutKeys keys)
{
    private readonly RowKey _key = new();

    /// <summary>Number of the first held-out row that is the loaded row (see <see cref="HeldOutKeys.RowsAt"/>); -1 when none is.</summary>
    public long Find(RowEvaluator row) => keys.Find(_key.Of(row));
}
