using System.Buffers.Binary;
using InstructKit.Sources.Files;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>Sorts lines by key with bounded memory: a line goes to one of 512 buckets by the top bits of its key; full buckets are
/// spilled to one temporary file; at the end each bucket is loaded, sorted and passed on. The order depends only on the keys (ties keep the order of
/// arrival), not on how much was spilled.</summary>
public sealed class ShuffleSink : IRecordSink
{
    private const int Buckets = 512;
    private const int KeyShift = 64 - 9;
    private const int FirstSlot = 2048;

    private readonly IRecordSink _next;
    private readonly string _folder;
    private readonly string _name;
    private readonly ShuffleBucket[] _buckets = [.. Enumerable.Range(0, Buckets).Select(_ => new ShuffleBucket())];
    private readonly int _largestSlot;

    // The lines held by buckets: a slot for each in one array, so a line only needs its own slot.
    private byte[] _held = [];
    private int _slot;
    private readonly int[] _used = new int[Buckets];
    private SafeFileHandle? _spill;
    private long _spilled;

    /// <summary>Creates a sink in front of another.</summary>
    /// <param name="next">Receives the ordered lines.</param>
    /// <param name="folder">Folder of the temporary file, on the output's disk.</param>
    /// <param name="memory">Bytes of lines to hold before spilling.</param>
    /// <param name="name">Distinguishes the temporary file from others in the folder.</param>
    public ShuffleSink(IRecordSink next, string folder, int memory = 16 << 20, string name = "shuffle")
    {
        _next = next;
        _name = name;
        _folder = folder;
        _largestSlot = Math.Max(4096, memory / Buckets);
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
            var bucket = (int)(key >> KeyShift);
            var length = ShuffleBucket.Header + line.Length;
            _buckets[bucket].Count++;
            if (length > _slot - _used[bucket] && !MakeRoom(bucket, length))
            {
                SpillLine(_buckets[bucket], key, line);
                continue;
            }

            var place = _held.AsSpan((bucket * _slot) + _used[bucket], length);
            BinaryPrimitives.WriteUInt64LittleEndian(place, key);
            BinaryPrimitives.WriteInt32LittleEndian(place[sizeof(ulong)..], line.Length);
            line.CopyTo(place[ShuffleBucket.Header..]);
            _used[bucket] += length;
        }

        Rows += to - from;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        for (var i = 0; i < Buckets; i++) _buckets[i].Held = _held.AsMemory(i * _slot, _used[i]);

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

    // False for a line that is too long to be held: a bucket of such lines would take most of the memory.
    private bool MakeRoom(int bucket, int length)
    {
        if (length > _largestSlot) return false;

        while (length > _slot - _used[bucket])
        {
            if (_slot == _largestSlot)
            {
                Spill(bucket);
                return true;
            }

            Grow();
        }

        return true;
    }

    // Small outputs never touch most of the memory.
    private void Grow()
    {
        var slot = _slot == 0 ? FirstSlot : Math.Min(_largestSlot, _slot * 2);
        var held = GC.AllocateUninitializedArray<byte>(slot * Buckets);
        for (var i = 0; i < Buckets; i++) HeldBy(i).CopyTo(held.AsSpan(i * slot));
        (_held, _slot) = (held, slot);
    }

    private ReadOnlySpan<byte> HeldBy(int bucket) => _held.AsSpan(bucket * _slot, _used[bucket]);

    private string SpillPath => Path.Combine(_folder, $".{_name}.{Environment.ProcessId}.tmp");

    private void Spill(int bucket)
    {
        _buckets[bucket].Pieces.Add((_spilled, _used[bucket]));
        Spill(HeldBy(bucket));
        _used[bucket] = 0;
    }

    private void SpillLine(ShuffleBucket bucket, ulong key, ReadOnlySpan<byte> line)
    {
        bucket.LongLines.Add(new LongLine(key, _spilled, line.Length, bucket.Count - 1));
        Spill(line);
    }

    private void Spill(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(OpenSpill(), bytes, _spilled);
            _spilled += bytes.Length;
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
