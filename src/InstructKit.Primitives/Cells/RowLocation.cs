using System.Runtime.InteropServices;

namespace InstructKit.Cells;

/// <summary>Position of a row in its source, and its raw text.</summary>
/// <param name="File">Index into the files of the reader.</param>
/// <param name="Line">One-based number of the line on which the record begins (for Parquet and other binary formats the one-based row).</param>
/// <param name="RawOffset">Start of the record's raw text in the batch's buffer.</param>
/// <param name="RawLength">Length of the raw text, in bytes; zero when the format has none worth keeping.</param>
/// <param name="Offset">Zero-based byte at which the record begins in the unpacked content of its file; -1 when it has no bytes of its own there.</param>
/// <param name="Indent">Zero-based byte on its line at which the record begins; columns of faults count from the line's start.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RowLocation(int File, long Line, int RawOffset, int RawLength, long Offset = -1, int Indent = 0);
