using System.Runtime.InteropServices;

namespace InstructKit.Cells;

/// <summary>Position of a row in its source, and its raw text.</summary>
/// <param name="File">Index into the files of the reader.</param>
/// <param name="Line">One-based number of the line on which the record begins (for Parquet and other binary formats the one-based row).</param>
/// <param name="RawOffset">Start of the record's raw text in the batch's buffer.</param>
/// <param name="RawLength">Length of the raw text, in bytes; zero when the format keeps none.</param>
/// <param name="Offset">Zero-based byte at which the record begins in the decompressed content of its file; -1 when it has no bytes of its own there.</param>
/// <param name="Indent">Zero-based byte on its line at which the record begins; columns of faults count from the line's start.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RowLocation(int File, long Line, int RawOffset, int RawLength, long Offset = -1, int Indent = 0);

/// <summary>Why a record could not become a row. The row keeps its ordinal, so that slices do not move when the record is repaired.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="Code">Stable diagnostic code, such as <c>IK3002</c>.</param>
/// <param name="Message">What is wrong and what was expected, one sentence.</param>
/// <param name="Column">Zero-based byte column within the record's first line, or -1 when the whole record is meant.</param>
public readonly record struct RowError(int Row, string Code, string Message, int Column = -1);

/// <summary>A row that differs from its record in the file.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="What">What was tolerated in it.</param>
public readonly record struct RowRepair(int Row, InputRepairs What);

/// <summary>Data errors that were tolerated in a row because the user allowed it.</summary>
[Flags]
public enum InputRepairs
{
    /// <summary>Nothing: the row is as it is in the file.</summary>
    None = 0,

    /// <summary>Bytes that are not UTF-8 became U+FFFD.</summary>
    InvalidUtf8 = 1,

    /// <summary>A JSON object had a key several times; the last value was taken.</summary>
    DuplicateKeys = 2,

    /// <summary>Half of a surrogate pair in a JSON escape became U+FFFD.</summary>
    LoneSurrogates = 4,
}
