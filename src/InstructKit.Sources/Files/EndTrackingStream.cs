namespace InstructKit.Sources.Files;

/// <summary>
/// Gives the last bytes of a stream out one by one. A decompressor reads ahead and does not say where its data ended; when it stops without
/// having come to the end of this stream, something lies behind its data.
/// </summary>
internal sealed class EndTrackingStream(Stream inner) : ReadOnlyStream
{
    private const int TailBytes = 256;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _innerIsDone;
    private byte _last;

    /// <summary>Bytes given out so far.</summary>
    public long Given { get; private set; }

    /// <summary>True when the reader was told that the stream has ended.</summary>
    public bool IsExhausted { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        Fill();
        var available = _end - _start;
        var count = Math.Min(buffer.Length, _innerIsDone && available <= TailBytes ? Math.Min(1, available) : available - TailBytes);
        if (count == 0)
        {
            IsExhausted |= !buffer.IsEmpty;
            return 0;
        }

        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _last = _buffer[_start - 1];
        Given += count;
        return count;
    }

    /// <summary>True when the byte given out last and all that follow are zero. Reads them.</summary>
    public bool RestIsZero()
    {
        if (_last != 0) return false;

        do
        {
            if (_buffer.AsSpan(_start, _end - _start).ContainsAnyExcept((byte)0)) return false;

            _start = _end;
            Fill();
        }
        while (_end > _start);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    // At least one byte more than the tail, unless the inner stream has ended.
    private void Fill()
    {
        if (_innerIsDone || _end - _start > TailBytes) return;

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < _buffer.Length)
        {
            var read = inner.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                _innerIsDone = true;
                return;
            }

            _end += read;
        }
    }
}
