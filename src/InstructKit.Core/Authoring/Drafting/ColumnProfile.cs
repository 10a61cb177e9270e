using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Profile of a column from sampled rows of a file.</summary>
/// <param name="Source">Its name in the file.</param>
/// <param name="Name">Its name in the task: letters, digits and <c>_</c>, not reserved by the template language.</param>
/// <param name="Type">Its type.</param>
/// <param name="Nullable">True when some rows have no value.</param>
/// <param name="Values">Its distinct values in ordinal order (numbers by size), if there are few and the average one occurs in two rows or more; null otherwise.</param>
/// <param name="HoldsTexts">For lists: true when all elements are texts.</param>
/// <param name="IsIdentifier">True if it only identifies rows.</param>
/// <param name="MeanLength">Mean length of its text in bytes.</param>
public sealed record ColumnProfile(
    string Source, string Name, ColumnType Type, bool Nullable, IReadOnlyList<string>? Values, bool HoldsTexts, bool IsIdentifier, double MeanLength)
{
    /// <summary>The shape of its lists or objects.</summary>
    internal CellShape Shape { get; init; } = new(ShapeKind.None);

    /// <summary>Names of its labels in the file's metadata.</summary>
    internal IReadOnlyList<string>? Labels { get; init; }

    /// <summary>True when some numbers are negative.</summary>
    internal bool HasNegative { get; init; }

    /// <summary>True when some texts are empty.</summary>
    internal bool HasBlank { get; init; }

    /// <summary>Rows sampled.</summary>
    internal long Rows { get; init; }

    /// <summary>For objects: the keys common to all whose values are texts.</summary>
    internal IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The expression of its value in the source row; null for the column itself.</summary>
    internal string? Expression { get; init; }

    /// <summary>True when so many rows all have the same value that it is not an answer.</summary>
    internal bool IsConstant => Rows >= 20 && Values is { Count: 1 };

    /// <summary>True for a scale such as -1 and 1 or -2 to 2; a single negative label otherwise means a missing label.</summary>
    internal bool HasScale => HasNegative && Type == ColumnType.Int && Values is { } values && (values.Count(value => value.StartsWith('-')) >= 2 || (values.Count == 2 && values[0] == "-1" && values[1] == "1"));

    /// <summary>True for values that can be printed directly.</summary>
    internal bool IsPlain => Type is not (ColumnType.List or ColumnType.Object or ColumnType.Any);
}
