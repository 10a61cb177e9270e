namespace InstructKit.Cells;

/// <summary>Errors of the input that can be repaired instead of rejecting the row.</summary>
[Flags]
public enum InputRepairs
{
    /// <summary>None: the row is as it is in the file.</summary>
    None = 0,

    /// <summary>Bytes that are not UTF-8 are replaced as the WHATWG's decoder does: one U+FFFD for each maximal part of a character.</summary>
    InvalidUtf8 = 1,

    /// <summary>Of several values under one key of a JSON object, at any depth, the last is taken, as Python's and JavaScript's readers do (RFC 8259, section 4, leaves it open).</summary>
    DuplicateKeys = 2,

    /// <summary>An escape such as <c>\ud800</c> without its other half is replaced by U+FFFD.</summary>
    LoneSurrogates = 4,
}

/// <summary>A row that was repaired.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="What">What was repaired in it.</param>
public readonly record struct RowRepair(int Row, InputRepairs What);
