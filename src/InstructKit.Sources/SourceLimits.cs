namespace InstructKit.Sources;

/// <summary>Bounds on what an input may ask for. Every one has a flag of the same name.</summary>
public sealed record SourceLimits
{
    /// <summary>The deepest nesting that can be asked for: the scanner keeps a bit for each level.</summary>
    public const int DepthCeiling = 16_384;

    /// <summary>The least that <see cref="MaxBufferBytes"/> may be.</summary>
    public const long BufferBytesFloor = 1 << 20;

    /// <summary>The most that <see cref="MaxBufferBytes"/> may be.</summary>
    public const long BufferBytesCeiling = 1L << 40;

    /// <summary>The longest line, CSV record, row of a Parquet file or JSON value that is held at once, in bytes (<c>--max-line-bytes</c>); 64 MiB by default.</summary>
    public int MaxLineBytes { get; init; } = 64 << 20;

    /// <summary>The deepest nesting of JSON arrays and objects (<c>--max-json-depth</c>); 64 by default.</summary>
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>The most columns of a header, or keys of a JSON record (<c>--max-columns</c>).</summary>
    public int MaxColumns { get; init; } = 16_384;

    /// <summary>The most members of one archive (<c>--max-archive-entries</c>).</summary>
    public int MaxArchiveEntries { get; init; } = 65_536;

    /// <summary>How many bytes one compressed byte may become (<c>--max-compression-ratio</c>), counted from the first MiB on.</summary>
    public int MaxCompressionRatio { get; init; } = 200;

    /// <summary>The most bytes that one reader unpacks, in all (<c>--max-unpacked-bytes</c>); 64 GiB by default.</summary>
    public long MaxUnpackedBytes { get; init; } = 64L << 30;

    /// <summary>The most bytes that the pages of the columns read from a Parquet file take at once (<c>--max-buffer-bytes</c>); 256 MiB by default.</summary>
    public long MaxBufferBytes { get; init; } = 256 << 20;
}
