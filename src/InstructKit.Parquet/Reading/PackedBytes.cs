namespace InstructKit.Parquet.Reading;

/// <summary>The compressed bytes of one page, as a stream for the runtime's decompressors.</summary>
/// <param name="window">Stands at the page, and behind it when all of it has been read or passed.</param>
/// <param name="length">Length of the page in the file.</param>
internal sealed class PackedBytes(ChunkWindow window, int length) : Stream
{
    private const int FirstPeek = 16 << 10;

    private int _left = length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The next bytes, none at the end; valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        var bytes = window.Peek(Math.Min(FirstPeek, _left));
        return bytes.Span[..Math.Min(bytes.Length, _left)];
    }

    /// <summary>Passes over bytes that <see cref="Peek"/> has shown.</summary>
    public void Advance(int count)
    {
        window.Advance(count);
        _left -= count;
    }

    /// <summary>Passes over what is left.</summary>
    public void PassRest()
    {
        while (_left > 0 && Peek() is { Length: > 0 } bytes) Advance(bytes.Length);
    }

    public override int Read(Span<byte> buffer)
    {
        var bytes = Peek();
        var count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        Advance(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
