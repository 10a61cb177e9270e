namespace InstructKit.Sources.Files;

/// <summary>Base of streams that are only read forwards.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override int Read(Span<byte> buffer);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A stream whose first bytes can be looked at before they are read.</summary>
internal sealed class PrefixedStream : ReadOnlyStream
{
    private readonly Stream _inner;
    private readonly byte[] _prefix;
    private int _length;
    private int _position;

    /// <summary>Takes a stream over and looks at up to <paramref name="count"/> bytes of it.</summary>
    public PrefixedStream(Stream inner, int count)
    {
        _inner = inner;
        _prefix = new byte[count];
        _length = inner.ReadAtLeast(_prefix, count, throwOnEndOfStream: false);
    }

    /// <summary>The first bytes that are still to be read.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix.AsSpan(_position, _length - _position);

    /// <summary>Bytes that were skipped.</summary>
    public long Skipped { get; private set; }

    /// <summary>Skips some of the first bytes.</summary>
    public void Skip(int count)
    {
        _position += count;
        Skipped += count;
        if (_length - _position < _prefix.Length / 2) Refill();
    }

    /// <summary>Skips a line with its line feed. False at the end of the stream.</summary>
    public bool SkipLine()
    {
        while (_position < _length)
        {
            var end = Prefix.IndexOf((byte)'\n');
            Skip(end < 0 ? _length - _position : end + 1);
            if (end >= 0) return true;
        }

        return false;
    }

    private void Refill()
    {
        Prefix.CopyTo(_prefix);
        (_position, _length) = (0, _length - _position);
        _length += _inner.ReadAtLeast(_prefix.AsSpan(_length), _prefix.Length - _length, throwOnEndOfStream: false);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _length) return _inner.Read(buffer);

        var count = Math.Min(buffer.Length, _length - _position);
        _prefix.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Gives ISO-8859-1 text out as UTF-8. Every byte is a character, so nothing can be invalid.</summary>
internal sealed class Latin1Stream(Stream inner) : ReadOnlyStream
{
    private readonly byte[] _input = new byte[1 << 15];
    private int _position;
    private int _length;
    private int _pending = -1;

    /// <summary>How many bytes more than in the file a text has that was read from here.</summary>
    public static int Surplus(ReadOnlySpan<byte> text)
    {
        var surplus = 0;
        foreach (var value in text) surplus += (value & 0xC0) == 0x80 ? 1 : 0;

        return surplus;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;

        if (_position == _length && _pending < 0)
        {
            _position = 0;
            _length = inner.Read(_input);
        }

        var written = 0;
        while (written < buffer.Length)
        {
            if (_pending >= 0)
            {
                buffer[written++] = (byte)_pending;
                _pending = -1;
            }
            else if (_position == _length)
            {
                break;
            }
            else if (_input[_position] < 0x80)
            {
                buffer[written++] = _input[_position++];
            }
            else
            {
                buffer[written++] = (byte)(0xC0 | (_input[_position] >> 6));
                _pending = 0x80 | (_input[_position++] & 0x3F);
            }
        }

        return written;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
