namespace InstructKit.Cells;

/// <summary>Why a record could not become a row. The row keeps its ordinal, so that slices do not move when the record is repaired.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="Code">Stable diagnostic code, such as <c>IK3002</c>.</param>
/// <param name="Message">What is wrong and what was expected, one sentence.</param>
/// <param name="Column">Zero-based byte column within the record's first line, or -1 when the whole record is meant.</param>
public readonly record struct RowError(int Row, string Code, string Message, int Column = -1);
