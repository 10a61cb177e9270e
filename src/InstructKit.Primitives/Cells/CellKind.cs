namespace InstructKit.Cells;

/// <summary>How the bytes of a <see cref="Cell"/> are to be read.</summary>
public enum CellKind : byte
{
    /// <summary>The row has no such column; undefined to a template.</summary>
    Missing,

    /// <summary>An explicit null; none to a template.</summary>
    Null,

    /// <summary>Text, plain UTF-8.</summary>
    Text,

    /// <summary>
    /// Text still escaped as in a JSON string, without the quotes. The escapes are exactly those that our own JSON writer makes
    /// (<c>\" \\ \b \f \n \r \t</c> and <c>\u00xx</c> in lower-case hex for other control characters), so that a JSON sink may copy the bytes.
    /// </summary>
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
