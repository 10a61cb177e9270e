using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>What the first rows of a file say about a column.</summary>
/// <param name="Source">Its name in the file.</param>
/// <param name="Name">The name that the task gives it: letters, digits and <c>_</c>, none that the template language keeps.</param>
/// <param name="Type">Its type.</param>
/// <param name="Nullable">True when some rows have no value.</param>
/// <param name="Values">Its different values in ordinal order (numbers by size), when there are few and the mean one stands in two rows or more; null otherwise.</param>
/// <param name="HoldsTexts">For lists: true when all elements are texts.</param>
/// <param name="IsIdentifier">True for what only tells rows apart.</param>
/// <param name="MeanLength">Mean length of its text in bytes.</param>
public sealed record ColumnProfile(
    string Source, string Name, ColumnType Type, bool Nullable, IReadOnlyList<string>? Values, bool HoldsTexts, bool IsIdentifier, double MeanLength)
{
    /// <summary>What its lists or objects are.</summary>
    internal CellShape Shape { get; init; } = new(ShapeKind.None);

    /// <summary>Names of its labels in the file's metadata.</summary>
    internal IReadOnlyList<string>? Labels { get; init; }

    /// <summary>True when some numbers are negative, which in a label means that there is none.</summary>
    internal bool HasNegative { get; init; }

    /// <summary>True for a value that can be printed as it is.</summary>
    internal bool IsPlain => Type is not (ColumnType.List or ColumnType.Object or ColumnType.Any);
}
