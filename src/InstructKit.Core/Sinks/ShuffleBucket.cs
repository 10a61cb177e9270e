using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>Lines whose keys have the same top bits, in order of arrival: some spilled to a file, the last ones still in memory.</summary>
/// <param name="capacity">Bytes to hold in memory; a line that is longer is never held.</param>
internal sealed class ShuffleBucket(int capacity)
{
    /// <summary>Bytes before each line: its key and its length.</summary>
    public const int Header = sizeof(ulong) + sizeof(int);

    private readonly List<(long Offset, int Length)> _spilled = [];
    private byte[] _bytes = [];
    private int _used;

    /// <summary>True when a line is too long to be held at all: a thousand such lines would be most of the memory.</summary>
    public bool IsTooLong(ReadOnlySpan<byte> line) => Header + line.Length > capacity;

    /// <summary>Writes a line to the file without holding it, behind what is held; returns how many bytes were written.</summary>
    public int SpillLine(SafeFileHandle file, long offset, ulong key, ReadOnlySpan<byte> line)
    {
        var before = _used > 0 ? SpillTo(file, offset) : 0;
        Span<byte> header = stackalloc byte[Header];
        BinaryPrimitives.WriteUInt64LittleEndian(header, key);
        BinaryPrimitives.WriteInt32LittleEndian(header[sizeof(ulong)..], line.Length);
        RandomAccess.Write(file, header, offset + before);
        RandomAccess.Write(file, line, offset + before + Header);
        _spilled.Add((offset + before, Header + line.Length));
        return before + Header + line.Length;
    }

    /// <summary>True when the line does not fit beside what is held: spill first.</summary>
    public bool IsFullFor(ReadOnlySpan<byte> line) => _used > 0 && _used + Header + line.Length > capacity;

    /// <summary>Takes a line.</summary>
    public void Add(ulong key, ReadOnlySpan<byte> line)
    {
        var needed = _used + Header + line.Length;
        if (needed > _bytes.Length)
        {
            // Never more than the capacity: with a thousand buckets, slack is most of the memory.
            Array.Resize(ref _bytes, Math.Max(needed, Math.Min(capacity, Math.Max(1024, _bytes.Length * 2))));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_used), key);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_used + sizeof(ulong)), line.Length);
        line.CopyTo(_bytes.AsSpan(_used + Header));
        _used = needed;
    }

    /// <summary>Moves what is held to the file; returns how many bytes that were.</summary>
    public int SpillTo(SafeFileHandle file, long offset)
    {
        RandomAccess.Write(file, _bytes.AsSpan(0, _used), offset);
        _spilled.Add((offset, _used));
        var written = _used;
        _used = 0;
        return written;
    }

    /// <summary>Everything in order of arrival: spilled pieces, then what is still in memory. A bucket must fit in an array (with 1,024 buckets: two terabytes in all).</summary>
    public int Load(SafeFileHandle? spill, ref byte[] into)
    {
        var total = checked((int)(_spilled.Sum(piece => (long)piece.Length) + _used));
        if (into.Length < total) into = GC.AllocateUninitializedArray<byte>(total + (total >> 3));

        var at = 0;
        foreach (var (offset, length) in _spilled)
        {
            for (var read = 0; read < length;)
            {
                var now = RandomAccess.Read(spill!, into.AsSpan(at + read, length - read), offset + read); // there is a file when something was spilled
                read += now > 0 ? now : throw new EndOfStreamException("The temporary file of the shuffle was cut off by somebody else.");
            }

            at += length;
        }

        _bytes.AsSpan(0, _used).CopyTo(into.AsSpan(at));
        _bytes = [];
        return total;
    }
}
