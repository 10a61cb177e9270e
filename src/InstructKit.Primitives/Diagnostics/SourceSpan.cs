namespace InstructKit.Diagnostics;

/// <summary>A slice of a <see cref="SourceText"/>: offset and length in UTF-16 units of <see cref="SourceText.Text"/>.</summary>
/// <param name="Source">The text that the slice belongs to.</param>
/// <param name="Offset">Zero-based start.</param>
/// <param name="Length">Length; zero marks a point, such as the end of the text.</param>
public readonly record struct SourceSpan(SourceText Source, int Offset, int Length)
{
    /// <summary>Where the slice begins, in the file that people edit.</summary>
    public LinePosition Start => Source.PositionInFile(Offset);

    /// <summary>The text of the slice.</summary>
    public string Text => Source.Text.Substring(Offset, Length);
}
