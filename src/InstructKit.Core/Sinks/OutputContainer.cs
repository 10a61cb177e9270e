using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Text;

namespace InstructKit.Sinks;

/// <summary>Where a split is written.</summary>
/// <param name="Folder">Folder of the data files.</param>
/// <param name="Split">Name of the split, <c>\w+</c>.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="ShardBytes">Size at which the next shard begins, in bytes of JSON Lines before compression; <see cref="long.MaxValue"/> for one file.</param>
public sealed record SinkPlace(string Folder, string Split, RecordSchema Schema, long ShardBytes);

/// <summary>A way in which records are kept in files.</summary>
/// <param name="Name">Name in plans and options.</param>
/// <param name="Extension">How its files end.</param>
/// <param name="Description">What it is, for help.</param>
/// <param name="PrefersEscaped">True when texts are best rendered as the insides of JSON strings.</param>
/// <param name="Writer">Makes a writer that encodes records for it.</param>
/// <param name="Open">Makes the sink of a split.</param>
public sealed record OutputContainer(
    string Name, string Extension, string Description, bool PrefersEscaped, Func<Utf8Output, RecordSchema, RecordWriter> Writer, Func<SinkPlace, IRecordSink> Open);

/// <summary>All containers. To add one: a sink, and one line here.</summary>
public static class OutputContainers
{
    /// <summary>The containers; the first is the default.</summary>
    public static IReadOnlyList<OutputContainer> All { get; } =
    [
        new("jsonl", ".jsonl", "JSON Lines", true, Json, place => new JsonLinesSink(place, ".jsonl", gzip: false)),
        new("jsonl.gz", ".jsonl.gz", "JSON Lines, compressed with gzip", true, Json, place => new JsonLinesSink(place, ".jsonl.gz", gzip: true)),
        new("parquet", ".parquet", "Parquet, compressed with snappy", false, Binary, place => new ParquetSink(place, ".parquet", zstd: false)),
        new("parquet-zstd", ".parquet", "Parquet, compressed with Zstandard", false, Binary, place => new ParquetSink(place, ".parquet", zstd: true)),
    ];

    /// <summary>The default.</summary>
    public static OutputContainer Default => All[0];

    /// <summary>The container of a name; null when there is none.</summary>
    public static OutputContainer? Find(string name) => All.FirstOrDefault(container => container.Name == name);

    private static JsonRecordWriter Json(Utf8Output output, RecordSchema schema) => new(output, schema);

    private static BinaryRecordWriter Binary(Utf8Output output, RecordSchema schema) => new(output, schema);
}
