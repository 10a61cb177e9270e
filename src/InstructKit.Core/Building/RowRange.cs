using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Ordinals of a source split's rows that belong to a slice, half-open.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="From">First row.</param>
/// <param name="To">Row behind the last.</param>
public readonly record struct RowRange(Role Slice, long From, long To)
{
    /// <summary>True when a row lies in the range.</summary>
    public bool Contains(long row) => row >= From && row < To;

    /// <summary>The drop reason of a row that lies in this range and was meant for a slice that counts less: training gives way to both others, dev to test.</summary>
    public string Reason => Slice == Role.Test ? DropReasons.AlsoInTest : DropReasons.AlsoInValidation;

    /// <summary>True when a row that is in both ranges belongs to this one.</summary>
    public bool Outranks(Role other) => Slice > other;
}
