using System.Buffers.Binary;
using System.Security.Cryptography;

namespace InstructKit.Text;

/// <summary>The only source of randomness: a 64-bit hash of (seed, purpose, task, row[, n]). Equal keys give equal values on every machine, independent of history.
/// The base is a truncated SHA-256; the row is mixed in with the finaliser of SplitMix64 (Steele, Lea, Flood 2014).</summary>
public readonly record struct KeyedHash
{
    private readonly ulong _base;

    /// <summary>Creates the hash of a seed, a purpose (such as <c>template</c>) and a task.</summary>
    public KeyedHash(long seed, string purpose, string task)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"instructkit\n{seed}\n{purpose}\n{task}")), digest);
        _base = BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    /// <summary>The value of a row.</summary>
    /// <param name="row">Ordinal of the row.</param>
    /// <param name="n">Number of the draw for this row.</param>
    public ulong this[long row, long n = 0] => Mix(Mix(_base + (0x9E3779B97F4A7C15UL * (ulong)(row + 1))) + (0xD1B54A32D192ED03UL * (ulong)n));

    /// <summary>A uniform choice among <paramref name="count"/> items for a row.</summary>
    public int Choose(long row, int count, long n = 0) => (int)Scale(this[row, n], (uint)count);

    /// <summary>The upper 64 bits of <paramref name="hash"/> × <paramref name="size"/>: a uniform choice among that many. Two products, because not every machine multiplies 128 bits.</summary>
    internal static ulong Scale(ulong hash, uint size) => (((hash >> 32) * size) + (((uint)hash * (ulong)size) >> 32)) >> 32;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
