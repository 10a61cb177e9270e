using System.Buffers;
using System.Numerics;

namespace InstructKit.Lengths;

/// <summary>Counts lengths exactly; memory grows with the number of distinct lengths, not with the number of texts. Not thread-safe: one per worker, then <see cref="Add(LengthStatistics)"/>.</summary>
public sealed class LengthStatistics
{
    // Lengths below this have their own slot in an array that grows with the longest of them.
    private const int Short = 1 << 14;

    private readonly Dictionary<int, long> _long = [];
    private long[] _short = [];

    /// <summary>The distinct lengths, ascending, with their counts.</summary>
    internal IEnumerable<(int Length, long Count)> Counts =>
        _short.Index().Where(one => one.Item > 0).Select(one => (one.Index, one.Item)).Concat(_long.OrderBy(one => one.Key).Select(one => (one.Key, one.Value)));

    /// <summary>Number of lengths.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of all lengths.</summary>
    public long Sum { get; private set; }

    /// <summary>The arithmetic mean; 0 without lengths.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>The words of a text: runs without white space. Counted on request if there is no tokenizer.</summary>
    public static int CountWords(ReadOnlySpan<byte> text)
    {
        var (words, isInside) = (0, false);
        while (!text.IsEmpty)
        {
            var isSpace = Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(rune);
            words += !isSpace && !isInside ? 1 : 0;
            isInside = !isSpace;
            text = text[length..];
        }

        return words;
    }

    /// <summary>Adds one length.</summary>
    public void Add(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Add(length, 1);
    }

    /// <summary>Adds another's counts.</summary>
    public void Add(LengthStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (length, count) in other.Counts) Add(length, count);
    }

    /// <summary>The smallest length that at least this share of the lengths does not exceed (the nearest rank); 0 without lengths.</summary>
    /// <param name="share">From 0 (the minimum) to 1 (the maximum).</param>
    public int Quantile(double share)
    {
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "a share is between 0 and 1");

        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach (var (length, count) in Counts)
        {
            rank -= count;
            if (rank <= 0) return length;
        }

        return 0;
    }

    /// <summary>Number of lengths above a limit.</summary>
    public long CountAbove(int limit) => Counts.Where(one => one.Length > limit).Sum(one => one.Count);

    /// <summary>A histogram whose bins end at powers of two: the largest length of each bin, and its count; empty bins at both ends are omitted.</summary>
    public IReadOnlyList<(int UpTo, long Count)> Histogram()
    {
        var bins = new long[32];
        foreach (var (length, count) in Counts) bins[length <= 1 ? 0 : 32 - BitOperations.LeadingZeroCount((uint)(length - 1))] += count;

        var first = Array.FindIndex(bins, count => count > 0);
        var last = Array.FindLastIndex(bins, count => count > 0);
        return first < 0 ? [] : [.. Enumerable.Range(first, last - first + 1).Select(bin => (bin == 31 ? int.MaxValue : 1 << bin, bins[bin]))];
    }

    private void Add(int length, long count)
    {
        if (length >= Short)
        {
            _long[length] = _long.GetValueOrDefault(length) + count;
        }
        else
        {
            if (length >= _short.Length) Array.Resize(ref _short, Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)length + 1)));
            _short[length] += count;
        }

        Count += count;
        Sum += length * count;
    }
}
