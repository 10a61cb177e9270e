using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as JSON Lines: the lines as they are, a whole run at once.</summary>
internal sealed class JsonLinesSink(SinkPlace place, string extension, bool gzip) : ShardedSink(place, extension)
{
    /// <inheritdoc/>
    protected override OutputFile Create(string folder, string name) => new(folder, name, gzip);

    /// <inheritdoc/>
    protected override int JsonLength(ReadOnlySpan<byte> record) => record.Length;

    /// <inheritdoc/>
    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to) =>
        file.Write(bytes[index.Start(from)..index.End(to - 1)], to - from);
}
