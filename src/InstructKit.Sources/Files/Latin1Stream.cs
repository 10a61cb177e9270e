namespace InstructKit.Sources.Files;

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
