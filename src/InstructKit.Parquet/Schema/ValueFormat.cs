namespace InstructKit.Parquet.Schema;

/// <summary>How the stored values of a leaf become text.</summary>
internal enum ValueFormat
{
    Boolean,
    Signed,
    Unsigned32,
    Unsigned64,
    Float16,
    Float32,
    Float64,
    Decimal,
    Date,
    Time,
    Timestamp,
    Int96,
    Interval,
    Uuid,

    /// <summary>Bytes that are declared to be UTF-8.</summary>
    Text,

    /// <summary>Bytes of unknown meaning in a file that never declares text: text where they are UTF-8, otherwise base64.</summary>
    TextOrBinary,

    /// <summary>Bytes that are no text: base64.</summary>
    Binary,

    /// <summary>A column without values.</summary>
    Null,
}
