namespace InstructKit.Cells;

/// <summary>How to read the bytes of a <see cref="Cell"/>.</summary>
public enum CellKind : byte
{
    /// <summary>The row has no such column; undefined to a template.</summary>
    Missing,

    /// <summary>An explicit null; <c>none</c> to a template.</summary>
    Null,

    /// <summary>Text, plain UTF-8.</summary>
    Text,

    /// <summary>Text still escaped as in a JSON string, without the quotes. The escapes are exactly those our own JSON writer produces (<c>\" \\ \b \f \n \r
    /// \t</c> and <c>\u00xx</c> in lower-case hex for other control characters), so a JSON sink may copy the bytes.</summary>
    EscapedText,

    /// <summary>An integer of any size; the bytes are its decimal text.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent; the bytes are its JSON text.</summary>
    Float,

    /// <summary>True; no bytes.</summary>
    True,

    /// <summary>False; no bytes.</summary>
    False,

    /// <summary>A JSON array or object; the bytes are its valid JSON text.</summary>
    Json,
}

/// <summary>One value of a row: a kind and a slice of the buffer owned by the row's batch. No string is allocated.</summary>
/// <param name="Kind">How to read the bytes.</param>
/// <param name="Offset">Start of the slice in the batch's buffer, in bytes.</param>
/// <param name="Length">Length of the slice, in bytes.</param>
/// <param name="IsVerbatim">True for text known to contain nothing that JSON escapes: it may be copied into a JSON string unchanged.</param>
public readonly record struct Cell(CellKind Kind, int Offset, int Length, bool IsVerbatim = false)
{
    /// <summary>A missing cell.</summary>
    public static Cell Missing => default;

    /// <summary>True for either form of text.</summary>
    public bool IsText => Kind is CellKind.Text or CellKind.EscapedText;
}
