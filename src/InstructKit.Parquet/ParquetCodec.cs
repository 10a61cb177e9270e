namespace InstructKit.Parquet;

/// <summary>Compression of pages; numbers as in parquet.thrift.</summary>
public enum ParquetCodec
{
    /// <summary>None.</summary>
    Uncompressed = 0,

    /// <summary>Snappy: quick, moderate.</summary>
    Snappy = 1,

    /// <summary>Gzip.</summary>
    Gzip = 2,

    /// <summary>LZO; not supported.</summary>
    Lzo = 3,

    /// <summary>Brotli.</summary>
    Brotli = 4,

    /// <summary>LZ4 in Hadoop's frames; deprecated by the format.</summary>
    Lz4 = 5,

    /// <summary>Zstandard; needs the system's libzstd.</summary>
    Zstd = 6,

    /// <summary>LZ4 blocks.</summary>
    Lz4Raw = 7,
}
