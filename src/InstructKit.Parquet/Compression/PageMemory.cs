namespace InstructKit.Parquet.Compression;

/// <summary>Counts the arrays that pages are read into, up to a limit for all columns of a file together: a file's claims must not decide how much memory is
/// allocated. Thread-safe.</summary>
/// <param name="limit">Most bytes at a time.</param>
internal sealed class PageMemory(long limit)
{
    private long _held;

    /// <summary>Bytes currently rented or charged.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>How much of a page is held at a time, and read ahead, when a number of columns share the limit.</summary>
    public int WindowFor(int columns) => (int)Math.Clamp(limit / 4 / Math.Max(1, columns), 32 << 10, 256 << 10);

    /// <summary>Rents an array of at least <paramref name="count"/> bytes, and at most twice as many where one is reused. Only what was asked for counts, so
    /// that the limit does not depend on what else the process reads.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public byte[] Rent(int count)
    {
        Charge(count);
        return RowArrays.Rent(count);
    }

    /// <summary>Returns an array.</summary>
    /// <param name="count">What was asked for when it was rented.</param>
    public void Return(byte[] array, int count)
    {
        RowArrays.Return(array);
        Release(count);
    }

    /// <summary>Charges memory that was allocated elsewhere.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public void Charge(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= limit) return;

        Release(bytes);
        throw ParquetException.TooLarge(
            $"the columns that are read need more than {nameof(ParquetReaderOptions.MaxBufferBytes)} = {limit} for their pages at once",
            nameof(ParquetReaderOptions.MaxBufferBytes));
    }

    /// <summary>Releases a charge.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);
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
    private int _rented;

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
            memory.Return(_bytes, _rented);
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

        var count = checked(capacity + Slack);
        var other = memory.Rent(count);
        _bytes.AsSpan(length == 0 ? 0 : start, length).CopyTo(other);
        Dispose();
        (_bytes, _rented) = (other, count);
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
