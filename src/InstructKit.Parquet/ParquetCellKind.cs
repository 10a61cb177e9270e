namespace InstructKit.Parquet;

/// <summary>How the bytes of a <see cref="ParquetCell"/> are to be read.</summary>
public enum ParquetCellKind : byte
{
    /// <summary>The file has no such column; no bytes.</summary>
    Missing,

    /// <summary>Null; no bytes.</summary>
    Null,

    /// <summary>Valid UTF-8. Dates, times, timestamps and UUIDs come in this form too (ISO 8601 and RFC 9562).</summary>
    Text,

    /// <summary>As <see cref="Text"/>, of ASCII without control characters, quotation marks and backslashes: JSON takes it as it is.</summary>
    PlainText,

    /// <summary>Binary data as base64.</summary>
    Base64,

    /// <summary>An integer; the bytes are its decimal text.</summary>
    Integer,

    /// <summary>
    /// A number with a point or an exponent; the bytes are its shortest text as Python prints it (single precision is widened first), or for a decimal all its digits. <c>NaN</c>,
    /// <c>Infinity</c> and <c>-Infinity</c>, which JSON does not have, come in this kind as well.
    /// </summary>
    Float,

    /// <summary>True; no bytes.</summary>
    True,

    /// <summary>False; no bytes.</summary>
    False,

    /// <summary>A struct, list or map; the bytes are its JSON text.</summary>
    Json,

    /// <summary>
    /// As <see cref="Json"/>, but with <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c> in it, which JSON does not have: they are values of a nested column as
    /// they are of a flat one, written as Python's json writes them.
    /// </summary>
    LooseJson,

    /// <summary>Bytes that the file declares to be text and that are not UTF-8, as they are.</summary>
    InvalidText,

    /// <summary>As <see cref="Json"/>, but with a text that was not UTF-8 and stands there as base64.</summary>
    InvalidJson,
}
