namespace InstructKit.Sources;

/// <summary>Limits on the resources that an input may use. Each has a flag of the same name.</summary>
public sealed record SourceLimits
{
    /// <summary>The largest [MaxJsonDepth] allowed: the scanner keeps a bit for each level.</summary>
    public const int DepthCeiling = 16_384;

    /// <summary>The smallest value allowed for <see cref="MaxBufferBytes"/>.</summary>
    public const long BufferBytesFloor = 1 << 20;

    /// <summary>The largest value allowed for <see cref="MaxBufferBytes"/>.</summary>
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

    /// <summary>The most bytes that one reader decompresses in total (<c>--max-unpacked-bytes</c>); 64 GiB by default.</summary>
    public long MaxUnpackedBytes { get; init; } = 64L << 30;

    /// <summary>The most memory for pages of a Parquet file's columns at once, in bytes (<c>--max-buffer-bytes</c>); 256 MiB by default.</summary>
    public long MaxBufferBytes { get; init; } = 256 << 20;
}
