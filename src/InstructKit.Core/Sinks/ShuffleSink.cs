using System.Buffers.Binary;

namespace InstructKit.Sinks;

/// <summary>
/// Puts lines into the order of their keys with bounded memory: a line goes to one of 256 buckets by the top bits of its key; full buckets are
/// spilled to one temporary file; at the end bucket after bucket is loaded, sorted and passed on. The order depends on the keys alone (ties
/// keep the order of arrival), not on how much was spilled.
/// </summary>
public sealed class ShuffleSink : ILineSink
{
    private const int Buckets = 256;
    private const int Header = sizeof(ulong) + sizeof(int);

    private readonly ILineSink _next;
    private readonly string _folder;
    private readonly int _bucketBytes;
    private readonly Bucket[] _buckets = new Bucket[Buckets];
    private FileStream? _spill;

    /// <summary>Makes a sink before another.</summary>
    /// <param name="next">Where the ordered lines go.</param>
    /// <param name="folder">Folder of the temporary file, on the disk of the output.</param>
    /// <param name="memory">Bytes of lines to hold before spilling.</param>
    public ShuffleSink(ILineSink next, string folder, int memory = 64 << 20)
    {
        _next = next;
        _folder = folder;
        _bucketBytes = Math.Max(4096, memory / Buckets);
        for (var i = 0; i < Buckets; i++)
        {
            _buckets[i] = new Bucket();
        }
    }

    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, LineBlock lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var bucket = _buckets[lines.Key(i) >> 56];
            bucket.Add(lines.Key(i), bytes[lines.Start(i)..lines.End(i)]);
            if (bucket.Used >= _bucketBytes)
            {
                Spill(bucket);
            }
        }

        Rows += to - from;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        List<(ulong Key, int Sequence, int Start, int Length)> order = [];
        var block = new LineBlock();
        var loaded = Array.Empty<byte>();
        var sorted = Array.Empty<byte>();
        foreach (var bucket in _buckets)
        {
            var length = bucket.Load(_spill, ref loaded);
            order.Clear();
            for (var at = 0; at < length;)
            {
                var key = BinaryPrimitives.ReadUInt64LittleEndian(loaded.AsSpan(at));
                var size = BinaryPrimitives.ReadInt32LittleEndian(loaded.AsSpan(at + sizeof(ulong)));
                order.Add((key, order.Count, at + Header, size));
                at += Header + size;
            }

            order.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Sequence.CompareTo(b.Sequence));
            if (sorted.Length < length)
            {
                sorted = new byte[length];
            }

            block.Reset();
            var end = 0;
            foreach (var (key, _, start, size) in order)
            {
                loaded.AsSpan(start, size).CopyTo(sorted.AsSpan(end));
                end += size;
                block.Add(end, key);
            }

            _next.Write(sorted, block, 0, block.Count);
        }

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

    private void Spill(Bucket bucket)
    {
        _spill ??= new FileStream(Path.Combine(_folder, $".shuffle.{Environment.ProcessId}.tmp"), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose,
        });
        bucket.SpillTo(_spill);
    }

    private void CloseSpill()
    {
        _spill?.Dispose();
        _spill = null;
    }

    private sealed class Bucket
    {
        private readonly List<(long Offset, int Length)> _spilled = [];
        private byte[] _bytes = [];

        public int Used { get; private set; }

        public void Add(ulong key, ReadOnlySpan<byte> line)
        {
            var needed = Used + Header + line.Length;
            if (needed > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(needed, Math.Max(1024, _bytes.Length * 2)));
            }

            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(Used), key);
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(Used + sizeof(ulong)), line.Length);
            line.CopyTo(_bytes.AsSpan(Used + Header));
            Used = needed;
        }

        public void SpillTo(FileStream file)
        {
            file.Position = file.Length;
            _spilled.Add((file.Position, Used));
            file.Write(_bytes, 0, Used);
            Used = 0;
        }

        // The spilled pieces in order, then what is still in memory; a bucket must fit in an array (256 buckets: half a terabyte in all).
        public int Load(FileStream? spill, ref byte[] into)
        {
            var total = checked((int)(_spilled.Sum(piece => (long)piece.Length) + Used));
            if (into.Length < total)
            {
                into = new byte[total];
            }

            var at = 0;
            foreach (var (offset, length) in _spilled)
            {
                spill!.Position = offset;
                spill.ReadExactly(into, at, length);
                at += length;
            }

            _bytes.AsSpan(0, Used).CopyTo(into.AsSpan(at));
            _bytes = [];
            return total;
        }
    }
}
