using System.Globalization;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>
/// Writes one split in order as <c>data/NAME-00000-of-00004.EXT</c>, shards of about equal size so that Hugging Face <c>datasets</c> finds them by name.
/// Shards end after the same rows in every format. Nothing is made on the disk before the first line.
/// </summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split, <c>\w+</c>.</param>
/// <param name="container">Decides the ending and the compression of the files.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes of JSON Lines; <see cref="long.MaxValue"/> for one file.</param>
public abstract class ShardedSink(string root, string split, OutputContainer container, long shardBytes) : ILineSink
{
    private readonly string _folder = Path.Combine(root, "data");
    private readonly List<OutputFile> _files = [];
    private long _inShard;

    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(lines);

        // Whole runs of lines are written at once; a run ends where a shard is full.
        while (from < to)
        {
            if (_files.Count == 0 || _inShard >= shardBytes)
            {
                EndShard();
                _files.Add(new OutputFile(_folder, string.Create(CultureInfo.InvariantCulture, $"{split}-{_files.Count:00000}"), container.Compress));
                BeginShard(_files[^1]);
                _inShard = 0;
            }

            var start = lines.Start(from);
            var room = shardBytes - _inShard;
            var end = to;
            if (lines.End(to - 1) - start > room)
            {
                end = from + 1;
                while (end < to && lines.End(end - 1) - start < room) end++;
            }

            WriteRun(_files[^1], bytes, lines, from, end);
            _inShard += lines.End(end - 1) - start;
            Rows += end - from;
            from = end;
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        EndShard();
        foreach (var file in _files) file.Finish();
    }

    /// <inheritdoc/>
    public IReadOnlyList<PublishedFile> Publish()
    {
        List<PublishedFile> published = [];
        for (var i = 0; i < _files.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{split}-{i:00000}-of-{_files.Count:00000}{container.Extension}");
            _files[i].Publish(name);
            published.Add(new PublishedFile($"data/{name}", _files[i].Rows, _files[i].Bytes, _files[i].Sha256));
        }

        return published;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();

        GC.SuppressFinalize(this);
    }

    /// <summary>A shard begins.</summary>
    protected virtual void BeginShard(OutputFile file)
    {
    }

    /// <summary>Writes lines <paramref name="from"/> to <paramref name="to"/> (exclusive) of a block into the current shard.</summary>
    protected abstract void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to);

    /// <summary>The current shard, if any, gets no more lines.</summary>
    protected virtual void EndShard()
    {
    }
}
