using System.IO.Compression;

namespace InstructKit.Sinks;

/// <summary>How rows are stored on the disk, whatever their shape.</summary>
/// <param name="Name">The name that plans and <c>--container</c> use.</param>
/// <param name="Extension">End of the files' names.</param>
/// <param name="Description">One sentence for the documentation.</param>
/// <param name="Open">Opens the sink of one split: output folder, name of the split, columns, and bytes of uncompressed JSON Lines per shard.</param>
public sealed record OutputContainer(string Name, string Extension, string Description, Func<OutputContainer, string, string, IReadOnlyList<OutputColumn>, long, ILineSink> Open)
{
    /// <summary>Wraps the stream of a file in its compression; null where there is none.</summary>
    public Func<Stream, Stream>? Compress { get; init; }

    /// <summary>Refuses the container on a machine that cannot write it, before anything is written.</summary>
    public Action? Require { get; init; }
}

/// <summary>The table of containers.</summary>
public static class OutputContainers
{
    private const int ZstdLevel = 3;

    /// <summary>JSON Lines.</summary>
    public static OutputContainer JsonLines { get; } = new("jsonl", ".jsonl", "JSON Lines: one object per line", OpenLines);

    /// <summary>JSON Lines, compressed with gzip.</summary>
    public static OutputContainer JsonLinesGzip { get; } = new("jsonl.gz", ".jsonl.gz", "JSON Lines, compressed with gzip", OpenLines)
    {
        Compress = stream => new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true),
    };

    /// <summary>JSON Lines, compressed with Zstandard.</summary>
    public static OutputContainer JsonLinesZstd { get; } = new("jsonl.zst", ".jsonl.zst", "JSON Lines, compressed with Zstandard", OpenLines)
    {
        Compress = stream => new ZstdSharp.CompressionStream(stream, ZstdLevel, leaveOpen: true),
    };

    /// <summary>One JSON array.</summary>
    public static OutputContainer Json { get; } = new(
        "json", ".json", "one JSON array per file", (container, root, split, _, shardBytes) => new JsonArraySink(root, split, container, shardBytes));

    /// <summary>Parquet with Snappy.</summary>
    public static OutputContainer Parquet { get; } = new("parquet", ".parquet", "Parquet, pages compressed with Snappy", OpenParquet);

    /// <summary>Parquet with Zstandard: smaller.</summary>
    public static OutputContainer ParquetZstd { get; } = new("parquet-zstd", ".parquet", "Parquet, pages compressed with Zstandard", OpenParquet)
    {
        Require = () => ParquetSink.RequireCodec(zstd: true),
    };

    /// <summary>All containers, the default first.</summary>
    public static IReadOnlyList<OutputContainer> All { get; } = [JsonLines, JsonLinesGzip, JsonLinesZstd, Json, Parquet, ParquetZstd];

    private static JsonLinesSink OpenLines(OutputContainer container, string root, string split, IReadOnlyList<OutputColumn> columns, long shardBytes) =>
        new(root, split, container, shardBytes);

    private static ParquetSink OpenParquet(OutputContainer container, string root, string split, IReadOnlyList<OutputColumn> columns, long shardBytes) =>
        new(root, split, columns, container, shardBytes);
}
