using System.Buffers;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Reading;

/// <summary>A window on a stretch of the file that moves forward. Reads go through the handle's offset-taking calls, so many windows may share it.</summary>
internal sealed class ChunkWindow : IDisposable
{
    private const int MaxReadAhead = 256 << 10;

    private readonly SafeFileHandle _file;
    private readonly long _end;
    private readonly int _readAhead;
    private byte[] _bytes = [];
    private long _position;
    private int _start;
    private int _length;

    /// <summary>
    /// Opens a window on the bytes from <paramref name="start"/> to <paramref name="end"/> of the file, of which some
    /// <paramref name="likely"/> will be wanted.
    /// </summary>
    public ChunkWindow(SafeFileHandle file, long start, long end, long likely)
    {
        _readAhead = (int)Math.Clamp(likely, 0, MaxReadAhead);
        _file = file;
        _position = start;
        _end = end;
    }

    /// <summary>Bytes from the window's place to the end of its stretch.</summary>
    public long Left => _end - _position;

    /// <summary>The next bytes, at least <paramref name="count"/> unless the stretch ends; valid until the next call.</summary>
    public ByteRange Peek(int count)
    {
        if (count > _length && _length < Left)
        {
            Fill((int)Math.Min(Left, Math.Max(count, _readAhead)));
        }

        return new ByteRange(_bytes, _start, _start + _length);
    }

    /// <summary>Moves forward over bytes that <see cref="Peek"/> has shown.</summary>
    public void Advance(int count)
    {
        _start += count;
        _length -= count;
        _position += count;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private void Fill(int wanted)
    {
        var kept = _bytes.AsSpan(_start, _length);
        if (wanted + PageBuffer.Slack > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(wanted + PageBuffer.Slack);
            kept.CopyTo(larger);
            Dispose();
            _bytes = larger;
        }
        else
        {
            kept.CopyTo(_bytes);
        }

        _start = 0;
        while (_length < wanted)
        {
            var read = RandomAccess.Read(_file, _bytes.AsSpan(_length, wanted - _length), _position + _length);
            _length += read > 0 ? read : throw ParquetException.Corrupt("the file has become shorter while it was read");
        }
    }
}
