namespace InstructKit.Rendering;

/// <summary>One line of a block.</summary>
/// <param name="Start">Where it begins in the batch's buffer.</param>
/// <param name="Length">Bytes, without the line end.</param>
/// <param name="Number">One-based number in the input.</param>
internal readonly record struct RowLine(int Start, int Length, long Number);
