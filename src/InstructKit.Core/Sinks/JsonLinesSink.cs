using System.Globalization;

namespace InstructKit.Sinks;

/// <summary>
/// Writes one split as JSON Lines in order: <c>data/NAME-00000-of-00004.jsonl</c>, shards of about equal size so that Hugging Face
/// <c>datasets</c> finds them by name. Nothing is made on the disk before the first line.
/// </summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split, <c>\w+</c>.</param>
/// <param name="gzip">True to compress.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes before compression; <see cref="long.MaxValue"/> for one file.</param>
public sealed class JsonLinesSink(string root, string split, bool gzip, long shardBytes) : ILineSink
{
    private readonly string _folder = Path.Combine(root, "data");
    private readonly List<OutputFile> _files = [];
    private long _inShard;

    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, LineBlock lines, int from, int to)
    {
        // Whole runs of lines are written at once; a run ends where a shard is full.
        while (from < to)
        {
            if (_files.Count == 0 || _inShard >= shardBytes)
            {
                _files.Add(new OutputFile(_folder, string.Create(CultureInfo.InvariantCulture, $"{split}-{_files.Count:00000}"), gzip));
                _inShard = 0;
            }

            var start = lines.Start(from);
            var room = shardBytes - _inShard;
            var end = to;
            if (lines.End(to - 1) - start > room)
            {
                end = from + 1;
                while (end < to && lines.End(end - 1) - start < room)
                {
                    end++;
                }
            }

            var run = bytes[start..lines.End(end - 1)];
            _files[^1].Write(run, end - from);
            _inShard += run.Length;
            Rows += end - from;
            from = end;
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        foreach (var file in _files)
        {
            file.Finish();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PublishedFile> Publish()
    {
        List<PublishedFile> published = [];
        for (var i = 0; i < _files.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{split}-{i:00000}-of-{_files.Count:00000}.jsonl{(gzip ? ".gz" : string.Empty)}");
            _files[i].Publish(name);
            published.Add(new PublishedFile($"data/{name}", _files[i].Rows, _files[i].Bytes, _files[i].Sha256));
        }

        return published;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }
}
