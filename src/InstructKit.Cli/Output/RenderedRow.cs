namespace InstructKit.Cli.Output;

/// <summary>A row of a task with everything that its templates make of it.</summary>
/// <param name="Row">Its number in the source split, from zero, as in the <c>row</c> field of a dataset.</param>
/// <param name="File">The file.</param>
/// <param name="Line">One-based line in it.</param>
/// <param name="Values">The canonical row, options and answer.</param>
/// <param name="Examples">What the templates make; empty for a row that is not used.</param>
/// <param name="Unused">Why the row is not used, or null.</param>
internal sealed record RenderedRow(
    long Row, string File, long Line, IReadOnlyList<(string Name, string Value)> Values, IReadOnlyList<RenderedExample> Examples, string? Unused);
