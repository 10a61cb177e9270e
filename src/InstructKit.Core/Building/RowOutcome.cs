using InstructKit.Templates;

namespace InstructKit.Building;

/// <summary>A row of a batch that did not become an example, and why.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Column">Zero-based byte column of a reading fault, or -1.</param>
/// <param name="Template">Template concerned, or null when it was before any.</param>
/// <param name="WholeRow">False when the row became examples under other templates.</param>
internal readonly record struct RowOutcome(int Row, RowVerdict Verdict, int Column = -1, string? Template = null, bool WholeRow = true);
