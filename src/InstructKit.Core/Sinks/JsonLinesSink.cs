using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as JSON Lines: the lines as they are, a whole run at once.</summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split.</param>
/// <param name="container">JSON Lines, plain or compressed.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes before compression.</param>
public sealed class JsonLinesSink(string root, string split, OutputContainer container, long shardBytes) : ShardedSink(root, split, container, shardBytes)
{
    /// <inheritdoc/>
    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(lines);
        file.Write(bytes[lines.Start(from)..lines.End(to - 1)], to - from);
    }
}

/// <summary>Writes one split as JSON arrays, one per shard, an element per line.</summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split.</param>
/// <param name="container">The container.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes of JSON Lines.</param>
public sealed class JsonArraySink(string root, string split, OutputContainer container, long shardBytes) : ShardedSink(root, split, container, shardBytes)
{
    private OutputFile? _shard;

    /// <inheritdoc/>
    protected override void BeginShard(OutputFile file) => _shard = file;

    /// <inheritdoc/>
    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(lines);
        for (var line = from; line < to; line++)
        {
            file.Write(file.Rows == 0 ? "[\n"u8 : ",\n"u8, 0);
            // Without its line feed.
            file.Write(bytes[lines.Start(line)..(lines.End(line) - 1)], 1);
        }
    }

    /// <inheritdoc/>
    protected override void EndShard()
    {
        _shard?.Write("\n]\n"u8, 0);
        _shard = null;
    }
}
