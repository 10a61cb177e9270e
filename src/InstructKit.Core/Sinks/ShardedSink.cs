using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split in order as <c>NAME-00000-of-00004.EXT</c>, shards of about equal size so that Hugging Face <c>datasets</c> finds them by name.
/// Shards end after the same rows in every container. Nothing is created on the disk before the first record.</summary>
internal abstract class ShardedSink(SinkPlace place) : IRecordSink
{
    private const int OpenShards = 8;

    private readonly List<OutputFile> _files = [];
    private long _inShard;

    public long Rows { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        // Runs of records are written at once; a run ends when a shard is full.
        while (from < to)
        {
            if (_files.Count == 0 || _inShard >= place.ShardBytes)
            {
                EndShard();
                // The system writes a full shard while the next ones fill; waiting for it immediately would take most of the time.
                if (_files.Count >= OpenShards) _files[^OpenShards].Finish();

                _files.Add(new OutputFile(place.Folder, string.Create(CultureInfo.InvariantCulture, $"{place.Split}-{_files.Count:00000}"), place.Container.Compress, place.ShownFolder));
                BeginShard(_files[^1]);
                _inShard = 0;
            }

            var end = to;
            if (place.ShardBytes < long.MaxValue)
            {
                for (end = from; end < to && _inShard < place.ShardBytes; end++) _inShard += JsonLength(bytes[index.Start(end)..index.End(end)]);
            }

            WriteRun(_files[^1], bytes, index, from, end);
            Rows += end - from;
            from = end;
        }
    }

    public void Finish()
    {
        EndShard();
        foreach (var file in _files) file.Finish();
    }

    public IReadOnlyList<PublishedFile> Publish()
    {
        List<PublishedFile> published = [];
        for (var i = 0; i < _files.Count; i++)
        {
            var file = _files[i];
            var name = place.NameOf(i, _files.Count);
            file.Rename(name);
            published.Add(new PublishedFile($"{place.Below ?? Path.GetFileName(place.Folder)}/{name}", file.Rows, file.Bytes, file.Sha256, file.ContentSha256)
            {
                Split = place.Split,
                Altered = AlteredIn(i),
            });
        }

        return published;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Size of a record as a JSON line, in bytes.</summary>
    protected abstract int JsonLength(ReadOnlySpan<byte> record);

    /// <summary>Writes records <paramref name="from"/> to <paramref name="to"/> (exclusive) of a block into the current shard.</summary>
    protected abstract void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to);

    /// <summary>Rows of a shard that the container could not store unchanged.</summary>
    protected virtual long AlteredIn(int shard) => 0;

    protected virtual void BeginShard(OutputFile file)
    {
    }

    /// <summary>Ends the current shard, if any.</summary>
    protected virtual void EndShard()
    {
    }
}
