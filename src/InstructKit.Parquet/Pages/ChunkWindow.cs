using InstructKit.Parquet.Compression;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Pages;

/// <summary>A window on a stretch of the file that moves forward. Reads are positional, so many windows may share the handle.</summary>
internal sealed class ChunkWindow : IDisposable
{
    private readonly PageMemory _memory;
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private readonly int _readAhead;
    private byte[] _bytes = [];
    private int _rented;
    private long _position;
    private int _start;
    private int _length;

    /// <summary>Opens a window on the bytes from <paramref name="start"/> to <paramref name="end"/> of the file, of which some <paramref name="likely"/> will
    /// be needed.</summary>
    public ChunkWindow(PageMemory memory, SafeFileHandle file, long start, long end, int likely)
    {
        _memory = memory;
        _readAhead = Math.Max(0, likely);
        _file = file;
        _position = start;
        _end = end;
    }

    /// <summary>Bytes from the window's position to the end of its stretch.</summary>
    public long Left => _end - _position;

    /// <summary>Where in the file the window is.</summary>
    public long Position => _position;

    /// <summary>The next bytes, at least <paramref name="count"/> unless the stretch ends; valid until the next call.</summary>
    public ByteRange Peek(int count)
    {
        if (count > _length && _length < Left) Fill((int)Math.Min(Left, Math.Max(count, _readAhead)));

        return new ByteRange(_bytes, _start, _start + _length);
    }

    /// <summary>Moves forward, whether or not <see cref="Peek"/> has shown the bytes.</summary>
    public void Advance(int count)
    {
        if (count > _length)
        {
            Seek(_position + count);
            return;
        }

        _start += count;
        _length -= count;
        _position += count;
    }

    /// <summary>Returns to a position obtained from <see cref="Position"/>.</summary>
    public void Seek(long position)
    {
        _position = position;
        _start = 0;
        _length = 0;
    }

    /// <summary>Releases a buffer that a large page has made larger than read-ahead needs. Spans from it are no longer valid.</summary>
    public void Trim()
    {
        if (_bytes.Length > 4L * (_readAhead + PageBuffer.Slack) && _length <= _readAhead) Replace(_length);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            _memory.Return(_bytes, _rented);
            _bytes = [];
        }
    }

    private void Fill(int wanted)
    {
        if (wanted + PageBuffer.Slack > _bytes.Length) Replace(wanted);
        else _bytes.AsSpan(_start, _length).CopyTo(_bytes);

        _start = 0;
        while (_length < wanted)
        {
            var read = RandomAccess.Read(_file, _bytes.AsSpan(_length, wanted - _length), _position + _length);
            _length += read > 0 ? read : throw ParquetException.Corrupt("the file has become shorter while it was read");
        }
    }

    private void Replace(int capacity)
    {
        if (_length == 0)
        {
            Dispose();
            if (capacity == 0) return;
        }

        var count = capacity + PageBuffer.Slack;
        var other = _memory.Rent(count);
        if (_length > 0) _bytes.AsSpan(_start, _length).CopyTo(other);

        Dispose();
        (_bytes, _rented) = (other, count);
        _start = 0;
    }
}

/// <summary>The compressed bytes of one page, as a stream for the runtime's decompressors.</summary>
/// <param name="window">Positioned at the page, and after it when all of it has been read or skipped.</param>
/// <param name="length">Length of the page in the file.</param>
internal sealed class PackedBytes(ChunkWindow window, int length) : ReadOnlyStream
{
    /// <summary>Bytes that are peeked at first.</summary>
    public const int FirstPeek = 16 << 10;

    private int _left = length;

    /// <summary>Bytes not consumed yet.</summary>
    public int Left => _left;

    /// <summary>The next bytes, none at the end; valid until the next call.</summary>
    /// <param name="wanted">Minimum number of bytes, unless the page ends.</param>
    public ReadOnlySpan<byte> Peek(int wanted = FirstPeek)
    {
        var bytes = window.Peek(Math.Min(wanted, _left));
        return bytes.Span[..Math.Min(bytes.Length, _left)];
    }

    /// <summary>Consumes bytes that <see cref="Peek"/> has shown.</summary>
    public void Advance(int count)
    {
        window.Advance(count);
        _left -= count;
    }

    /// <summary>Skips the rest.</summary>
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
}
