namespace InstructKit.Sinks;

/// <summary>In which form the examples are written.</summary>
public enum OutputFormat
{
    /// <summary>JSON Lines.</summary>
    JsonLines,

    /// <summary>JSON Lines, compressed with gzip.</summary>
    JsonLinesGzip,

    /// <summary>Parquet with snappy; the bytes are the same on every machine.</summary>
    Parquet,

    /// <summary>Parquet with zstd: smaller, but the bytes depend on the version of the system's libzstd.</summary>
    ParquetZstd,
}
