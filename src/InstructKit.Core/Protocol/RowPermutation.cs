namespace InstructKit.Protocol;

/// <summary>A keyed permutation of the rows of a source split. It needs no memory: a Feistel network over a × b numbers, where a and b are about √n (Black and
/// Rogaway, "Ciphers with arbitrary finite domains", 2002), reapplied to the few results that are n or more (cycle walking).</summary>
/// <remarks>The key is the seed and the number of rows. Tasks that read the same corpus have the same order of its rows, whatever their name, layout and
/// format.</remarks>
internal sealed class RowPermutation
{
    private const int Rounds = 6;

    private readonly KeyedHash _key;
    // Roots of a number of rows have 32 bits.
    private readonly uint _low;
    private readonly uint _high;

    public RowPermutation(long seed, long count)
    {
        Count = count;
        _key = new KeyedHash(seed, "order", count.ToString(CultureInfo.InvariantCulture));
        _low = (uint)Math.Max(1, Math.Ceiling(Math.Sqrt(count)));
        _high = (uint)Math.Max(1, ((ulong)count + _low - 1) / _low);
    }

    public long Count { get; }

    /// <summary>The position of a row.</summary>
    /// <param name="row">Its number, from 0; <see cref="Count"/> or more is unchanged.</param>
    public long PositionOf(long row)
    {
        if (row >= Count) return row;

        var value = (ulong)row;
        do value = Encrypt(value);
        while (value >= (ulong)Count);

        return (long)value;
    }

    // After an even number of rounds the halves have their own sizes again.
    private ulong Encrypt(ulong value)
    {
        var (right, left) = Math.DivRem(value, _low);
        var (size, other) = (_low, _high);
        for (var round = 0; round < Rounds; round++)
        {
            var sum = left + KeyedHash.Scale(_key[(long)right, round], size);
            (left, right) = (right, sum >= size ? sum - size : sum);
            (size, other) = (other, size);
        }

        return (right * _low) + left;
    }
}
