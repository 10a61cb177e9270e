using InstructKit.Sources.Files;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>Puts lines into the order of their keys with bounded memory: a line goes to one of 1,024 buckets by the top bits of its key; full buckets are
/// spilled to one temporary file; at the end bucket after bucket is loaded, sorted and passed on. The order depends on the keys alone (ties keep the order of
/// arrival), not on how much was spilled.</summary>
public sealed class ShuffleSink : IRecordSink
{
    private const int BucketBits = 10;

    private readonly IRecordSink _next;
    private readonly string _folder;
    private readonly string _name;
    private readonly ShuffleBucket[] _buckets = new ShuffleBucket[1 << BucketBits];
    private SafeFileHandle? _spill;
    private long _spilled;

    /// <summary>Makes a sink before another.</summary>
    /// <param name="next">Where the ordered lines go.</param>
    /// <param name="folder">Folder of the temporary file, on the disk of the output.</param>
    /// <param name="memory">Bytes of lines to hold before spilling.</param>
    /// <param name="name">Names the temporary file among those of the folder.</param>
    public ShuffleSink(IRecordSink next, string folder, int memory = 16 << 20, string name = "shuffle")
    {
        _next = next;
        _name = name;
        _folder = folder;
        var capacity = Math.Max(4096, memory >> BucketBits);
        for (var i = 0; i < _buckets.Length; i++) _buckets[i] = new ShuffleBucket(capacity);
    }

    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var key = index.Key(i);
            var line = bytes[index.Start(i)..index.End(i)];
            var bucket = _buckets[key >> (64 - BucketBits)];
            if (bucket.IsTooLong(line))
            {
                SpillLine(bucket, key, line);
                continue;
            }

            if (bucket.IsFullFor(line)) Spill(bucket);

            bucket.Add(key, line);
        }

        Rows += to - from;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        using (var ordered = new OrderedRecords(_buckets, _spill)) ordered.WriteTo(_next);

        CloseSpill();
        _next.Finish();
    }

    /// <inheritdoc/>
    public IReadOnlyList<PublishedFile> Publish() => _next.Publish();

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseSpill();
        _next.Dispose();
    }

    private string SpillPath => Path.Combine(_folder, $".{_name}.{Environment.ProcessId}.tmp");

    private void Spill(ShuffleBucket bucket)
    {
        try
        {
            _spilled += bucket.SpillTo(OpenSpill(), _spilled);
        }
        catch (Exception failure) when (SinkError.IsRefusal(failure))
        {
            throw SinkError.Refused(SpillPath, failure);
        }
    }

    private void SpillLine(ShuffleBucket bucket, ulong key, ReadOnlySpan<byte> line)
    {
        try
        {
            _spilled += bucket.SpillLine(OpenSpill(), _spilled, key, line);
        }
        catch (Exception failure) when (SinkError.IsRefusal(failure))
        {
            throw SinkError.Refused(SpillPath, failure);
        }
    }

    private SafeFileHandle OpenSpill()
    {
        if (_spill is null) Durable.Before(DiskStep.Open, SpillPath);

        Durable.Before(DiskStep.Write, SpillPath);
        return _spill ??= File.OpenHandle(SpillPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    private void CloseSpill()
    {
        _spill?.Dispose();
        _spill = null;
    }
}
