namespace InstructKit.Parquet.Compression;

/// <summary>A lent buffer for one page, used again for the next. Behind its content it has <see cref="Slack"/> bytes that may be read.</summary>
/// <param name="memory">Lends the arrays.</param>
internal sealed class PageBuffer(PageMemory memory) : IDisposable
{
    /// <summary>Bytes that lie behind every page, so that eight bytes can be loaded at its last one.</summary>
    public const int Slack = 16;

    // From this size on, a buffer that is four times too large is given back.
    private const int Spacious = 1 << 20;

    private byte[] _bytes = [];

    /// <summary>The bytes; replaced when the buffer grows.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Bytes that there is room for.</summary>
    public int Capacity => Math.Max(0, _bytes.Length - Slack);

    /// <summary>Makes room for <paramref name="count"/> bytes at <paramref name="start"/>, keeping everything in front of the end.</summary>
    public Span<byte> Reserve(int start, int count)
    {
        if (checked(start + count + Slack) > _bytes.Length) Replace(0, start, checked(start + count));

        return _bytes.AsSpan(start, count);
    }

    /// <summary>Moves a part of the content to the front and sees to room for <paramref name="capacity"/> bytes in all, but not for a multiple of that.</summary>
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
            // Given back first: two of the size need not be there at a time.
            Dispose();
        }

        var other = memory.Rent(checked(capacity + Slack));
        _bytes.AsSpan(length == 0 ? 0 : start, length).CopyTo(other);
        Dispose();
        _bytes = other;
    }
}
