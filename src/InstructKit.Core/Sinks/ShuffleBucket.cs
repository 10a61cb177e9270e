using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sinks;

/// <summary>Lines whose keys have the same top bits, in order of arrival: some spilled to a file, the last ones still in memory.</summary>
internal sealed class ShuffleBucket
{
    /// <summary>Bytes before each line: its key and its length.</summary>
    public const int Header = sizeof(ulong) + sizeof(int);

    /// <summary>Number of lines that arrived.</summary>
    public int Count { get; set; }

    /// <summary>Positions of the spilled lines in the file, in order of arrival.</summary>
    public List<(long Offset, int Length)> Pieces { get; } = [];

    /// <summary>The lines too long to be held, in order of arrival.</summary>
    public List<LongLine> LongLines { get; } = [];

    /// <summary>The lines not spilled.</summary>
    public ReadOnlyMemory<byte> Held { get; set; }

    /// <summary>All lines except the long ones, in order of arrival: spilled pieces, then those still in memory. They must fit in an array (with 512 buckets: a terabyte in all).</summary>
    public int Load(SafeFileHandle? spill, ref byte[] into)
    {
        var total = checked((int)(Pieces.Sum(piece => (long)piece.Length) + Held.Length));
        if (into.Length < total) into = GC.AllocateUninitializedArray<byte>(total + (total >> 3));

        var at = 0;
        foreach (var (offset, length) in Pieces)
        {
            Read(spill!, offset, into.AsSpan(at, length)); // there is a file if something was spilled
            at += length;
        }

        Held.Span.CopyTo(into.AsSpan(at));
        return total;
    }

    /// <summary>Reads back what was spilled.</summary>
    /// <exception cref="EndOfStreamException">The temporary file is shorter than expected.</exception>
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

/// <summary>A line stored only in the temporary file.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Arrival">Number of earlier lines of its bucket.</param>
internal readonly record struct LongLine(ulong Key, long Offset, int Length, int Arrival);
