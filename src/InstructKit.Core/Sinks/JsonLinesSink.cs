using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as JSON Lines: the lines as they are, a whole run at once.</summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split.</param>
/// <param name="gzip">True to compress.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes before compression.</param>
public sealed class JsonLinesSink(string root, string split, bool gzip, long shardBytes)
    : ShardedSink(root, split, gzip ? OutputFormat.JsonLinesGzip : OutputFormat.JsonLines, shardBytes)
{
    /// <inheritdoc/>
    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(lines);
        file.Write(bytes[lines.Start(from)..lines.End(to - 1)], to - from);
    }
}
