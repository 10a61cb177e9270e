namespace InstructKit.Sources.Delimited;

/// <summary>Rewrites files that escape quotes (<c>\"</c>) to RFC 4180, which doubles them; the escape character itself may be escaped too. An escape before
/// anything else is data.</summary>
internal sealed class EscapedQuoteStream(Stream inner, byte quote, byte escape) : ReadOnlyStream
{
    private readonly byte[] _input = new byte[1 << 15];
    private readonly Queue<long> _shortened = new();
    private int _position;
    private int _length;
    private bool _escaped;
    private int _pending = -1;
    private long _written;
    private long _removed;

    /// <summary>How many bytes were removed before a position of the rewritten text; positions must be queried in order.</summary>
    public long RemovedBefore(long place)
    {
        while (_shortened.TryPeek(out var at) && at < place)
        {
            _shortened.Dequeue();
            _removed++;
        }

        return _removed;
    }

    public override int Read(Span<byte> buffer)
    {
        var count = Rewrite(buffer);
        _written += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private int Rewrite(Span<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length)
        {
            if (_pending >= 0)
            {
                buffer[written++] = (byte)_pending;
                _pending = -1;
                continue;
            }

            if (_position == _length)
            {
                if (written > 0) return written;

                _position = 0;
                _length = inner.Read(_input);
                if (_length == 0) return End(buffer);
            }

            var next = _input[_position++];
            if (!_escaped)
            {
                _escaped = next == escape;
                if (!_escaped) buffer[written++] = next;

                continue;
            }

            _escaped = false;
            if (next == escape) _shortened.Enqueue(_written + written);

            buffer[written++] = next == quote ? quote : escape;
            _pending = next == escape ? -1 : next;
        }

        return written;
    }

    private int End(Span<byte> buffer)
    {
        if (!_escaped) return 0;

        _escaped = false;
        buffer[0] = escape;
        return 1;
    }
}
