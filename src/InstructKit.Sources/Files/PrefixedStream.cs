namespace InstructKit.Sources.Files;

/// <summary>A stream whose first bytes can be peeked at before they are read.</summary>
internal sealed class PrefixedStream : ReadOnlyStream
{
    private readonly Stream _inner;
    private readonly byte[] _prefix;
    private int _length;
    private int _position;

    /// <summary>Takes ownership of a stream and peeks at up to <paramref name="count"/> bytes of it.</summary>
    public PrefixedStream(Stream inner, int count)
    {
        _inner = inner;
        _prefix = new byte[count];
        _length = inner.ReadAtLeast(_prefix, count, throwOnEndOfStream: false);
    }

    /// <summary>The peeked bytes not read yet.</summary>
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

/// <summary>Converts ISO-8859-1 or Windows code page 1252 to UTF-8. Every byte is a character, so nothing can be invalid.</summary>
/// <param name="inner">The bytes.</param>
/// <param name="isWindows">True for code page 1252, with the unassigned bytes as control characters, as in the WHATWG's Encoding Standard.</param>
internal sealed class SingleByteStream(Stream inner, bool isWindows) : ReadOnlyStream
{
    // 0x80 to 0x9F of code page 1252; in ISO-8859-1 these are control characters.
    private const string Windows1252 =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private readonly byte[] _input = new byte[1 << 15];
    private int _position;
    private int _length;
    private int _pending; // the bytes of a character not written yet, the next one lowest; 0 when there are none

    /// <summary>How many bytes longer a text read from here is than in the file.</summary>
    public static int Surplus(ReadOnlySpan<byte> text)
    {
        var surplus = 0;
        foreach (var value in text) surplus += (value & 0xC0) == 0x80 ? 1 : 0;

        return surplus;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;

        if (_position == _length && _pending == 0)
        {
            _position = 0;
            _length = inner.Read(_input);
        }

        var written = 0;
        while (written < buffer.Length)
        {
            if (_pending != 0)
            {
                buffer[written++] = (byte)_pending;
                _pending >>= 8;
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
                int value = _input[_position++];
                if (isWindows && value < 0xA0) value = Windows1252[value - 0x80];

                _pending = value < 0x800
                    ? (0xC0 | (value >> 6)) | ((0x80 | (value & 0x3F)) << 8)
                    : (0xE0 | (value >> 12)) | ((0x80 | ((value >> 6) & 0x3F)) << 8) | ((0x80 | (value & 0x3F)) << 16);
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
