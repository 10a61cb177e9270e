using System.Buffers;

namespace InstructKit.Parquet.Compression;

/// <summary>Rents out the arrays that pages are read into, up to one limit for all columns of a file: a file's claims must not decide how much memory is
/// allocated. Thread-safe.</summary>
/// <param name="limit">Most bytes at a time.</param>
internal sealed class PageMemory(long limit)
{
    // Up to this size the shared pool is used; it never frees an array, so larger ones are kept here.
    private const int Large = 1 << 20;
    private const long Garbage = 64 << 20;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _free = [];
    private long _held;
    private long _dropped;

    /// <summary>Bytes currently rented or charged, and those kept for reuse.</summary>
    public long Held
    {
        get
        {
            lock (_lock) return _held;
        }
    }

    /// <summary>How much of a page is held at a time, and read ahead, when a number of columns share the limit.</summary>
    public int WindowFor(int columns) => (int)Math.Clamp(limit / 4 / Math.Max(1, columns), 32 << 10, 256 << 10);

    /// <summary>Rents an array of at least <paramref name="count"/> bytes.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public byte[] Rent(int count)
    {
        if (count <= Large)
        {
            var small = ArrayPool<byte>.Shared.Rent(count);
            try
            {
                Charge(small.Length);
                return small;
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(small);
                throw;
            }
        }

        lock (_lock)
        {
            var best = -1;
            for (var i = 0; i < _free.Count; i++)
            {
                if (_free[i].Length >= count && _free[i].Length <= count * 2L && (best < 0 || _free[i].Length < _free[best].Length)) best = i;
            }

            if (best >= 0)
            {
                var array = _free[best];
                _free.RemoveAt(best);
                return array;
            }

            // A little more, so that a slightly larger next page fits too.
            var size = (int)Math.Min(Array.MaxLength, (count + (count / 8L) + 0xffff) & ~0xffffL);
            size = _held + size <= limit ? size : count;
            Make(size);
            return GC.AllocateUninitializedArray<byte>(size);
        }
    }

    /// <summary>Returns an array.</summary>
    public void Return(byte[] array)
    {
        if (array.Length <= Large)
        {
            ArrayPool<byte>.Shared.Return(array);
            Release(array.Length);
            return;
        }

        lock (_lock) _free.Add(array);
    }

    /// <summary>Charges memory that was allocated elsewhere.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public void Charge(long bytes)
    {
        lock (_lock) Make(bytes);
    }

    /// <summary>Releases a charge.</summary>
    public void Release(long bytes)
    {
        lock (_lock) _held -= bytes;
    }

    /// <summary>Frees the arrays that are not rented.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_free.Count > 0) Drop();
        }
    }

    private void Make(long bytes)
    {
        while (_held + bytes > limit && _free.Count > 0) Drop();

        if (_held + bytes > limit)
        {
            throw ParquetException.TooLarge(
                $"the columns that are read need more than {nameof(ParquetReaderOptions.MaxBufferBytes)} = {limit} for their pages at once",
                nameof(ParquetReaderOptions.MaxBufferBytes));
        }

        _held += bytes;
    }

    // The garbage collector does not know the limit: it would let several times as much accumulate before collecting.
    private void Drop()
    {
        _held -= _free[^1].Length;
        _dropped += _free[^1].Length;
        _free.RemoveAt(_free.Count - 1);
        if (_dropped >= Garbage)
        {
            _dropped = 0;
            GC.Collect();
        }
    }
}

/// <summary>A rented buffer for one page, reused for the next. Its content is followed by <see cref="Slack"/> bytes that may be read.</summary>
/// <param name="memory">Where the arrays are rented.</param>
internal sealed class PageBuffer(PageMemory memory) : IDisposable
{
    /// <summary>Bytes that follow every page, so that eight bytes can be loaded at its last one.</summary>
    public const int Slack = 16;

    // From this size on, a buffer that is four times too large is returned.
    private const int Spacious = 1 << 20;

    private byte[] _bytes = [];

    /// <summary>The bytes; replaced when the buffer grows.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Capacity, in bytes.</summary>
    public int Capacity => Math.Max(0, _bytes.Length - Slack);

    /// <summary>Makes room for <paramref name="count"/> bytes at <paramref name="start"/>, keeping everything before the end.</summary>
    public Span<byte> Reserve(int start, int count)
    {
        if (checked(start + count + Slack) > _bytes.Length) Replace(0, start, checked(start + count));

        return _bytes.AsSpan(start, count);
    }

    /// <summary>Moves a part of the content to the front and ensures room for <paramref name="capacity"/> bytes in total, but not for a multiple of that.</summary>
    public void Slide(int start, int length, int capacity)
    {
        var wanted = checked(capacity + Slack);
        if (wanted > _bytes.Length || (_bytes.Length > Spacious && _bytes.Length / 4 > wanted)) Replace(start, length, capacity);
        else if (start > 0) _bytes.AsSpan(start, length).CopyTo(_bytes);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            memory.Return(_bytes);
            _bytes = [];
        }
    }

    private void Replace(int start, int length, int capacity)
    {
        if (length == 0)
        {
            // Returned first, so that two of this size never exist at once.
            Dispose();
        }

        var other = memory.Rent(checked(capacity + Slack));
        _bytes.AsSpan(length == 0 ? 0 : start, length).CopyTo(other);
        Dispose();
        _bytes = other;
    }
}

/// <summary>A part of an array, with the guarantee that <see cref="Compression.PageBuffer.Slack"/> bytes after it may be read.</summary>
/// <param name="Bytes">The array.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">One past the last byte.</param>
internal readonly record struct ByteRange(byte[] Bytes, int Start, int End)
{
    public int Length => End - Start;

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(Start, Length);

    /// <summary>The range without its first bytes.</summary>
    public ByteRange Skip(int count) => count >= 0 && count <= Length ? this with { Start = Start + count } : throw ParquetException.Corrupt("a page ends too early");

    /// <summary>The first bytes of the range.</summary>
    public ByteRange Take(int count) => count >= 0 && count <= Length ? this with { End = Start + count } : throw ParquetException.Corrupt("a page ends too early");
}
