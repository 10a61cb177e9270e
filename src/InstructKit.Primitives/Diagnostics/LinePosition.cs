namespace InstructKit.Diagnostics;

/// <summary>A place in a text: zero-based line and column (column in UTF-16 units). Printed one-based, in <see cref="ToString"/> alone.</summary>
/// <param name="Line">Zero-based line.</param>
/// <param name="Column">Zero-based column.</param>
public readonly record struct LinePosition(int Line, int Column)
{
    /// <summary>One-based <c>line:column</c>, as editors and people count.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Line + 1}:{Column + 1}");
}
