using System.IO.Compression;
using InstructKit.Compression;
using InstructKit.Examples;
using InstructKit.Formats;

namespace InstructKit.Sinks;

/// <summary>How records are stored on disk, independent of their format.</summary>
/// <param name="Name">The name in plans and <c>--container</c>.</param>
/// <param name="Extension">End of the files' names.</param>
/// <param name="Description">One sentence for the documentation.</param>
/// <param name="PrefersEscaped">True when texts are best rendered JSON-escaped.</param>
/// <param name="Writer">Creates a writer that encodes records for it.</param>
/// <param name="Open">Opens the sink of one split.</param>
public sealed record OutputContainer(
    string Name, string Extension, string Description, bool PrefersEscaped, Func<Utf8Output, RecordSchema, RecordWriter> Writer, Func<SinkPlace, IRecordSink> Open)
{
    /// <summary>Wraps the stream of a file in its compression; null if the file is not compressed as a whole.</summary>
    public Func<Stream, Stream>? Compress { get; init; }

    /// <summary>True when it stores texts, numbers and booleans, but neither lists nor objects.</summary>
    public bool IsFlat { get; init; }

    /// <summary>Returns the container with another handling of tabs and line ends; null if texts may contain them.</summary>
    internal Func<OutputContainer, LineBreaks, OutputContainer>? WithBreaks { get; init; }

    /// <summary>Settings in a dataset card for Hugging Face <c>datasets</c> to read its files, in addition to their names; empty if none are needed,
    /// null if it cannot read them.</summary>
    public Func<RecordSchema, IReadOnlyList<string>>? CardSettings { get; init; } = static _ => [];
}

/// <summary>Where a split is written.</summary>
/// <param name="Folder">Folder of the data files.</param>
/// <param name="Split">Name of the split, <c>\w+</c>.</param>
/// <param name="Container">The container.</param>
/// <param name="Schema">Its columns.</param>
/// <param name="ShardBytes">Size at which the next shard begins, in bytes of JSON Lines before compression; <see cref="long.MaxValue"/> for one file.</param>
public sealed record SinkPlace(string Folder, string Split, OutputContainer Container, RecordSchema Schema, long ShardBytes)
{
    /// <summary>The folder shown in messages; null for <see cref="Folder"/>.</summary>
    internal string? ShownFolder { get; init; }

    /// <summary>The folder's path below the output folder, with <c>/</c>; null for its name.</summary>
    internal string? Below { get; init; }

    /// <summary>Name of the split's single file, without its extension; null for numbered shards.</summary>
    internal string? FileName { get; init; }

    internal string NameOf(int shard, int count) =>
        FileName is null ? string.Create(CultureInfo.InvariantCulture, $"{Split}-{shard:00000}-of-{count:00000}{Container.Extension}") : FileName + Container.Extension;
}

/// <summary>The table of containers. To add one: a sink, and one line here.</summary>
public static class OutputContainers
{
    private const int ZstandardLevel = 3;

    /// <summary>All containers, the default first.</summary>
    public static IReadOnlyList<OutputContainer> All { get; } =
    [
        new("jsonl", ".jsonl", "JSON Lines: one object per line", true, Json, place => new JsonLinesSink(place)),
        new("jsonl.gz", ".jsonl.gz", "JSON Lines, compressed with gzip", true, Json, place => new JsonLinesSink(place))
        {
            Compress = stream => new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true),
        },
        new("jsonl.zst", ".jsonl.zst", "JSON Lines, compressed with Zstandard", true, Json, place => new JsonLinesSink(place))
        {
            Compress = stream => Zstandard.OpenWrite(stream, ZstandardLevel, leaveOpen: true),
        },
        new("json", ".json", "one JSON array per file", true, Json, place => new JsonArraySink(place)),
        new("parquet", ".parquet", "Parquet, pages compressed with Snappy", false, Binary, place => new ParquetSink(place, zstandard: false)),
        new("parquet-zstd", ".parquet", "Parquet, pages compressed with Zstandard", false, Binary, place => new ParquetSink(place, zstandard: true)),
        new("tsv", ".tsv", "values with tabs between, no header and no quotes; tabs, line ends and backslashes are escaped", false, Tsv(LineBreaks.Escape), place => new TsvSink(place, LineBreaks.Escape))
        {
            IsFlat = true,
            WithBreaks = (container, breaks) => container with { Writer = Tsv(breaks), Open = place => new TsvSink(place, breaks) },
            CardSettings = schema => ["sep: \"\\t\"", $"names: [{string.Join(", ", schema.Columns.Select(column => column.Name))}]", "quoting: 3"],
        },
        new("tfrecord", ".tfrecord", "TFRecord files of tf.train.Example", false, Binary, place => new TfRecordSink(place)) { CardSettings = null },
    ];

    /// <summary>The default.</summary>
    public static OutputContainer Default => All[0];

    /// <summary>Container for examples waiting to be packed; never a final output.</summary>
    internal static OutputContainer Waiting { get; } = new("waiting", string.Empty, "tokens of examples", false, Binary, _ => throw new NotSupportedException("examples are packed before they are stored"));

    /// <summary>The container with a name; null if there is none.</summary>
    public static OutputContainer? Find(string name) => All.FirstOrDefault(container => container.Name == name);

    private static JsonRecordWriter Json(Utf8Output output, RecordSchema schema) => new(output, schema);

    private static Func<Utf8Output, RecordSchema, RecordWriter> Tsv(LineBreaks breaks) => (output, _) => new TsvRecordWriter(output, breaks);

    private static BinaryRecordWriter Binary(Utf8Output output, RecordSchema schema) => new(output, schema);
}
