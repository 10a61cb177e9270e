using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as JSON Lines: the lines unchanged, a whole run at once.</summary>
internal sealed class JsonLinesSink(SinkPlace place) : ShardedSink(place)
{
    protected override int JsonLength(ReadOnlySpan<byte> record) => record.Length;

    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to) =>
        file.Write(bytes[index.Start(from)..index.End(to - 1)], to - from);
}

/// <summary>Writes one split as JSON arrays, one per shard, one element per line.</summary>
internal sealed class JsonArraySink(SinkPlace place) : ShardedSink(place)
{
    private OutputFile? _shard;

    protected override int JsonLength(ReadOnlySpan<byte> record) => record.Length;

    protected override void BeginShard(OutputFile file) => _shard = file;

    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            file.Write(file.Rows == 0 ? "[\n"u8 : ",\n"u8, 0);
            // Without its line feed.
            file.Write(bytes[index.Start(i)..(index.End(i) - 1)], 1);
        }
    }

    protected override void EndShard()
    {
        _shard?.Write("\n]\n"u8, 0);
        _shard = null;
    }
}
