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

    /// <summary>Number of lines that arrived.</summary>
    public int Count { get; private set; }

    /// <summary>The lines that were too long to be held, in order of arrival.</summary>
    public List<LongLine> LongLines { get; } = [];

    /// <summary>True when a line is too long to be held at all: a thousand such lines would be most of the memory.</summary>
    public bool IsTooLong(ReadOnlySpan<byte> line) => Header + line.Length > capacity;

    /// <summary>Writes a line to the file without holding it; returns how many bytes were written.</summary>
    public int SpillLine(SafeFileHandle file, long offset, ulong key, ReadOnlySpan<byte> line)
    {
        RandomAccess.Write(file, line, offset);
        LongLines.Add(new LongLine(key, offset, line.Length, Count++));
        return line.Length;
    }

    /// <summary>True when the line does not fit beside what is held: spill first.</summary>
    public bool IsFullFor(ReadOnlySpan<byte> line) => _used > 0 && _used + Header + line.Length > capacity;

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
        Count++;
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

    /// <summary>All lines but the long ones, in order of arrival: spilled pieces, then what is still in memory. They must fit in an array (with 1,024 buckets: two terabytes in all).</summary>
    public int Load(SafeFileHandle? spill, ref byte[] into)
    {
        var total = checked((int)(_spilled.Sum(piece => (long)piece.Length) + _used));
        if (into.Length < total) into = GC.AllocateUninitializedArray<byte>(total + (total >> 3));

        var at = 0;
        foreach (var (offset, length) in _spilled)
        {
            Read(spill!, offset, into.AsSpan(at, length)); // there is a file when something was spilled
            at += length;
        }

        _bytes.AsSpan(0, _used).CopyTo(into.AsSpan(at));
        _bytes = [];
        return total;
    }

    /// <summary>Reads back what was spilled.</summary>
    /// <exception cref="EndOfStreamException">The temporary file is shorter than what was written to it.</exception>
    public static void Read(SafeFileHandle spill, long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            var read = RandomAccess.Read(spill, into, offset);
            if (read <= 0) throw new EndOfStreamException("The temporary file of the shuffle was cut off by another program.");

            offset += read;
            into = into[read..];
        }
    }
}

/// <summary>A line that lies in the temporary file alone.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Arrival">How many lines of its bucket came before it.</param>
internal readonly record struct LongLine(ulong Key, long Offset, int Length, int Arrival);
